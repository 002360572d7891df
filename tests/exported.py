"""Files that pages give: who took them stands below the last row of each sheet."""

import re
from io import BytesIO

from openpyxl import Workbook, load_workbook
from werkzeug.test import TestResponse

FOOT = re.compile(r"导出：\S+（\w+），\d{4}年\d+月\d+日 \d+:\d{2}")


def exported(answer: TestResponse) -> Workbook:
    """The workbook without that line, which must be there."""
    book = load_workbook(BytesIO(answer.data))
    for sheet in book.worksheets:
        assert FOOT.match(str(sheet.cell(sheet.max_row, 1).value)), sheet.title
        sheet.delete_rows(sheet.max_row)
    return book
