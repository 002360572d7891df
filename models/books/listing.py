"""What waits for whom in the books of some estates, and what is to be looked at."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Text, and_, cast, func, or_, select

from models.base.clock import local, now
from models.base.months import month_of, month_on
from models.base.orm import session
from models.books.tables import Income, Outlay, Publication, State
from models.ledger.tables import Entry
from models.media.item import Item
from models.place.tables import Estate

SHOWN = 100
CONFLICTS_FOR = timedelta(days=370)  # a supervisor's year, and a little


def to_approve(estates: Collection[int], person_id: int) -> Sequence[Outlay]:
    """Waiting, and neither spent nor entered by this person; the oldest first."""
    return _outlays(
        estates, Outlay.state == State.WAITING, Outlay.spender_id != person_id, Outlay.by_id != person_id
    )


def incomes_to_approve(estates: Collection[int], person_id: int) -> Sequence[Income]:
    query = select(Income).where(
        Income.estate_id.in_(sorted(estates)), Income.state == State.WAITING, Income.by_id != person_id
    )
    return session().scalars(query.order_by(Income.id).limit(SHOWN)).all()


def own_open(estates: Collection[int], person_id: int) -> Sequence[Outlay]:
    """Drafts, refused and waiting ones that this person has spent or entered."""
    own = or_(Outlay.spender_id == person_id, Outlay.by_id == person_id)
    return _outlays(estates, own, Outlay.state.in_((State.DRAFT, State.REFUSED, State.WAITING)))


def to_clear(estates: Collection[int], person_id: int) -> Sequence[Outlay]:
    """Copies of vouchers on which somebody else than this person has blackened what is private."""
    query = (
        select(Outlay)
        .join(Item, and_(Item.public_id == Outlay.voucher_public, Item.about_id == Outlay.id))
        .where(
            Outlay.estate_id.in_(sorted(estates)),
            Outlay.cleared_by.is_(None),
            Outlay.state.in_((State.WAITING, State.BOOKED)),
            or_(Item.by_id.is_(None), Item.by_id != person_id),
        )
    )
    return session().scalars(query.order_by(Outlay.id).limit(SHOWN)).all()


def without_public_voucher(estates: Collection[int]) -> Sequence[Outlay]:
    """Booked with a picture of which nobody has made a copy for everybody yet."""
    return _outlays(
        estates,
        Outlay.state == State.BOOKED,
        Outlay.voucher.is_not(None),
        Outlay.voucher_public.is_(None),
    )


def with_conflicts(estates: Collection[int]) -> Sequence[Outlay]:
    """Of the last year, whatever became of them; the newest first. For supervisors."""
    query = select(Outlay).where(
        Outlay.estate_id.in_(sorted(estates)),
        Outlay.day >= local(now()).date() - CONFLICTS_FOR,
        Outlay.state != State.DRAFT,
        cast(Outlay.conflicts, Text) != "[]",
    )
    return session().scalars(query.order_by(Outlay.id.desc()).limit(SHOWN)).all()


def recent(estates: Collection[int], limit: int = 30) -> Sequence[Outlay]:
    """Booked or taken back, the newest first."""
    query = select(Outlay).where(Outlay.estate_id.in_(sorted(estates)), Outlay.entry_id.is_not(None))
    return session().scalars(query.order_by(Outlay.settled_at.desc(), Outlay.id.desc()).limit(limit)).all()


def months_to_publish(estates: Collection[int]) -> Sequence[tuple[int, date]]:
    """(estate, month) of the latest twelve that have ended, in which or before which something was booked,
    and which are not up; the oldest first."""
    this = month_of(local(now()).date())
    first_days = (
        select(Entry.estate_id, func.min(Entry.day))
        .where(Entry.estate_id.in_(sorted(estates)))
        .group_by(Entry.estate_id)
    )
    begun: dict[int, date] = {row[0]: row[1] for row in session().execute(first_days)}
    up = {(row[0], row[1]) for row in session().execute(select(Publication.estate_id, Publication.month))}
    return [
        (estate, month)
        for month in (month_on(this, -back) for back in range(12, 0, -1))
        for estate, day in begun.items()
        if month_of(day) <= month and (estate, month) not in up
    ]


def lines(*which: ColumnElement[bool], limit: int | None = None) -> list[dict[str, Any]]:
    """Outlays as commands show them, the oldest first."""
    query = select(Outlay, Estate.name).join(Estate, Estate.id == Outlay.estate_id).where(*which)
    return [
        {
            "number": row.id,
            "estate": estate,
            "day": row.day.isoformat(),
            "state": row.state,
            "fen": row.fen,
            "fund": row.fund,
            "for": row.spent_for,
            "from": row.paid_from,
            "payee_kind": row.payee_kind,
            "payee": row.payee,
            "item": row.item,
            "brand": row.brand,
            "model": row.model,
            "quantity": row.quantity / 1000,
            "unit": row.unit,
            "unit_price_fen": row.unit_price_fen,
            "voucher": row.voucher is not None,
            "voucher_public": row.cleared_by is not None,
            "conflicts": row.conflicts,
            "why": row.why,
        }
        for row, estate in session().execute(query.order_by(Outlay.id).limit(limit))
    ]


def income_lines(*which: ColumnElement[bool], limit: int | None = None) -> list[dict[str, Any]]:
    """Incomes besides fees, as `lines`."""
    query = select(Income, Estate.name).join(Estate, Estate.id == Income.estate_id).where(*which)
    return [
        {
            "number": row.id,
            "estate": estate,
            "day": row.day.isoformat(),
            "state": row.state,
            "fen": row.fen,
            "fund": row.fund,
            "kind": row.kind,
            "to": row.paid_to,
            "item": row.words,
            "voucher": row.voucher is not None,
            "why": row.why,
        }
        for row, estate in session().execute(query.order_by(Income.id).limit(limit))
    ]


def _outlays(estates: Collection[int], *which: ColumnElement[bool]) -> Sequence[Outlay]:
    query = select(Outlay).where(Outlay.estate_id.in_(sorted(estates)), *which)
    return session().scalars(query.order_by(Outlay.id).limit(SHOWN)).all()
