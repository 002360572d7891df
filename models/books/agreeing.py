"""Who is to agree hears that something waits: once a day for an estate, without a sum (X19)."""

from collections.abc import Collection
from datetime import datetime, time

from sqlalchemy import select

from models.base import ticks
from models.base.clock import SHANGHAI, local, now
from models.base.links import personal_path
from models.base.orm import session
from models.books.tables import Income, Outlay, State
from models.duty.overseeing import above, deciding_here
from models.outbox.door import tell, withdraw
from models.outbox.letter import Lane
from models.place.tables import Estate

LETTER = "books_wait"


def ask_others(estate: Estate, own: Collection[int]) -> None:
    """Those who decide there, else those above; not whose own it is."""
    people = [one for one in deciding_here(estate.community_id) if one not in own]
    people = people or [one for one in above(estate.community_id) if one not in own]
    today = local(now()).date()
    for person in people:
        slot = datetime.combine(today, time(), SHANGHAI)
        if ticks.take(f"{LETTER}/{estate.id}/{person}", slot):
            tell(
                LETTER,
                person,
                about=_about(estate.id),
                occasion=today.isoformat(),
                lane=Lane.NEWS,
                estate=estate.name,
                path=personal_path("desk", person) + "/books",
            )


def settled(estate_id: int) -> None:
    """Something was agreed to or not: where nothing waits any more, nobody needs to be asked."""
    session().flush()
    for table in (Outlay, Income):
        waits = select(table.id).where(table.estate_id == estate_id, table.state == State.WAITING).limit(1)
        if session().execute(waits).first() is not None:
            return
    withdraw(_about(estate_id), LETTER)


def _about(estate_id: int) -> tuple[str, int]:
    return ("estate", estate_id)
