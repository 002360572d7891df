"""Lists as files: written down, with who took them at the foot of each sheet, within the limits of a day; of
many people only with a fresh second factor and a second person's word."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Response, request, send_file

from handlers.house import House
from handlers.pages.access import CONSOLE, Access
from handlers.pages.audit.noting import here, who
from handlers.pages.audit.strong import must_be_strong
from handlers.pages.case_facts import arriving
from handlers.pages.front import Front, plain_name, show
from handlers.wording.filters import moment
from handlers.words import labels, refusal
from models.audit.counting import EXPORT
from models.audit.noting import Who, note
from models.base import spreadsheet
from models.base.clock import now
from models.base.refusals import NotAllowed
from models.joins.taking_out import AskFirst, File, Limits, take
from models.person.arriving import staff_of

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def excel(
    front: Front,
    access: Access,
    name: str,
    sheets: Iterable[tuple[str, spreadsheet.Rows]],
    *,
    people: int = 0,
) -> Response:
    """(Title, rows) of each sheet as a file to be kept. Rows are written as they come and sent as they are
    read, so that a year of a city takes no more memory than a page.

    `people`: how many residents or homes stand in it one by one (by name, phone or room). Where one person
    may not take out so many alone, the answer is the page on which a second person is asked.
    """
    with front.database.read():
        visitor, staff = arriving(access.link.person_id), staff_of(access.link.person_id)
    asking, counted = who(visitor, here()), _Counted()
    if people > front.house.export_people_alone:
        must_be_strong(front.database)
    foot = labels("audit_sheet")["foot"].format(
        name=visitor.staff_name, number=staff.number if staff else "", at=moment(now(), "stamp")
    )
    with TemporaryDirectory(prefix="hemei-excel-") as folder:
        file = Path(folder) / "list.xlsx"
        spreadsheet.write(file, counted.each(sheets), foot=foot)
        taken = File(str(request.endpoint), below_console(), counted.rows, people)
        try:
            front.database.write(take, taken, asking, limits_of(front.house))
        except NotAllowed as refused:
            _refused(front, asking, taken)
            if isinstance(refused, AskFirst):
                return show(
                    "audit/ask.html",
                    refused.status,
                    access=access,
                    file=taken,
                    title=name,
                    error=refusal(refused),
                )
            raise
        opened = file.open("rb")  # read to its end after the folder is gone
    response = send_file(opened, EXCEL, as_attachment=True, download_name=f"{plain_name(name)}.xlsx")
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def below_console() -> str:
    """The path of this request with its filters, below the console."""
    query = request.query_string.decode("utf-8", "replace")
    return request.path.removeprefix(f"{CONSOLE}/")[:200] + (f"?{query}"[:300] if query else "")


def limits_of(house: House) -> Limits:
    return Limits(house.export_rows_a_day, house.export_people_alone)


def _refused(front: Front, asking: Who, file: File) -> None:
    facts = {"people": file.people}
    front.database.write(
        lambda: note(EXPORT, asking, ("page", file.path), result="refused", many=file.rows, facts=facts)
    )


class _Counted:
    """Rows that went by, the headings left out."""

    def __init__(self) -> None:
        self.rows = 0

    def each(self, sheets: Iterable[tuple[str, spreadsheet.Rows]]) -> Iterator[tuple[str, spreadsheet.Rows]]:
        for title, rows in sheets:
            yield title, self._of(rows)

    def _of(self, rows: spreadsheet.Rows) -> spreadsheet.Rows:
        for number, row in enumerate(rows):
            self.rows += number > 0
            yield row
