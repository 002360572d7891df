"""What a building belonged to on any date. `Building.grid_id`, `Estate.management` say what is true now."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base.append_only import guard
from models.base.clock import now
from models.base.orm import Base, Numbered, public_id


class GridTerm(Numbered, Base):
    """A building's time in a grid (row 19). Terms of one building follow on each other without overlap."""

    __tablename__ = "grid_terms"
    __table_args__ = (
        Index("ix_grid_terms_building", "building_id", "since"),
        Index(  # a building is in one grid at a time, whoever writes
            "uq_grid_terms_running",
            "building_id",
            unique=True,
            sqlite_where=text("until IS NULL"),
            postgresql_where=text("until IS NULL"),
        ),
    )
    building_id: Mapped[int] = mapped_column(ForeignKey("buildings.id"))
    grid_id: Mapped[int | None] = mapped_column(ForeignKey("grids.id"), index=True)
    since: Mapped[datetime]
    until: Mapped[datetime | None]


class Recut(Numbered, Base):
    """重新划分网格: which buildings go to which grid from a moment on."""

    __tablename__ = "recuts"
    __table_args__ = (Index("ix_recuts_waiting", "applied_at", "starts_at"),)
    community_id: Mapped[int] = mapped_column(ForeignKey("communities.id"))
    plan: Mapped[dict[str, Any]]  # building id → grid id, of every building that changes
    reason: Mapped[str]
    starts_at: Mapped[datetime]
    by_id: Mapped[int | None]
    made_at: Mapped[datetime] = mapped_column(default=now)
    applied_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]


class MicroGrid(Numbered, Base):
    """微网格: exactly one cadre, at least one member and one household (row 20)."""

    __tablename__ = "micro_grids"
    __table_args__ = (UniqueConstraint("grid_id", "name"),)
    grid_id: Mapped[int] = mapped_column(ForeignKey("grids.id"))
    name: Mapped[str]
    active: Mapped[bool] = mapped_column(default=True)
    made_at: Mapped[datetime] = mapped_column(default=now)


class MicroGridPerson(Numbered, Base):
    """Its cadre (机关干部) or one of its members (党员), with a term."""

    __tablename__ = "micro_grid_people"
    __table_args__ = (Index("ix_micro_grid_people_grid", "micro_grid_id", "until"),)
    micro_grid_id: Mapped[int] = mapped_column(ForeignKey("micro_grids.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    role: Mapped[str]  # cadre | member
    since: Mapped[datetime] = mapped_column(default=now)
    until: Mapped[datetime | None]


class MicroGridMember(Numbered, Base):
    """One of its members (党员) who has no 工号, and so no post and no page."""

    __tablename__ = "micro_grid_members"
    __table_args__ = (Index("ix_micro_grid_members_grid", "micro_grid_id", "until"),)
    public_id: Mapped[str] = mapped_column(unique=True, default=public_id)
    micro_grid_id: Mapped[int] = mapped_column(ForeignKey("micro_grids.id"))
    name_sealed: Mapped[str]
    phone_sealed: Mapped[str | None]
    since: Mapped[datetime] = mapped_column(default=now)
    until: Mapped[datetime | None]


class MicroGridHome(Numbered, Base):
    """A household in a micro-grid; in one at a time."""

    __tablename__ = "micro_grid_homes"
    __table_args__ = (
        Index("ix_micro_grid_homes_grid", "micro_grid_id", "until"),
        Index("ix_micro_grid_homes_household", "household_id", "until"),
    )
    micro_grid_id: Mapped[int] = mapped_column(ForeignKey("micro_grids.id"))
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id"))
    since: Mapped[datetime] = mapped_column(default=now)
    until: Mapped[datetime | None]


class KeeperVisit(Numbered, Base):
    """包保干部到楼: a keeper was at the building (row 22)."""

    __tablename__ = "keeper_visits"
    __table_args__ = (Index("ix_keeper_visits_building", "building_id", "at"),)
    building_id: Mapped[int] = mapped_column(ForeignKey("buildings.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    at: Mapped[datetime] = mapped_column(default=now)
    note: Mapped[str] = mapped_column(default="")


class HandOver(Numbered, Base):
    """交接: a building goes from one keeper unit and keeper to another when both have said so."""

    __tablename__ = "hand_overs"
    __table_args__ = (Index("ix_hand_overs_building", "building_id", "ended_at"),)
    building_id: Mapped[int] = mapped_column(ForeignKey("buildings.id"))
    from_person_id: Mapped[int | None]
    from_unit: Mapped[str | None]
    to_person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    to_unit: Mapped[str | None]
    note: Mapped[str] = mapped_column(default="")
    by_id: Mapped[int | None]
    asked_at: Mapped[datetime] = mapped_column(default=now)
    given_at: Mapped[datetime | None]
    taken_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_how: Mapped[str | None]  # done | refused | withdrawn


class Management(Numbered, Base):
    """物业管理模式 of a building from a date on (row 38); `model` is a code of labels/management.toml."""

    __tablename__ = "building_managements"
    __table_args__ = (UniqueConstraint("building_id", "since"),)
    building_id: Mapped[int] = mapped_column(ForeignKey("buildings.id"))
    model: Mapped[str]
    since: Mapped[date]
    by_id: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(default=now)


class ManagementTarget(Numbered, Base):
    """The share of buildings that shall have a manager by a date: a line on the trend."""

    __tablename__ = "management_targets"
    __table_args__ = (UniqueConstraint("community_id", "by_date"),)
    community_id: Mapped[int | None] = mapped_column(ForeignKey("communities.id"))  # None: the town
    per_10000: Mapped[int]
    by_date: Mapped[date]
    by_id: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(default=now)


class EstateRecord(Numbered, Base):
    """一小区一台账 as it was at the end of a quarter (row 25); what is open is read from the rows."""

    __tablename__ = "estate_records"
    __table_args__ = (UniqueConstraint("estate_id", "quarter"),)
    estate_id: Mapped[int] = mapped_column(ForeignKey("estates.id"))
    quarter: Mapped[str]  # 2026-Q4
    page: Mapped[dict[str, Any]]
    frozen_at: Mapped[datetime] = mapped_column(default=now)


guard(EstateRecord.__table__)
