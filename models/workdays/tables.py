"""Years and office hours that a place adds to what `templates/rules/workdays.toml` knows."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base.clock import now
from models.base.orm import Base, Json, Numbered


class WorkYear(Numbered, Base):
    """节假日安排 of one year, entered on the day its notice comes out: holidays off, and weekend days worked
    instead (调休). Takes the place of the same year in the package."""

    __tablename__ = "work_years"
    year: Mapped[int] = mapped_column(unique=True)
    off: Mapped[list[str]]  # YYYY-MM-DD
    worked: Mapped[list[str]]
    source: Mapped[str]  # the notice: 国办发明电〔2025〕7号
    by_id: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(default=now)


class OfficeHours(Numbered, Base):
    """办公时间 on a working day, from a date on; the town's where a community has none."""

    __tablename__ = "office_hours"
    __table_args__ = (UniqueConstraint("community_id", "since"),)
    community_id: Mapped[int | None] = mapped_column(ForeignKey("communities.id"))
    since: Mapped[date]
    spans: Mapped[list[list[int]]] = mapped_column(Json)  # [from, to] in minutes of the day, in order, apart
    by_id: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(default=now)
