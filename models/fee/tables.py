"""Tariffs and bills. A bill's sum is that of its lines, and a line is never changed: another one follows."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base.append_only import guard
from models.base.clock import now
from models.base.orm import Base, Numbered

STANDS = "state != 'void'"  # as text, because a partial index serves only a query that says the very same


class Basis(StrEnum):
    AREA = "area_month"  # per m² and month
    YEAR = "home_year"  # flat, per home and year
    UNIT = "unit_month"  # per piece and month, of a service that was ordered
    ONCE = "unit_once"  # per piece, in the month in which it is wanted


class State(StrEnum):
    OPEN = "open"
    PAID = "paid"
    VOID = "void"  # taken back: its lines are nothing together


class Tariff(Numbered, Base):
    """收费标准 from a day on, of an estate or of one of its buildings. The next one ends it."""

    __tablename__ = "tariffs"
    __table_args__ = (UniqueConstraint("estate_id", "building_id", "service_id", "since"),)
    estate_id: Mapped[int] = mapped_column(ForeignKey("estates.id"))
    building_id: Mapped[int] = mapped_column(default=0)  # 0: the whole estate's, because NULLs are not unique
    service_id: Mapped[int] = mapped_column(default=0, server_default="0")  # 0: the property fee
    basis: Mapped[str] = mapped_column(default=Basis.AREA)
    price: Mapped[int]  # 0.0001 yuan
    since: Mapped[date]
    ground: Mapped[str | None]  # the meeting or paper that approved it
    by_id: Mapped[int | None]  # person
    made_at: Mapped[datetime] = mapped_column(default=now)


class BillRun(Numbered, Base):
    """The making of all bills of a period: how far it has come."""

    __tablename__ = "bill_runs"
    period: Mapped[str] = mapped_column(unique=True)
    due_on: Mapped[date]
    up_to: Mapped[int] = mapped_column(default=0)  # the last household that was looked at
    bills: Mapped[int] = mapped_column(default=0)
    fen: Mapped[int] = mapped_column(BigInteger, default=0)
    no_area: Mapped[int] = mapped_column(default=0)  # households that could not be charged: no area known
    no_tariff: Mapped[int] = mapped_column(default=0)
    began_at: Mapped[datetime] = mapped_column(default=now)
    ended_at: Mapped[datetime | None]


class Bill(Numbered, Base):
    """账单 of one household. `first` and `months` say what it charges, which may be less than its period: no
    month of a home stands on two bills of one service (models/contract/terms.py)."""

    __tablename__ = "bills"
    __table_args__ = (
        Index(
            "uq_bills_household",
            "household_id",
            "period",
            "service_id",
            unique=True,
            sqlite_where=text(STANDS),
            postgresql_where=text(STANDS),
        ),
        Index("ix_bills_household", "household_id", "due_on"),
        Index("ix_bills_estate", "estate_id", "period", "state"),
        Index(
            "ix_bills_open",
            "household_id",
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        Index(
            "ix_bills_disputed",
            "case_id",
            sqlite_where=text("case_id IS NOT NULL"),
            postgresql_where=text("case_id IS NOT NULL"),
        ),
    )
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id"))
    estate_id: Mapped[int]
    period: Mapped[str]
    first: Mapped[date]
    months: Mapped[int]
    due_on: Mapped[date]
    amount_fen: Mapped[int]
    paid_fen: Mapped[int] = mapped_column(default=0)
    contract_id: Mapped[int | None]  # the year that it pays in advance
    service_id: Mapped[int] = mapped_column(default=0, server_default="0")  # 0: the property fee
    state: Mapped[str] = mapped_column(default=State.OPEN)
    case_id: Mapped[int | None]  # about what it charges: nobody is reminded of it while that is open
    made_at: Mapped[datetime] = mapped_column(default=now)


class BillLine(Numbered, Base):
    """One line: months (a fraction) × area × price, or what somebody added or took off later."""

    __tablename__ = "bill_lines"
    __table_args__ = (Index("ix_bill_lines_bill", "bill_id", "id"),)
    bill_id: Mapped[int] = mapped_column(ForeignKey("bills.id"))
    what: Mapped[str]  # a code of templates/labels/bill_lines.toml
    service_id: Mapped[int | None]
    basis: Mapped[str | None]
    price: Mapped[int | None]
    area: Mapped[int | None]  # 0.01 m²
    months_over: Mapped[int | None]  # months, numerator
    months_under: Mapped[int | None]  # and denominator: 14/30 of November
    quantity: Mapped[int | None]  # pieces of a service that was ordered
    fen: Mapped[int]
    detail: Mapped[str | None]  # what it is about, as the home reads it: the offer, what was not done
    at: Mapped[datetime] = mapped_column(default=now)
    by_id: Mapped[int | None]


class Reminder(Numbered, Base):
    """催缴提醒: that a home was reminded of a bill, in which step. Once each."""

    __tablename__ = "fee_reminders"
    __table_args__ = (UniqueConstraint("bill_id", "step"),)
    bill_id: Mapped[int] = mapped_column(ForeignKey("bills.id"))
    step: Mapped[str]  # made, before, due, after1, after2 … (reminding.step_on)
    people: Mapped[int]  # who were written to; 0: nobody could be
    at: Mapped[datetime] = mapped_column(default=now)


class FeeVisit(Numbered, Base):
    """入户走访: a home that owes and that letters did not move. The grid worker goes, nobody shouts."""

    __tablename__ = "fee_visits"
    __table_args__ = (
        UniqueConstraint("household_id", "asked_on"),
        Index("ix_fee_visits_to", "to_id"),
        Index(
            "ix_fee_visits_untold",
            "to_id",
            "id",
            sqlite_where=text("told_at IS NULL"),
            postgresql_where=text("told_at IS NULL"),
        ),
    )
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id"))
    asked_on: Mapped[date]
    to_id: Mapped[int | None]  # person who goes; None: the desk
    told_at: Mapped[datetime | None]  # when whoever goes was told
    outcome: Mapped[str | None]  # a code of templates/labels/visit_outcomes.toml
    promised_on: Mapped[date | None]  # the day by which they will pay
    case_id: Mapped[int | None]  # what they complained about
    words: Mapped[str | None]
    done_by: Mapped[int | None]
    done_at: Mapped[datetime | None]


guard(BillLine.__table__)
