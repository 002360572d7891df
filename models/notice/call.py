"""A call with a roll: everybody addressed answers whether he comes, and who is silent is named to those above
(row 101, the call and the roll-call)."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, exists, select

from models.base.clock import now
from models.base.orm import session, upsert
from models.base.refusals import NotAllowed
from models.duty.answering import RUNGS, answerer, desk_of
from models.duty.tables import Keeper, RungHolder
from models.notice.audience import CALL_KIND
from models.notice.tables import CallAnswer, Notice, State
from models.outbox.door import tell
from models.outbox.letter import Lane, Letter
from models.person.tables import Home
from models.place.gazetteer import town

LASTS = timedelta(days=2)
CLIMBS = len(RUNGS)
_Grids = Mapping[int, int | None]


class Roll(NamedTuple):
    """Of those who were called: who comes, who cannot, who has said nothing."""

    coming: int
    not_coming: int
    silent: int


def open_call(person_id: int) -> Notice | None:
    """The newest call that this person was sent and that still holds."""
    query = (
        select(Notice)
        .join(Letter, (Letter.about_kind == "notice") & (Letter.about_id == Notice.id))
        .where(
            Letter.to_kind == "person",
            Letter.to_id == person_id,
            Letter.kind == CALL_KIND,
            Notice.state.in_((State.GOING, State.TOLD)),
            Notice.starts_at > now() - LASTS,
        )
        .order_by(Notice.id.desc())
        .limit(1)
    )
    notice = session().scalars(query).first()
    if notice is None or (notice.valid_until is not None and notice.valid_until < now()):
        return None
    return notice


def answer(notice: Notice, person_id: int, coming: bool) -> None:
    """The last word counts. Raises NotAllowed for who was not called, and when the call is over."""
    mine = open_call(person_id)
    if mine is None or mine.id != notice.id:
        raise NotAllowed("call_over", number=notice.id)
    said = {"coming": coming, "answered_at": now()}
    row = upsert(CallAnswer).values(notice_id=notice.id, person_id=person_id, **said)
    session().connection().execute(
        row.on_conflict_do_update(index_elements=[CallAnswer.notice_id, CallAnswer.person_id], set_=said)
    )


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
        .where(*_called(notice_id))
    )
    grids = _grids(notice_id)
    found: dict[int | None, list[int]] = {}
    for person, coming in session().execute(query):
        row = found.setdefault(grids.get(person), [0, 0, 0])
        row[2 if coming is None else 0 if coming else 1] += 1
    return {grid: Roll(*counts) for grid, counts in found.items()}


def climb_one(*, after_minutes: int) -> bool:
    """Names the silent of one call to those above them, one rung higher each time. False when none is due."""
    query = (
        select(Notice)
        .where(
            Notice.is_call,
            Notice.state == State.TOLD,
            Notice.climbed < CLIMBS,
            Notice.told_at > now() - LASTS,
        )
        .order_by(Notice.id)
        .with_for_update(skip_locked=True)
    )
    for notice in session().scalars(query):
        waits = timedelta(minutes=after_minutes * (notice.climbed + 1))
        if notice.told_at is not None and notice.told_at <= now() - waits:
            _climb(notice)
            notice.climbed += 1
            return True
    return False


def _climb(notice: Notice) -> None:
    posts, grids = _posts(), _grids(notice.id)
    above: dict[int, list[int]] = {}
    for person in _silent(notice.id):
        for boss in _above(person, notice.climbed, notice.community_id, posts, grids):
            if boss != person:
                above.setdefault(boss, []).append(person)
    for boss, people in above.items():
        named = [staff.name for person in people if (staff := answerer(person)) is not None]
        tell(
            "call_silent",
            boss,
            about=("notice", notice.id),
            occasion=str(notice.climbed),
            lane=Lane.ANSWER,
            number=notice.id,
            title=notice.title,
            names=named,
            residents=len(people) - len(named),
        )


def _silent(notice_id: int) -> Sequence[int]:
    answered = select(CallAnswer.id).where(
        CallAnswer.notice_id == notice_id, CallAnswer.person_id == Letter.to_id
    )
    query = select(Letter.to_id).where(*_called(notice_id), ~exists(answered)).order_by(Letter.to_id)
    return session().execute(query).scalars().all()


def _called(notice_id: int) -> tuple[ColumnElement[bool], ...]:
    return (
        Letter.about_kind == "notice",
        Letter.about_id == notice_id,
        Letter.kind == CALL_KIND,
        Letter.to_kind == "person",
    )


def _above(
    person_id: int, steps: int, community_id: int | None, posts: Mapping[int, tuple[int, int]], grids: _Grids
) -> Sequence[int]:
    """Whoever holds the rung so many steps above this person's own, else, once, the desk. A keeper and a
    resident stand below the lowest rung of their building's grid."""
    rung, grid = posts.get(person_id, (-1, grids.get(person_id)))
    if grid is not None:
        query = select(RungHolder.person_id).where(
            RungHolder.grid_id == grid, RungHolder.rung == rung + 1 + steps, RungHolder.until.is_(None)
        )
        found = session().execute(query).scalars().all()
        if found:
            return found
    return [one.person_id for one in desk_of(community_id)] if steps == 0 else []


def _posts() -> Mapping[int, tuple[int, int]]:
    """Person → (lowest rung, its grid)."""
    query = select(RungHolder.person_id, RungHolder.rung, RungHolder.grid_id).where(
        RungHolder.until.is_(None)
    )
    rows = session().execute(query.order_by(RungHolder.rung.desc(), RungHolder.id.desc()))
    return {row.person_id: (row.rung, row.grid_id) for row in rows}


def _grids(notice_id: int) -> _Grids:
    """Of everybody called: the grid of the home, of the building that is kept, of the post; the last
    counts."""
    places = town().buildings
    homes = (
        select(Home.person_id, Home.building_id)
        .join(Letter, Letter.to_id == Home.person_id)
        .where(*_called(notice_id), Home.until.is_(None))
    )
    kept = select(Keeper.person_id, Keeper.building_id).where(Keeper.until.is_(None))
    found: dict[int, int | None] = {}
    for query in (homes, kept.order_by(Keeper.id.desc())):
        for person, building in session().execute(query):
            place = places.get(building)
            found[person] = place.grid_id if place is not None else None
    return found | {person: grid for person, (_, grid) in _posts().items()}
