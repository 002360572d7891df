"""Orders at WeChat Pay and what became of them (API v3, JSAPI)."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base.clock import now
from models.base.orm import Base, Numbered

# As text, because a partial index serves only a query that says the very same.
TO_ASK = "ask_at IS NOT NULL"
TROUBLED = "trouble IS NOT NULL AND settled_at IS NULL"
UNRETURNED = "state IN ('wanted', 'sent')"


class State(StrEnum):
    MAKING = "making"  # written down, the platform not yet asked or its answer unknown
    OPEN = "open"  # may be paid
    CLOSING = "closing"  # may not be paid any more, the platform has yet to say so
    CLOSED = "closed"
    PAID = "paid"
    HELD = "held"  # the platform's word and ours differ: a person decides


UNSETTLED = (State.MAKING, State.OPEN, State.CLOSING)


class RefundState(StrEnum):
    ASKED = "asked"  # by one of the staff: a second person has to agree
    DECLINED = "declined"
    WANTED = "wanted"  # the platform is to be told of it
    SENT = "sent"  # the platform knows of it
    DONE = "done"
    HELD = "held"  # ABNORMAL, CLOSED, or refused: a person decides


class Order(Numbered, Base):
    """One try to pay bills of one home. `number` is out_trade_no; the sum is ours and never the client's."""

    __tablename__ = "pay_orders"
    __table_args__ = (
        Index("ix_pay_orders_household", "household_id", "id"),
        Index(
            "ix_pay_orders_to_ask",
            "ask_at",
            sqlite_where=text(TO_ASK),
            postgresql_where=text(TO_ASK),
        ),
        Index("ix_pay_orders_day", "paid_at"),
        Index("ix_pay_orders_troubled", "id", sqlite_where=text(TROUBLED), postgresql_where=text(TROUBLED)),
    )
    number: Mapped[str] = mapped_column(unique=True)  # out_trade_no
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id"))
    estate_id: Mapped[int]
    payer_id: Mapped[int]  # person
    openid: Mapped[str]  # of the payer, at app_id
    app_id: Mapped[str]
    mch_id: Mapped[str]  # whose money it becomes: another merchant's notification is not about it
    fen: Mapped[int]
    state: Mapped[str] = mapped_column(default=State.MAKING)
    prepay_id: Mapped[str | None]
    made_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    ask_at: Mapped[datetime | None]  # when the platform is to be asked next
    asked: Mapped[int] = mapped_column(default=0)  # how often it was
    transaction_id: Mapped[str | None] = mapped_column(unique=True)
    paid_at: Mapped[datetime | None]  # success_time, as the platform says
    paid_fen: Mapped[int | None]  # as the platform says: what is held may differ from `fen`
    payment_id: Mapped[int | None]  # models/fee/payments
    trouble: Mapped[str | None]  # a code of templates/labels/pay_troubles.toml
    settled_by: Mapped[int | None]  # who decided about what was held
    settled_at: Mapped[datetime | None]
    trade_file: Mapped[date | None]  # the day of the platform's bill file in which it stands (comparing)
    fund_file: Mapped[date | None]


class OrderPart(Numbered, Base):
    """One of the bills that an order is for, with what it came to then and what of it was owed."""

    __tablename__ = "pay_order_parts"
    __table_args__ = (UniqueConstraint("order_id", "bill_id"), Index("ix_pay_order_parts_bill", "bill_id"))
    order_id: Mapped[int] = mapped_column(ForeignKey("pay_orders.id"))
    bill_id: Mapped[int] = mapped_column(ForeignKey("bills.id"))
    fen: Mapped[int]
    amount_fen: Mapped[int]


class Push(Numbered, Base):
    """A notification whose signature was the platform's, once by its id (P2)."""

    __tablename__ = "pay_pushes"
    key: Mapped[str] = mapped_column(unique=True)  # the platform's id of it
    event: Mapped[str]
    about: Mapped[str]  # out_trade_no, or out_refund_no
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)  # amount, state, transaction_id, success_time
    at: Mapped[datetime] = mapped_column(default=now)


class Refund(Numbered, Base):
    """Money that goes back over WeChat Pay. `number` is out_refund_no and stays the same over every try."""

    __tablename__ = "pay_refunds"
    __table_args__ = (
        Index("ix_pay_refunds_order", "order_id"),
        Index(
            "ix_pay_refunds_unreturned",
            "ask_at",
            sqlite_where=text(UNRETURNED),
            postgresql_where=text(UNRETURNED),
        ),
    )
    number: Mapped[str] = mapped_column(unique=True)  # out_refund_no
    order_id: Mapped[int] = mapped_column(ForeignKey("pay_orders.id"))
    household_id: Mapped[int]
    fen: Mapped[int]
    why: Mapped[str]  # a code of templates/labels/refund_reasons.toml
    state: Mapped[str] = mapped_column(default=RefundState.WANTED)
    by_id: Mapped[int | None]  # staff who asked for it; None: a rule
    agreed_by: Mapped[int | None]  # the second person, where it was not a rule
    made_at: Mapped[datetime] = mapped_column(default=now)
    ask_at: Mapped[datetime | None]
    asked: Mapped[int] = mapped_column(default=0)
    refund_id: Mapped[str | None]
    done_at: Mapped[datetime | None]
    trouble: Mapped[str | None]
    trade_file: Mapped[date | None]  # as of an order
    fund_file: Mapped[date | None]


class Compared(Numbered, Base):
    """对账: one of the platform's bill files, read and held against our books."""

    __tablename__ = "pay_compared"
    __table_args__ = (UniqueConstraint("kind", "day"),)
    kind: Mapped[str]  # trade | fund
    day: Mapped[date]
    sha1: Mapped[str]
    rows: Mapped[int]
    matched: Mapped[int]
    fen: Mapped[int] = mapped_column(BigInteger)  # of the file in all
    by_id: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(default=now)


class Difference(Numbered, Base):
    """What a file says and the books do not, or the other way round: somebody's task until it is settled."""

    __tablename__ = "pay_differences"
    __table_args__ = (
        UniqueConstraint("kind", "day", "what", "number"),
        Index(
            "ix_pay_differences_open",
            "id",
            sqlite_where=text("settled_at IS NULL"),
            postgresql_where=text("settled_at IS NULL"),
        ),
    )
    kind: Mapped[str]  # trade | fund
    day: Mapped[date]
    what: Mapped[str]  # a code of templates/labels/differences.toml
    number: Mapped[str]  # out_trade_no, out_refund_no or the platform's own
    estate_id: Mapped[int | None]
    ours_fen: Mapped[int | None] = mapped_column(BigInteger)
    theirs_fen: Mapped[int | None] = mapped_column(BigInteger)
    order_id: Mapped[int | None]  # whose payment went back, where the file says it and we do not
    found_at: Mapped[datetime] = mapped_column(default=now)
    book_as: Mapped[str | None]  # a code of templates/labels/book_as.toml, until a second person agrees
    said_by: Mapped[int | None]  # who said so
    settled_by: Mapped[int | None]
    settled_at: Mapped[datetime | None]
    how: Mapped[str | None]  # what was done about it, in words
