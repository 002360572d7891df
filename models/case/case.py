"""One thing a resident asked for, from the first message to the last word."""

from models.base.orm import Base
from models.case.tables import CASE_INDEXES, CaseRow


class Case(CaseRow, Base):
    __tablename__ = "cases"
    __table_args__ = CASE_INDEXES
