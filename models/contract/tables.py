"""Services with their standards, offers, contracts of homes, gifts, reliefs, proof that work was done."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base.clock import now
from models.base.orm import Base, Json, Numbered


class ServiceClass(StrEnum):
    """三类服务 (row 42). Basic ones are never cut off because another is not paid."""

    BASIC = "basic"
    OPTIONAL = "optional"
    VALUE_ADDED = "value_added"


class Charging(StrEnum):
    """Ways of charging. A home without a contract pays by quarter."""

    QUARTER = "quarter"
    YEAR = "year"  # in advance, by an offer
    TRIAL = "trial"
    SERVICE_FIRST = "service_first"


class State(StrEnum):
    RUNNING = "running"
    RETURNED = "returned"  # a trial that somebody did not want
    ENDED = "ended"  # left before its time
    OVER = "over"


class Service(Numbered, Base):
    """服务项目 of an estate. Its price is a tariff of its own (models/fee); the property fee is number 0 and
    has no row here. It is billed apart, because nobody goes without the basic ones for not paying another."""

    __tablename__ = "services"
    __table_args__ = (UniqueConstraint("estate_id", "name"),)
    estate_id: Mapped[int] = mapped_column(ForeignKey("estates.id"))
    name: Mapped[str]
    service_class: Mapped[str]
    unit: Mapped[str]  # a code of templates/labels/service_units.toml: what one of it is
    active: Mapped[bool] = mapped_column(default=True)
    by_id: Mapped[int | None]
    made_at: Mapped[datetime] = mapped_column(default=now)


class Standard(Numbered, Base):
    """服务标准 of an estate from a day on, as a meeting approved it (row 43). The next one ends it."""

    __tablename__ = "service_standards"
    __table_args__ = (UniqueConstraint("estate_id", "since"),)
    estate_id: Mapped[int] = mapped_column(ForeignKey("estates.id"))
    since: Mapped[date]
    lines: Mapped[list[dict[str, Any]]] = mapped_column(Json)  # code, text, weight (part of the fee)
    ground: Mapped[str]  # the meeting that approved it
    by_id: Mapped[int | None]
    made_at: Mapped[datetime] = mapped_column(default=now)


class StandardRating(Numbered, Base):
    """How a home finds one line of the standard; one each, the last counts."""

    __tablename__ = "standard_ratings"
    __table_args__ = (UniqueConstraint("standard_id", "line", "household_id"),)
    standard_id: Mapped[int] = mapped_column(ForeignKey("service_standards.id"))
    line: Mapped[str]
    household_id: Mapped[int]
    stars: Mapped[int]  # 1 to 5
    at: Mapped[datetime] = mapped_column(default=now)


class ServiceOrder(Numbered, Base):
    """An optional or value-added service that a home asked for."""

    __tablename__ = "service_orders"
    __table_args__ = (Index("ix_service_orders_household", "household_id"),)
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id"))
    service_id: Mapped[int] = mapped_column(ForeignKey("services.id"))
    quantity: Mapped[int] = mapped_column(default=1)
    since: Mapped[date]
    until: Mapped[date | None]  # the day after its last
    by_id: Mapped[int]
    at: Mapped[datetime] = mapped_column(default=now)


class Offer(Numbered, Base):
    """优惠 of an estate: what may be bought between two days, by which rules."""

    __tablename__ = "fee_offers"
    __table_args__ = (Index("ix_fee_offers_estate", "estate_id"),)
    estate_id: Mapped[int] = mapped_column(ForeignKey("estates.id"))
    charging: Mapped[str]  # Charging
    name: Mapped[str]
    months_paid: Mapped[int]
    months_term: Mapped[int]
    open_from: Mapped[date]
    open_until: Mapped[date]  # its last day
    starts_on: Mapped[date | None]  # first of the month from which it counts; None: the next month
    gift: Mapped[str | None]
    gift_stock: Mapped[int] = mapped_column(default=0)
    gift_fen: Mapped[int] = mapped_column(default=0)  # its worth: comes off a refund once handed over
    ground: Mapped[str | None]
    by_id: Mapped[int]
    agreed_by: Mapped[int | None]  # the second person; before that nobody is offered it
    made_at: Mapped[datetime] = mapped_column(default=now)
    withdrawn_at: Mapped[datetime | None]


class Contract(Numbered, Base):
    """What one home agreed on, with the rules as they were shown when it did."""

    __tablename__ = "contracts"
    __table_args__ = (
        Index("ix_contracts_household", "household_id", "since"),
        Index(
            "uq_contracts_trial",
            "household_id",
            unique=True,
            sqlite_where=text("charging = 'trial'"),
            postgresql_where=text("charging = 'trial'"),
        ),
    )
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id"))
    estate_id: Mapped[int]
    charging: Mapped[str]  # Charging
    offer_id: Mapped[int | None] = mapped_column(ForeignKey("fee_offers.id"))
    since: Mapped[date]
    until: Mapped[date | None]  # the day after its last
    rules: Mapped[dict[str, Any]] = mapped_column(default=dict)  # what was shown at purchase
    state: Mapped[str] = mapped_column(default=State.RUNNING)
    agreed_by: Mapped[int | None]  # person of the home, or staff who was told so
    agreed_how: Mapped[str]  # page | desk | chat
    agreed_at: Mapped[datetime] = mapped_column(default=now)
    told_at: Mapped[datetime | None]  # when its end was announced
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[int | None]
    ended_why: Mapped[str | None]


class Gift(Numbered, Base):
    """小礼物: reserved with the contract, handed over once with a signature."""

    __tablename__ = "gifts"
    contract_id: Mapped[int] = mapped_column(ForeignKey("contracts.id"), unique=True)
    offer_id: Mapped[int] = mapped_column(ForeignKey("fee_offers.id"), index=True)
    reserved_at: Mapped[datetime] = mapped_column(default=now)
    handed_at: Mapped[datetime | None]
    handed_by: Mapped[int | None]
    signature: Mapped[str | None]  # public id of the picture of it
    released_at: Mapped[datetime | None]


class Relief(Numbered, Base):
    """减免 of a home by rule: its own line on each bill, never public (row 60)."""

    __tablename__ = "reliefs"
    __table_args__ = (Index("ix_reliefs_household", "household_id"),)
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id"))
    ground_sealed: Mapped[str]  # a code of templates/labels/relief_grounds.toml
    proof_sealed: Mapped[str | None]  # the paper's number
    part_over: Mapped[int]  # of the fee: 1/2
    part_under: Mapped[int]
    since: Mapped[date]
    until: Mapped[date]  # the day after its last
    by_id: Mapped[int]
    at: Mapped[datetime] = mapped_column(default=now)
    agreed_by: Mapped[int | None]  # the second person; before that it counts for nothing
    agreed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[int | None]


class Proof(Numbered, Base):
    """服务记录: whether a line of the standard was kept in a month, seen by somebody else than who did it."""

    __tablename__ = "service_proofs"
    __table_args__ = (UniqueConstraint("estate_id", "building_id", "month", "line"),)
    estate_id: Mapped[int] = mapped_column(ForeignKey("estates.id"))
    building_id: Mapped[int] = mapped_column(default=0)  # 0: the whole estate
    month: Mapped[date]  # its first day
    line: Mapped[str]
    done: Mapped[bool]
    words: Mapped[str | None]
    picture: Mapped[str | None]  # public id
    by_id: Mapped[int]
    at: Mapped[datetime] = mapped_column(default=now)
    checked_by: Mapped[int | None]
    checked_at: Mapped[datetime | None]
    case_id: Mapped[int | None]  # what became of a line that was not kept


class Exit(Numbered, Base):
    """物业退出 (row 49): who left an estate, what was handed over, how long nobody managed it."""

    __tablename__ = "management_exits"
    estate_id: Mapped[int] = mapped_column(ForeignKey("estates.id"), index=True)
    firm: Mapped[str]
    told_on: Mapped[date]
    leaves_on: Mapped[date]
    handed_over: Mapped[list[str]] = mapped_column(default=list)
    emergency_since: Mapped[date | None]
    followed_on: Mapped[date | None]  # the first day of who came after
    by_id: Mapped[int]
    at: Mapped[datetime] = mapped_column(default=now)
