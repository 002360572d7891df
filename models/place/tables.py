"""The places of a town. Names are what people say; a place's own words never decide who answers for it."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base.clock import now
from models.base.orm import Base, Numbered, public_id


class Community(Numbered, Base):
    """社区: the lowest office that answers for a part of the town."""

    __tablename__ = "communities"
    name: Mapped[str] = mapped_column(unique=True)
    street: Mapped[str | None]
    district: Mapped[str | None]


class Grid(Numbered, Base):
    """网格: a handful of buildings with the four rungs above them (models/duty)."""

    __tablename__ = "grids"
    name: Mapped[str] = mapped_column(unique=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("communities.id"), index=True)
    kind: Mapped[str | None]
    community: Mapped[Community] = relationship()


class Estate(Numbered, Base):
    """小区. `management` is a code of templates/labels/management.toml."""

    __tablename__ = "estates"
    __table_args__ = (UniqueConstraint("community_id", "name"),)
    community_id: Mapped[int] = mapped_column(ForeignKey("communities.id"), index=True)
    name: Mapped[str] = mapped_column(index=True)
    aliases: Mapped[list[str]] = mapped_column(default=list)
    management: Mapped[str | None]
    fee_rate: Mapped[int | None]  # as the workbook says, 0.30 is 3000; what is charged: models/fee
    longitude: Mapped[float | None]  # GCJ-02, as WeChat's location messages
    latitude: Mapped[float | None]
    tags: Mapped[list[str]] = mapped_column(default=list, server_default="[]")  # 标签, such as 无电梯
    active: Mapped[bool] = mapped_column(default=True)
    community: Mapped[Community] = relationship()


class Building(Numbered, Base):
    """楼栋. `name` is what stands before 号楼: "3", "A3"."""

    __tablename__ = "buildings"
    __table_args__ = (UniqueConstraint("estate_id", "name"),)
    estate_id: Mapped[int] = mapped_column(ForeignKey("estates.id"))
    grid_id: Mapped[int | None] = mapped_column(ForeignKey("grids.id"), index=True)
    name: Mapped[str]
    unit_count: Mapped[int | None]
    floor_count: Mapped[int | None]
    keeper_unit: Mapped[str | None]  # 包保单位
    tags: Mapped[list[str]] = mapped_column(default=list, server_default="[]")
    active: Mapped[bool] = mapped_column(default=True)
    estate: Mapped[Estate] = relationship()
    grid: Mapped[Grid | None] = relationship()


class Unit(Numbered, Base):
    """单元: one stair door."""

    __tablename__ = "units"
    __table_args__ = (UniqueConstraint("building_id", "name"),)
    building_id: Mapped[int] = mapped_column(ForeignKey("buildings.id"))
    name: Mapped[str]
    building: Mapped[Building] = relationship()


class Household(Numbered, Base):
    """户: one home. The owner's name and phone are sealed (models/base/privacy)."""

    __tablename__ = "households"
    __table_args__ = (UniqueConstraint("building_id", "unit_name", "room"),)
    building_id: Mapped[int] = mapped_column(ForeignKey("buildings.id"))
    unit_name: Mapped[str] = mapped_column(
        default=""
    )  # "" where a building has no units, because NULLs are not unique
    room: Mapped[str]
    area: Mapped[int | None]  # 0.01 m²
    owner_sealed: Mapped[str | None]
    phone_sealed: Mapped[str | None]
    phone_hash: Mapped[str | None] = mapped_column(index=True)
    active: Mapped[bool] = mapped_column(default=True)
    building: Mapped[Building] = relationship()


class DoorCode(Numbered, Base):
    """The QR code on a unit door: knows its place, works before registration, can be revoked."""

    __tablename__ = "door_codes"
    code: Mapped[str] = mapped_column(unique=True, default=public_id)
    building_id: Mapped[int] = mapped_column(ForeignKey("buildings.id"), index=True)
    unit_name: Mapped[str] = mapped_column(default="")
    issued_at: Mapped[datetime] = mapped_column(default=now)
    revoked_at: Mapped[datetime | None]
    scans: Mapped[int] = mapped_column(default=0)
    scene_url: Mapped[str | None]  # what the platform gave for this scene, asked for once
    building: Mapped[Building] = relationship()


class BuildingGroup(Numbered, Base):
    """群 of a building or a whole estate. Its channel is its address (models/outbox)."""

    __tablename__ = "building_groups"
    __table_args__ = (Index("ix_building_groups_place", "estate_id", "building_id"),)
    name: Mapped[str] = mapped_column(unique=True)
    estate_id: Mapped[int] = mapped_column(ForeignKey("estates.id"))
    building_id: Mapped[int | None] = mapped_column(ForeignKey("buildings.id"))
    owner_id: Mapped[int | None]  # person
    active: Mapped[bool] = mapped_column(default=True)
    estate: Mapped[Estate] = relationship()
    building: Mapped[Building | None] = relationship()


class TownVersion(Base):
    """One row, raised by every change of places, people or duties: what processes remember hangs on it.

    Only models/place/version.py writes it. A version is a moment in µs, so no two towns ever share one.
    """

    __tablename__ = "town_version"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=1)
    version: Mapped[int] = mapped_column(BigInteger)
