"""An entry and its lines. The database refuses to edit or remove either."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base.append_only import guard
from models.base.clock import now
from models.base.orm import Base, Numbered


class Entry(Numbered, Base):
    """分录: one thing that happened to an estate's money. `about` as a step's."""

    __tablename__ = "ledger_entries"
    __table_args__ = (
        UniqueConstraint("key"),
        Index("ix_ledger_entries_estate", "estate_id", "day"),
        Index("ix_ledger_entries_about", "about_kind", "about_id"),
    )
    key: Mapped[str]  # what it books: booking it twice is refused
    estate_id: Mapped[int]
    day: Mapped[date]  # in the town's own time; its month is the one that is sealed
    kind: Mapped[str]  # a code of templates/labels/ledger_kinds.toml
    about_kind: Mapped[str | None]
    about_id: Mapped[int | None]
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("ledger_entries.id"), unique=True)
    by_kind: Mapped[str]
    by_id: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(default=now)
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)


class EntryLine(Numbered, Base):
    """One side of an entry. All of them together are zero."""

    __tablename__ = "ledger_lines"
    __table_args__ = (
        Index("ix_ledger_lines_entry", "entry_id"),
        Index("ix_ledger_lines_account", "account", "household_id"),
    )
    entry_id: Mapped[int] = mapped_column(ForeignKey("ledger_entries.id"))
    account: Mapped[str]  # models.ledger.accounts.Account
    household_id: Mapped[int | None]
    fen: Mapped[int] = mapped_column(BigInteger)  # debit positive, credit negative
    detail: Mapped[str | None]  # what an expense was for, which income: a code


class SealedMonth(Numbered, Base):
    """封账: from here on entries of this month are refused; what was wrong is reversed in a later one."""

    __tablename__ = "sealed_months"
    __table_args__ = (UniqueConstraint("estate_id", "month"),)
    estate_id: Mapped[int]
    month: Mapped[date]  # its first day
    closing: Mapped[dict[str, Any]] = mapped_column(default=dict)  # account → fen at its end
    by_id: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(default=now)


guard(Entry.__table__)
guard(EntryLine.__table__)
guard(SealedMonth.__table__)
