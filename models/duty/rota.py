"""值班表 (row 104): shifts of a community's rungs, and the hours on which nobody is on duty.

A rota is made ahead and never backwards: what was is what it was. Who never made one is on duty as ever
(answering.duty_persons).
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, select

from models.base.actor import By
from models.base.clock import local, now
from models.base.links import personal_path
from models.base.orm import put, session
from models.base.refusals import Invalid, NotAllowed, NotFound
from models.duty.answering import desk_of
from models.duty.ladder import chain, rungs
from models.duty.overseeing import deciding_here, oversees, speaks_for, watches
from models.duty.shifts import LONGEST
from models.duty.tables import Shift
from models.duty.weeks import Planned, Span, uncovered, without
from models.history import record, steps_about
from models.outbox.door import tell
from models.outbox.letter import Lane
from models.person.arriving import staff_of
from models.place.tables import Community

KIND = "rota"
LETTER = "rota_gaps"
AHEAD = timedelta(days=14)  # so far gaps are looked for
SOON = timedelta(days=2)  # then the desk hears of one once more
KEPT = timedelta(days=28)  # a rota that nobody has gone on with for so long is none any more
MOST = 2000  # shifts entered at once
NAMED = 5  # gaps in a letter


class Gap(NamedTuple):
    """Hours of a rota on which nobody is on duty: no shift, or whoever has it is on leave without a
    deputy."""

    community_id: int | None
    rung: int
    starts_at: datetime
    ends_at: datetime


def enter(
    community_id: int | None, rung: int, shifts: Sequence[Planned], by: By, *, replace: bool = False
) -> tuple[int, int]:
    """Puts shifts into a rota (None: the town's) and gives how many came and how many went. What has begun
    counts from now, what is over is left out, what is there already stays. With `replace` whatever else
    stands between the first and the last of them is struck out.

    Raises NotAllowed; Invalid: rung_unknown, shift_none (nothing ahead), shift_most, shift_length,
    rung_person, shift_overlaps (somebody would be on duty twice at a time).
    """
    if not speaks_for(by.id, community_id):
        raise NotAllowed("chain_not_yours")
    at = now()
    if not 0 <= rung < len(rungs(community_id, at)):
        raise Invalid("rung_unknown", number=rung)
    wanted = {(one.person_id, max(one.starts_at, at), one.ends_at) for one in shifts if one.ends_at > at}
    if not wanted:
        raise Invalid("shift_none")
    if len(wanted) > MOST:
        raise Invalid("shift_most", most=MOST)
    if any(not timedelta(0) < ends - begins <= LONGEST for _, begins, ends in wanted):
        raise Invalid("shift_length", days=LONGEST.days)
    _must_be_staff({person for person, _, _ in wanted}, community_id)
    _hold(community_id)
    first, last = min(begins for _, begins, _ in wanted), max(ends for _, _, ends in wanted)
    standing = _open(community_id, rung, first, last)
    there = {_key(one, at): one for one in standing}
    gone = [one for key, one in there.items() if key not in wanted] if replace else []
    for one in gone:
        _strike(one, at, "removed")
    stays = [one for one in standing if one not in gone]
    coming = sorted(wanted - {_key(one, at) for one in stays}, key=lambda one: (one[1], one[2], one[0]))
    _must_not_overlap([*coming, *(_key(one, at) for one in stays)])
    for person, begins, ends in coming:
        put(
            Shift,
            community_id=community_id,
            rung=rung,
            person_id=person,
            starts_at=begins,
            ends_at=ends,
            by_id=by.id,
            at=at,
        )
    session().flush()
    if coming or gone:
        record(
            (KIND, community_id or 0), "rota_set", by=by, at=at, rung=rung, came=len(coming), went=len(gone)
        )
    return len(coming), len(gone)


def strike_out(number: int, by: By) -> bool:
    """One shift is not to be. False when it is over or struck out already. Raises NotFound, also for who does
    not see it, and NotAllowed."""
    shift = held(number)
    if shift.person_id != by.id and not oversees(by.id, shift.community_id):
        raise NotFound("shift_not_found", number=number)
    if not speaks_for(by.id, shift.community_id):
        raise NotAllowed("chain_not_yours")
    at = now()
    if shift.ended_at is not None or shift.ends_at <= at:
        return False
    _strike(shift, at, "removed")
    record((KIND, shift.community_id or 0), "shift_struck", by=by, at=at, shift=number)
    return True


def held(number: int) -> Shift:
    """A shift, its row ours until the commit. Raises NotFound."""
    query = select(Shift).where(Shift.id == number).with_for_update()
    shift = session().scalars(query.execution_options(populate_existing=True)).first()
    if shift is None:
        raise NotFound("shift_not_found", number=number)
    return shift


def shifts_between(start: datetime, end: datetime, *which: ColumnElement[bool]) -> Sequence[Shift]:
    """Those that are not struck out, by their beginning."""
    query = select(Shift).where(
        Shift.starts_at < end,
        Shift.starts_at > start - LONGEST,
        Shift.ends_at > start,
        Shift.ended_at.is_(None),
        *which,
    )
    return session().scalars(query.order_by(Shift.starts_at, Shift.rung, Shift.id)).all()


def rotas(at: datetime | None = None) -> list[tuple[int | None, int]]:
    """Community and rung of every rota that somebody keeps up: with shifts now, ahead or lately."""
    query = (
        select(Shift.community_id, Shift.rung)
        .where(Shift.ended_at.is_(None), Shift.ends_at > (at or now()) - KEPT)
        .distinct()
    )
    found = [(row.community_id, row.rung) for row in session().execute(query)]
    return sorted(found, key=lambda one: (one[0] or 0, one[1]))


def gaps(start: datetime | None = None, end: datetime | None = None, *communities: int | None) -> list[Gap]:
    """Every hour without anybody on duty, of all rotas or of those of these communities; of the next fourteen
    days."""
    start = start or now()
    end = end or start + AHEAD
    found = []
    for community, rung in rotas(start):
        if communities and community not in communities:
            continue
        which = (Shift.community_id.is_not_distinct_from(community), Shift.rung == rung)
        covered = [span for one in shifts_between(start, end, *which) for span in _present(one)]
        found += [Gap(community, rung, *span) for span in uncovered(covered, start, end)]
    return found


def tell_gaps() -> int:
    """The desk hears of a rota's next gap when it comes into sight and again shortly before. Gives how many
    letters were written."""
    at = now()
    written = 0
    by_rota: dict[tuple[int | None, int], list[Gap]] = {}
    for gap in gaps(at):
        by_rota.setdefault((gap.community_id, gap.rung), []).append(gap)
    for (community, rung), several in by_rota.items():
        first = several[0]
        begins = first.starts_at if first.starts_at > at else None  # None: it is there now
        told = {
            "rung": rung,
            "start": begins.isoformat() if begins else None,
            "soon": begins is None or begins - at <= SOON,
            "day": local(at).date().isoformat() if begins is None else None,
        }
        key = (KIND, community or 0)
        if any(one.what == "gap_told" and one.facts == told for one in steps_about(*key)):
            continue
        record(key, "gap_told", by=By("system", None), at=at, **told)
        for person in _who_hears(community):
            tell(
                LETTER,
                person,
                about=None,
                occasion=f"{community or 0}/{rung}/{at.isoformat()}",
                lane=Lane.NEWS,
                path=f"{personal_path('desk', person)}/rota",
                community=_name(community),
                rung=rungs(community, at)[rung] if rung < len(rungs(community, at)) else str(rung),
                count=len(several),
                spans=[[one.starts_at.isoformat(), one.ends_at.isoformat()] for one in several[:NAMED]],
            )
            written += 1
    return written


def _who_hears(community_id: int | None) -> list[int]:
    return [one.person_id for one in desk_of(community_id)] or deciding_here(community_id)


def _name(community_id: int | None) -> str | None:
    return session().get_one(Community, community_id).name if community_id is not None else None


def _present(shift: Shift) -> list[Span]:
    """When somebody really is there: without the leave that no deputy covers."""
    known = chain()
    holes: list[tuple[datetime, datetime | None]] = []
    for leave in known.leaves.get(shift.person_id, ()):
        if leave.deputy_id is None or leave.left:
            holes.append((leave.since, leave.until))
        else:
            for other in known.leaves.get(leave.deputy_id, ()):
                ends = [one for one in (leave.until, other.until) if one is not None]
                holes.append((max(leave.since, other.since), min(ends) if ends else None))
    return without((shift.starts_at, shift.ends_at), holes)


def _key(shift: Shift, at: datetime) -> tuple[int, datetime, datetime]:
    """As it counts from now on."""
    return (shift.person_id, max(shift.starts_at, at), shift.ends_at)


def _strike(shift: Shift, at: datetime, how: str) -> None:
    shift.ended_at, shift.ended_how = at, how


def _open(community_id: int | None, rung: int, start: datetime, end: datetime) -> Sequence[Shift]:
    query = select(Shift).where(
        Shift.community_id.is_not_distinct_from(community_id),
        Shift.rung == rung,
        Shift.starts_at < end,
        Shift.starts_at > start - LONGEST,
        Shift.ends_at > start,
        Shift.ended_at.is_(None),
    )
    return session().scalars(query.order_by(Shift.id).with_for_update()).all()


def _must_be_staff(people: Iterable[int], community_id: int | None) -> None:
    for person in people:
        staff = staff_of(person)
        if staff is None or not (community_id is None or watches(staff.community_id, community_id)):
            raise Invalid("rung_person")


def _must_not_overlap(spans: Iterable[tuple[int, datetime, datetime]]) -> None:
    busy: dict[int, datetime] = {}
    for person, begins, ends in sorted(spans, key=lambda one: (one[1], one[2])):
        if person in busy and busy[person] > begins:
            staff = staff_of(person)
            raise Invalid(
                "shift_overlaps", name=staff.name if staff else "", at=f"{local(begins):%Y-%m-%d %H:%M}"
            )
        busy[person] = ends


def _hold(community_id: int | None) -> None:
    """Two who write the same rota follow one another; for the town's own every community's row is held."""
    query = select(Community.id).order_by(Community.id).with_for_update()
    if community_id is not None:
        query = query.where(Community.id == community_id)
    session().execute(query).all()
