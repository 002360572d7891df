"""What money bought, what came in besides fees, what residents asked about a line."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base.clock import now
from models.base.orm import Base, Numbered, public_id


class State(StrEnum):
    DRAFT = "draft"
    WAITING = "waiting"  # for somebody else than the spender
    BOOKED = "booked"
    REFUSED = "refused"
    REVERSED = "reversed"


class Outlay(Numbered, Base):
    """支出: one thing bought or paid for, to brand and model (row 56)."""

    __tablename__ = "outlays"
    __table_args__ = (Index("ix_outlays_estate", "estate_id", "day"),)
    public_id: Mapped[str] = mapped_column(unique=True, default=public_id)
    estate_id: Mapped[int] = mapped_column(ForeignKey("estates.id"))
    day: Mapped[date]
    fen: Mapped[int] = mapped_column(BigInteger)
    fund: Mapped[str]  # a code of templates/labels/funds.toml: whose money it is (row 41)
    spent_for: Mapped[str]  # a code of templates/labels/spending.toml
    paid_from: Mapped[str]  # an account: bank | cash | wechat
    payee_kind: Mapped[str]  # a code of templates/labels/payees.toml
    payee: Mapped[str]  # public only where it is a firm
    item: Mapped[str]
    brand: Mapped[str | None]
    model: Mapped[str | None]
    quantity: Mapped[int]  # thousandths
    unit: Mapped[str]
    unit_price_fen: Mapped[int | None]
    voucher: Mapped[str | None]  # public id of the picture, for staff
    voucher_public: Mapped[str | None]  # the same with private data blacked out
    cleared_by: Mapped[int | None]  # who says that nothing private is left on it
    spender_id: Mapped[int]  # person who spent it
    by_id: Mapped[int]  # who entered it
    state: Mapped[str] = mapped_column(default=State.DRAFT)
    made_at: Mapped[datetime] = mapped_column(default=now)
    settled_by: Mapped[int | None]  # who approved or refused it
    settled_at: Mapped[datetime | None]
    why: Mapped[str | None]  # of a refusal or a reversal
    conflicts: Mapped[list[str]] = mapped_column(default=list)  # codes of templates/labels/conflicts.toml
    entry_id: Mapped[int | None]
    case_id: Mapped[int | None]  # the case that it was bought for


class Income(Numbered, Base):
    """Other income: government money, rent of shared walls, interest."""

    __tablename__ = "incomes"
    __table_args__ = (Index("ix_incomes_estate", "estate_id", "day"),)
    estate_id: Mapped[int] = mapped_column(ForeignKey("estates.id"))
    day: Mapped[date]
    fen: Mapped[int] = mapped_column(BigInteger)
    fund: Mapped[str]
    kind: Mapped[str]  # a code of templates/labels/incomes.toml
    paid_to: Mapped[str]  # an account: bank | cash
    words: Mapped[str]  # what it is for, as everybody reads it
    voucher: Mapped[str | None]
    by_id: Mapped[int]
    made_at: Mapped[datetime] = mapped_column(default=now)
    settled_by: Mapped[int | None]
    settled_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(default=State.WAITING)
    why: Mapped[str | None]
    entry_id: Mapped[int | None]


class Publication(Numbered, Base):
    """收支公示 of one month of one estate, as it was put up."""

    __tablename__ = "publications"
    __table_args__ = (UniqueConstraint("estate_id", "month"),)
    estate_id: Mapped[int] = mapped_column(ForeignKey("estates.id"))
    month: Mapped[date]
    bank_fen: Mapped[int | None] = mapped_column(BigInteger)  # by the bank's own paper, at its end
    statement: Mapped[dict[str, Any]] = mapped_column(default=dict)  # opening, in, out, closing, shares
    by_id: Mapped[int]
    at: Mapped[datetime] = mapped_column(default=now)


class LineQuestion(Numbered, Base):
    """A resident asks about a line of the open books: a case with a clock."""

    __tablename__ = "outlay_questions"
    __table_args__ = (Index("ix_outlay_questions_outlay", "outlay_id"),)
    outlay_id: Mapped[int] = mapped_column(ForeignKey("outlays.id"))
    case_id: Mapped[int] = mapped_column(unique=True)
    person_id: Mapped[int]
    at: Mapped[datetime] = mapped_column(default=now)
