"""Workbooks that came through the console, until they are taken or refused."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base.clock import now
from models.base.orm import Base, Json, Numbered, public_id

_MOVES = "state IN ('waiting', 'wanted')"


class TownImport(Numbered, Base):
    """A workbook on its way into the town: looked through first, taken when somebody says so."""

    __tablename__ = "town_imports"
    __table_args__ = (
        Index("ix_town_imports_moving", "id", sqlite_where=text(_MOVES), postgresql_where=text(_MOVES)),
        Index("ix_town_imports_by", "by_id", "id"),
    )
    public_id: Mapped[str] = mapped_column(unique=True, default=public_id)
    community_id: Mapped[int | None] = mapped_column(ForeignKey("communities.id"))  # None: the town
    by_id: Mapped[int]
    at: Mapped[datetime] = mapped_column(default=now)
    name: Mapped[str]  # of the file, as it came
    file_sealed: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)  # None: over
    state: Mapped[str]  # waiting | refused | ready | wanted | done | ended
    rows: Mapped[int] = mapped_column(default=0)
    rows_done: Mapped[int] = mapped_column(default=0)
    told: Mapped[Any] = mapped_column(Json)  # what would become, or became, of the rows, by sheet
    problems_sealed: Mapped[str | None]  # what is wrong, with what stands in the cells
    problem_count: Mapped[int] = mapped_column(default=0)
    worked_at: Mapped[datetime | None]  # somebody is at it since
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[int | None]
