"""Duties with dates. Rungs are data: 0 is nearest to the residents (网格员), each next one a step up."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
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


class RungHolder(Numbered, Base):
    """Who holds a rung of a grid."""

    __tablename__ = "rung_holders"
    __table_args__ = (Index("ix_rung_holders_grid", "grid_id", "rung", "until"),)
    grid_id: Mapped[int] = mapped_column(ForeignKey("grids.id"))
    rung: Mapped[int]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    since: Mapped[datetime] = mapped_column(default=now)
    until: Mapped[datetime | None]


class Department(Numbered, Base):
    """部门 and the categories (codes) that it takes."""

    __tablename__ = "departments"
    name: Mapped[str] = mapped_column(unique=True)
    categories: Mapped[list[str]] = mapped_column(default=list)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    phone: Mapped[str | None]
    active: Mapped[bool] = mapped_column(default=True)
