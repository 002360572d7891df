"""Voice messages: somebody listens, writes what was said, and the case goes where it belongs."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy import text as sql

from models.base.actor import By
from models.base.clock import now
from models.base.orm import session
from models.base.refusals import NotFound
from models.case.case import Case
from models.case.lifecycle import State
from models.case.reach import visible_to
from models.history import record
from models.media.item import UNHEARD, Item
from models.media.keeping import hear
from models.person.arriving import Visitor
from models.place.spot import Spot
from models.understanding import Understanding


class Voice(NamedTuple):
    item: Item
    case: Case


def to_hear(visitor: Visitor, limit: int = 30) -> Sequence[Voice]:
    """What this person may listen to and nobody has heard yet, the oldest first."""
    query = (
        select(Item, Case)
        .join(Case, Item.about_id == Case.id)
        .where(
            Item.id.in_(select(Item.id).where(sql(UNHEARD))),
            Item.state != "gone",
            Case.state != State.VOID,
            visible_to(visitor),
        )
        .order_by(Item.id)
        .limit(limit)
    )
    # The kind is looked at here, because SQLite would choose its index over that of what is unheard.
    rows = session().execute(query).all()
    return [Voice(item, case) for item, case in rows if item.about_kind == "case"]


def written_down(
    case: Case, voice: str, by: By, text: str, meaning: Understanding, spot: Spot | None
) -> None:
    """Marks the voice as heard and writes its words into the case, with place and matter where they were
    missing. NotFound for a voice of another case."""
    item = hear(voice, by.id or 0)
    if (item.about_kind, item.about_id) != case.about:
        raise NotFound("media_not_found")
    record(case.about, "heard", by=by, at=now())
    if text:
        case.add_text(text, by)
        case.understand_as(category=meaning.category, urgency=meaning.urgency)
    if spot is not None and spot.is_known:
        case.relocate(spot, by)
    elif case.state == State.COLLECTED:
        case.file(by=by)
