"""Duties with dates. Rungs are data: 0 is nearest to the residents (网格员), each next one a step up."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base.clock import now
from models.base.orm import Base, Numbered


class Keeper(Numbered, Base):
    """包保干部 of a building."""

    __tablename__ = "keepers"
    __table_args__ = (Index("ix_keepers_building", "building_id", "until"),)
    building_id: Mapped[int] = mapped_column(ForeignKey("buildings.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    since: Mapped[datetime] = mapped_column(default=now)
    until: Mapped[datetime | None]


class Rung(Numbered, Base):
    """One rung of a community's ladder (None: the town's) from a date on. Without rows the four of
    templates/rules/rungs.toml; a community that has rows has its own ladder whole."""

    __tablename__ = "rungs"
    __table_args__ = (UniqueConstraint("community_id", "number", "since"),)
    community_id: Mapped[int | None] = mapped_column(ForeignKey("communities.id"))
    number: Mapped[int]  # 0 is nearest to the residents
    name: Mapped[str]
    since: Mapped[date]
    until: Mapped[date | None]
    by_id: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(default=now)


class RungHolder(Numbered, Base):
    """Who holds a rung of a grid, for a term, and who stands in when the holder is away."""

    __tablename__ = "rung_holders"
    __table_args__ = (Index("ix_rung_holders_grid", "grid_id", "rung", "until"),)
    grid_id: Mapped[int] = mapped_column(ForeignKey("grids.id"))
    rung: Mapped[int]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    deputy_id: Mapped[int | None]  # person
    since: Mapped[datetime] = mapped_column(default=now)
    until: Mapped[datetime | None]


class Absence(Numbered, Base):
    """请假·离岗: a duty passes to the deputy, else one rung up, as long as it lasts."""

    __tablename__ = "absences"
    __table_args__ = (Index("ix_absences_person", "person_id", "until"),)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    deputy_id: Mapped[int | None]  # person; before the deputy of the rung
    since: Mapped[datetime]
    until: Mapped[datetime | None]
    reason: Mapped[str]
    by_id: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(default=now)


class Shift(Numbered, Base):
    """值班: a person is on duty for a community from one moment to another (row 104)."""

    __tablename__ = "shifts"
    __table_args__ = (
        Index("ix_shifts_community", "community_id", "starts_at"),
        Index("ix_shifts_person", "person_id", "starts_at"),
    )
    community_id: Mapped[int | None] = mapped_column(ForeignKey("communities.id"))  # None: the town's own
    rung: Mapped[int] = mapped_column(default=0)  # 四级值守: one rota for each rung
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    by_id: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(default=now)
    ended_at: Mapped[datetime | None]  # struck out or swapped away; another row stands for it
    ended_how: Mapped[str | None]  # swapped | removed


class Swap(Numbered, Base):
    """换班: asked by one, agreed to by the other."""

    __tablename__ = "shift_swaps"
    __table_args__ = (Index("ix_shift_swaps_shift", "shift_id", "ended_at"),)
    shift_id: Mapped[int] = mapped_column(ForeignKey("shifts.id"))
    to_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    for_shift_id: Mapped[int | None]  # what is given in return
    asked_by: Mapped[int]
    asked_at: Mapped[datetime] = mapped_column(default=now)
    ended_at: Mapped[datetime | None]
    ended_how: Mapped[str | None]  # agreed | refused | withdrawn | too_late


class Department(Numbered, Base):
    """部门 and the categories (codes) that it takes."""

    __tablename__ = "departments"
    name: Mapped[str] = mapped_column(unique=True)
    categories: Mapped[list[str]] = mapped_column(default=list)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    phone: Mapped[str | None]
    active: Mapped[bool] = mapped_column(default=True)
