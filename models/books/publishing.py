"""收支公示: a sealed month is put up as it is, and stays so."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import func, select

from models.base.actor import By
from models.base.clock import now
from models.base.months import month_of
from models.base.orm import put, session
from models.base.refusals import Invalid, NotAllowed
from models.books.money import hold
from models.books.rights import estate_of
from models.books.statement import Statement, statement
from models.books.tables import Publication
from models.history import record
from models.ledger.sealing import is_sealed
from models.ledger.tables import Entry
from models.place.tables import Estate

FARTHEST = 10**13  # fen; a bank says no such figure


class Collected(NamedTuple):
    """Both collection rates of a period, as everybody may hear them: (over, under) of homes and of fen, None
    where a number would tell of somebody."""

    period: str
    households: tuple[int, int] | None
    money: tuple[int, int] | None


def publish(
    estate_id: int, month: date, by: By, *, bank_fen: int | None, collected: Sequence[Collected] = ()
) -> bool:
    """Puts up a sealed month with the bank's own figure at its end, None where nobody has looked, and the
    rates of the periods before. False for one that is up already: what was put up is never replaced.

    Raises NotFound for who does not settle there, NotAllowed for a month that is not sealed.
    """
    estate_of(estate_id, by, settling=True)
    if bank_fen is not None and abs(bank_fen) > FARTHEST:
        raise Invalid("payment_sum")
    hold(estate_id)
    month = month_of(month)
    if published(estate_id, month) is not None:
        return False
    if not is_sealed(estate_id, month):
        raise NotAllowed("month_not_sealed", year=month.year, month=month.month)
    kept = statement(estate_id, month).kept() | {"collected": [one._asdict() for one in collected]}
    number = put(
        Publication,
        estate_id=estate_id,
        month=month,
        bank_fen=bank_fen,
        statement=kept,
        by_id=by.id or 0,
        at=now(),
    )
    record(("publication", number), "published", by=by, at=now())
    return True


def published(estate_id: int, month: date) -> Publication | None:
    query = select(Publication).where(
        Publication.estate_id == estate_id, Publication.month == month_of(month)
    )
    return session().scalars(query).first()


def months_published(estate_id: int) -> Sequence[Publication]:
    """The newest first."""
    query = select(Publication).where(Publication.estate_id == estate_id)
    return session().scalars(query.order_by(Publication.month.desc())).all()


def estates_with_books(limit: int) -> Sequence[tuple[int, str]]:
    """(estate, name) of those of which a month is up."""
    query = select(Estate.id, Estate.name).where(Estate.id.in_(select(Publication.estate_id)), Estate.active)
    rows = session().execute(query.order_by(Estate.name, Estate.id).limit(limit))
    return [(key, name) for key, name in rows]


def first_month(estate_id: int) -> date | None:
    """In which anything was booked."""
    day = session().execute(select(func.min(Entry.day)).where(Entry.estate_id == estate_id)).scalar()
    return month_of(day) if day is not None else None


def collected(publication: Publication) -> list[Collected]:
    """The rates as they were put up, the oldest first."""

    def pair(said: Any) -> tuple[int, int] | None:
        return None if said is None else (said[0], said[1])

    rows = publication.statement.get("collected", [])
    return [Collected(one["period"], pair(one["households"]), pair(one["money"])) for one in rows]


def as_put_up(publication: Publication) -> Statement:
    return Statement.of(publication.statement)
