"""Which condition leads to the rows.

SQLite plans without statistics here, so that a plan is the same on the first day and in the tenth year. It
then trusts any index whose columns are compared, even where the rows of one key are most of the table.
"""

from sqlalchemy import ColumnElement, and_, case, false, true


def beside(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """All of these hold, but none of them leads to the rows: no index is looked up inside of a CASE, on
    either database."""
    return case((and_(*conditions), true()), else_=false()).is_(true())
