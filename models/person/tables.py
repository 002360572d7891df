"""People. One person may have several platform ids; where they can be reached is in models/outbox/address."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base.clock import now
from models.base.orm import Base, Numbered, public_id


class Person(Numbered, Base):
    """Anybody who ever spoke to us, or whom the town's workbook names."""

    __tablename__ = "people"
    public_id: Mapped[str] = mapped_column(unique=True, default=public_id)
    name_sealed: Mapped[str | None]
    phone_sealed: Mapped[str | None]
    phone_hash: Mapped[str | None] = mapped_column(index=True)
    unionid: Mapped[str | None] = mapped_column(unique=True)
    is_rider: Mapped[bool] = mapped_column(default=False)
    privacy_told_at: Mapped[datetime | None]  # when the first reply with the notice's link went out
    consented_at: Mapped[datetime | None]  # 同意, asked before a phone or a home is bound
    created_at: Mapped[datetime] = mapped_column(default=now)
    staff: Mapped["Staff | None"] = relationship(back_populates="person", uselist=False)


class Staff(Numbered, Base):
    """工作人员: a person with a post. `number` is the 工号, `roles` are codes of labels/roles.toml."""

    __tablename__ = "staff"
    number: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), unique=True)
    name: Mapped[str]  # shown to residents as the one who answers, so not sealed
    roles: Mapped[list[str]] = mapped_column(default=list)
    employer: Mapped[str | None]  # 单位
    duty_phone: Mapped[str | None]  # 值班电话: meant to be called by anybody, unlike the person's own
    community_id: Mapped[int | None] = mapped_column(ForeignKey("communities.id"), index=True)
    teams: Mapped[list[str]] = mapped_column(default=list, server_default="[]")  # 队伍, such as 清雪队
    active: Mapped[bool] = mapped_column(default=True)
    person: Mapped[Person] = relationship(back_populates="staff")


class Grant(Numbered, Base):
    """A post on a part of the town for a term, beside that of the workbook (`Staff.roles` on
    `Staff.community_id`, without an end). Of the places the narrowest counts: a grid, an estate, a community,
    a street of a district, a district; none of them is the whole town. Rows are ended, never removed."""

    __tablename__ = "grants"
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    role: Mapped[str]  # a code of labels/roles.toml
    district: Mapped[str | None]
    street: Mapped[str | None]
    community_id: Mapped[int | None] = mapped_column(ForeignKey("communities.id"))
    estate_id: Mapped[int | None] = mapped_column(ForeignKey("estates.id"))
    grid_id: Mapped[int | None] = mapped_column(ForeignKey("grids.id"))
    since: Mapped[datetime] = mapped_column(default=now)
    until: Mapped[datetime | None]
    by_id: Mapped[int | None]
    reason: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=now)


class Home(Numbered, Base):
    """Where a person lives, as far as we know; the default place of what they report."""

    __tablename__ = "homes"
    __table_args__ = (Index("ix_homes_person", "person_id", "until"),)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    building_id: Mapped[int] = mapped_column(ForeignKey("buildings.id"), index=True)
    unit_name: Mapped[str] = mapped_column(default="")
    room: Mapped[str | None]
    household_id: Mapped[int | None] = mapped_column(ForeignKey("households.id"))
    proof: Mapped[str]  # said | scanned | asked | register_phone | staff | member (who lives there said so)
    since: Mapped[datetime] = mapped_column(default=now)
    until: Mapped[datetime | None]


class BindingCode(Numbered, Base):
    """A one-time code by which two platform ids of one person are joined, or a cadre binds the 工号."""

    __tablename__ = "binding_codes"
    code_hash: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Portrait(Numbered, Base):
    """The photo of somebody with a post; residents see it once it is published, and no longer than that."""

    __tablename__ = "portraits"
    __table_args__ = (Index("ix_portraits_person", "person_id", "ended_at"),)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    item_id: Mapped[int]  # models/media
    by_id: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(default=now)
    published_at: Mapped[datetime | None]
    published_by: Mapped[int | None]
    ended_at: Mapped[datetime | None]
