"""One thing a resident asked for, from the first message to the last word."""

from models.base.orm import Base
from models.case.assigning import Assigning
from models.case.completing import Completing
from models.case.finishing import Finishing
from models.case.joining import Joining
from models.case.merging import Merging
from models.case.moving import Moving
from models.case.nodding import Nodding
from models.case.seconding import Seconding
from models.case.succeeding import Succeeding
from models.case.tables import CASE_INDEXES, CaseRow
from models.case.undoing import Undoing


class Case(
    Merging,
    Nodding,
    Seconding,
    Finishing,
    Succeeding,
    Undoing,
    Assigning,
    Completing,
    Joining,
    Moving,
    CaseRow,
    Base,
):
    """Columns in tables.py; one ability in each module named above, from the last word back to the first."""

    __tablename__ = "cases"
    __table_args__ = (*CASE_INDEXES, {"sqlite_autoincrement": True})
