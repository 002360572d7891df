"""A call with a roll: everybody addressed answers whether he comes (row 101, the call and the roll-call).
What becomes of the silent stands in climbing.py."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, exists, select

from models.base.clock import now
from models.base.orm import session, upsert
from models.base.refusals import NotAllowed
from models.duty.ladder import chain
from models.duty.tables import Keeper
from models.notice.audience import CALL_KIND
from models.notice.reading import opened
from models.notice.tables import CallAnswer, Notice, State
from models.outbox.letter import Letter
from models.person.tables import Home
from models.place.gazetteer import town

LASTS = timedelta(days=2)
_Grids = Mapping[int, int | None]


class Roll(NamedTuple):
    """Of those who were called: who comes, who cannot, who has said nothing."""

    coming: int
    not_coming: int
    silent: int


def open_call(person_id: int, number: int | None = None) -> Notice | None:
    """The newest call that this person was sent and that still holds; with `number` that one or none."""
    query = _open_calls(person_id).limit(1)
    if number is not None:
        query = query.where(Notice.id == number)
    return session().scalars(query).first()


def open_calls(person_id: int, limit: int) -> Sequence[Notice]:
    """All of them, the newest first, each once."""
    letters = session().scalars(_open_calls(person_id))
    return list(dict.fromkeys(letters))[:limit]


def ends_at(notice: Notice) -> datetime:
    """Until when an answer to a call counts."""
    last = (notice.starts_at or notice.created_at) + LASTS
    return min(last, notice.valid_until) if notice.valid_until is not None else last


def _open_calls(person_id: int) -> Select[Notice]:
    at = now()
    return (
        select(Notice)
        .join(Letter, (Letter.about_kind == "notice") & (Letter.about_id == Notice.id))
        .where(
            Letter.to_kind == "person",
            Letter.to_id == person_id,
            Letter.kind == CALL_KIND,
            Notice.state.in_((State.GOING, State.TOLD)),
            Notice.starts_at > at - LASTS,
            Notice.valid_until.is_(None) | (Notice.valid_until >= at),
        )
        .order_by(Notice.id.desc())
    )


def is_open(notice: Notice) -> bool:
    """Whether an answer still counts."""
    if not notice.is_call or notice.state not in (State.GOING, State.TOLD) or notice.starts_at is None:
        return False
    at = now()
    return notice.starts_at > at - LASTS and (notice.valid_until is None or notice.valid_until >= at)


def answer(notice: Notice, person_id: int, coming: bool) -> None:
    """The last word counts, and whoever says it has read the call. Raises NotAllowed for who was not called,
    and when the call is over."""
    if open_call(person_id, notice.id) is None:
        raise NotAllowed("call_over", number=notice.id)
    said = {"coming": coming, "answered_at": now()}
    row = upsert(CallAnswer).values(notice_id=notice.id, person_id=person_id, **said)
    session().connection().execute(
        row.on_conflict_do_update(index_elements=[CallAnswer.notice_id, CallAnswer.person_id], set_=said)
    )
    opened(notice.id, "person", person_id)


def answer_of(notice_id: int, person_id: int) -> bool | None:
    """True for coming, None for nothing said."""
    query = select(CallAnswer.coming).where(
        CallAnswer.notice_id == notice_id, CallAnswer.person_id == person_id
    )
    return session().execute(query).scalar()


def rolls(notice_id: int) -> Mapping[int | None, Roll]:
    """Grid → its roll; under None those whom no grid has."""
    query = (
        select(Letter.to_id, CallAnswer.coming)
        .outerjoin(
            CallAnswer, (CallAnswer.notice_id == Letter.about_id) & (CallAnswer.person_id == Letter.to_id)
        )
        .where(*called(notice_id))
        .distinct()  # because two records may have become one person since
    )
    grids = grids_of(notice_id)
    found: dict[int | None, list[int]] = {}
    for person, coming in session().execute(query):
        row = found.setdefault(grids.get(person), [0, 0, 0])
        row[2 if coming is None else 0 if coming else 1] += 1
    return {grid: Roll(*counts) for grid, counts in found.items()}


def silent(notice_id: int) -> Sequence[int]:
    """Who was called and has said nothing."""
    answered = select(CallAnswer.id).where(
        CallAnswer.notice_id == notice_id, CallAnswer.person_id == Letter.to_id
    )
    query = (
        select(Letter.to_id).where(*called(notice_id), ~exists(answered)).distinct().order_by(Letter.to_id)
    )
    return session().execute(query).scalars().all()


def called(notice_id: int) -> tuple[ColumnElement[bool], ...]:
    """Conditions of the letters by which people were called."""
    return (
        Letter.about_kind == "notice",
        Letter.about_id == notice_id,
        Letter.kind == CALL_KIND,
        Letter.to_kind == "person",
    )


def posts() -> Mapping[int, tuple[int, int]]:
    """Person → (lowest rung, its grid)."""
    held = sorted(chain().all_holding(now()), key=lambda one: one[0][1], reverse=True)
    return {person: (rung, grid) for (grid, rung), person in held}


def grids_of(notice_id: int) -> _Grids:
    """Of everybody called: the grid of the home, of the building that is kept, of the post; the last
    counts."""
    places = town().buildings
    homes = (
        select(Home.person_id, Home.building_id)
        .join(Letter, Letter.to_id == Home.person_id)
        .where(*called(notice_id), Home.until.is_(None))
    )
    kept = select(Keeper.person_id, Keeper.building_id).where(Keeper.until.is_(None))
    found: dict[int, int | None] = {}
    for query in (homes, kept.order_by(Keeper.id.desc())):
        for person, building in session().execute(query):
            place = places.get(building)
            found[person] = place.grid_id if place is not None else None
    return found | {person: grid for person, (_, grid) in posts().items()}
