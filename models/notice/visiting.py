"""上门告诉: whom nothing reaches is told at the door. Who goes there gets one list, with homes and no names
(issue 4, point 3).

When all letters of a notice have come to something, each grid worker of a building with such homes is told
once; if some letters hang for hours, those whose homes are known by then are told before.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Select, case, exists, func, select, text

from models.base.actor import SYSTEM
from models.base.clock import now
from models.base.links import personal_path
from models.base.orm import session
from models.base.refusals import Invalid
from models.duty.answering import who_visits
from models.history import record
from models.notice.audience import Audience, Reach, reach_of
from models.notice.fees import nobody_to_tell
from models.notice.notice import GROUP_KIND, VISIT_KIND
from models.notice.receivers import persons_letters
from models.notice.tables import Kind, Notice, State
from models.outbox.door import tell
from models.outbox.fates import HAND
from models.outbox.letter import STUCK, Lane, Letter
from models.outbox.letter import State as Fate
from models.person.proving import lives_in
from models.person.tables import Home
from models.place.gazetteer import in_order, town
from models.place.tables import BuildingGroup, Household

LATE_WORD = timedelta(minutes=5)  # so long a platform may still say that it did not arrive after all
LOOK_AGAIN = timedelta(hours=1)
GIVEN_UP = timedelta(days=7)  # what hangs longer than that is no news any more
NAMED = 5  # buildings in a letter; the page has all


class Round(NamedTuple):
    """Homes of one building: those that somebody has to go to, those where somebody was, those of the
    register of which nobody is known to us."""

    homes: int
    visited: int
    unknown: int


class Stop(NamedTuple):
    """One home on the way: `letters` are what waits there, empty when all of it was told at the door, by
    `told_by` at `told_at`. `told` are the letters that can be taken back."""

    unit: str
    room: str | None
    people: int
    letters: tuple[int, ...]
    told: tuple[int, ...]
    told_by: int | None
    told_at: datetime | None


@dataclass(slots=True)
class Plan:
    """Who has to be told of which buildings. `final` when every letter has come to something."""

    notice_id: int
    final: bool
    tasks: dict[int, dict[int, Round]] = field(default_factory=dict)  # person → building → round


def due(at: datetime) -> Sequence[int]:
    """Notices whose letters have to be looked at."""
    query = select(Notice.id).where(Notice.visits_due_at <= at, Notice.state == State.TOLD)
    return session().scalars(query.order_by(Notice.visits_due_at, Notice.id)).all()


def plan(notice_id: int, *, after_hours: int) -> Plan | None:
    """What is to be handed out now; None when it is too early. Only reads."""
    notice = session().get_one(Notice, notice_id)
    at, told_at = now(), notice.told_at or now()
    is_past = notice.valid_until is not None and notice.valid_until <= at
    if is_past or _reach(notice) is None:
        return Plan(notice_id, final=True)
    hanging = func.count(case((Letter.state.in_((Fate.WAITING, Fate.TAKEN)), 1)))
    query = select(hanging, func.max(Letter.settled_at)).where(*persons_letters(notice_id))
    open_letters, settled_at = session().execute(query).one()
    final = (not open_letters and max(settled_at or told_at, told_at) + LATE_WORD <= at) or (
        told_at + GIVEN_UP <= at
    )
    if not final and told_at + timedelta(hours=after_hours) > at:
        return None
    made, heard = Plan(notice_id, final), _heard(notice)
    for building, found in rounds(notice).items():
        # because no group tells a home of its own bill
        unknown = found.unknown and (notice.is_about_fees or building not in heard)
        if found.homes or (final and unknown):
            for person in who_visits(building):
                made.tasks.setdefault(person, {})[building] = found
    return made


def hand_out(made: Plan) -> int:
    """Tells those who have not been told; returns how many letters that are."""
    notice = session().get(Notice, made.notice_id, with_for_update=True)
    if notice is None or notice.state != State.TOLD or notice.visits_due_at is None:
        return 0
    notice.visits_due_at = None if made.final else now() + LOOK_AGAIN
    told = set(
        session().scalars(
            select(Letter.to_id).where(
                Letter.about_kind == "notice", Letter.about_id == notice.id, Letter.kind == VISIT_KIND
            )
        )
    )
    tasks = {person: rounds for person, rounds in made.tasks.items() if person not in told}
    for person, found in tasks.items():
        _tell(notice, person, found)
    if tasks:
        record(("notice", notice.id), "visits_asked", by=SYSTEM, at=now(), people=len(tasks))
    return len(tasks)


def rounds(notice: Notice, among: Collection[int] | None = None) -> Mapping[int, Round]:
    """Building → its round, where there is anything to go for; of `among` (None: of all)."""
    reach = _reach(notice)
    if reach is None:
        return {}
    waiting = _homes_with(notice.id, text(f"letters.{STUCK}"), among)
    visited = _homes_with(notice.id, (Letter.state == Fate.SENT) & (Letter.channel == HAND), among)
    unknown = _unknown(notice, reach, among)
    buildings = town().buildings
    return {
        one: Round(waiting.get(one, 0), visited.get(one, 0), unknown.get(one, 0))
        for one in sorted({*waiting, *visited, *unknown}, key=lambda one: _order(one, waiting))
        if one in buildings
    }


def stops(notice_id: int, building_id: int) -> Sequence[Stop]:
    """The homes of a building that nothing reached, or where somebody was, by unit and room."""
    query = (
        select(
            Home.unit_name, Home.room, Letter.id, Letter.state, Letter.channel, Letter.carried_by,
            Letter.sent_at,
        )
        .select_from(Home)
        .join(Letter, Letter.to_id == Home.person_id)
        .where(Home.building_id == building_id, Home.until.is_(None), *persons_letters(notice_id))
        .where(
            Letter.state.in_((Fate.FAILED, Fate.UNKNOWN, Fate.BY_HAND))
            | ((Letter.state == Fate.SENT) & (Letter.channel == HAND))
        )
        .order_by(Letter.id)
    )  # fmt: skip
    homes: dict[tuple[str, str | None], list[Any]] = {}
    for row in session().execute(query):
        homes.setdefault((row.unit_name, row.room), []).append(row)
    found = [_stop(unit, room, rows) for (unit, room), rows in homes.items()]
    return sorted(found, key=lambda one: (in_order(one.unit), in_order(one.room or "")))


def unknown_rooms(notice: Notice, building_id: int) -> Mapping[str, list[str]]:
    """Unit → rooms of the register of which nobody is known to us, as far as the notice is for them."""
    reach = _reach(notice)
    if reach is None:
        return {}
    query = select(Household.unit_name, Household.room).where(*_nobody_known(notice, [building_id]))
    found: dict[str, list[str]] = {}
    for unit, room in session().execute(query):
        if building_id in reach.buildings or (building_id, unit) in reach.units:
            found.setdefault(unit, []).append(room)
    return {unit: sorted(found[unit], key=in_order) for unit in sorted(found, key=in_order)}


def _reach(notice: Notice) -> Reach | None:
    """None for a notice to staff, for a second round, of which everybody has heard the first, and where a
    place of it is gone: then nobody can say who lives there."""
    audience = Audience.of(notice.audience)
    if audience.is_for_staff or audience.unread_of is not None:
        return None
    try:
        return reach_of(audience, notice.community_id)
    except Invalid:
        return None


def _homes_with(notice_id: int, which: Any, among: Collection[int] | None) -> dict[int, int]:
    """Building → homes in which somebody's letter is so."""
    homes = (
        select(Home.building_id, Home.unit_name, func.coalesce(Home.room, "").label("room"))
        .select_from(Letter)
        .join(Home, (Home.person_id == Letter.to_id) & Home.until.is_(None))
        .where(*persons_letters(notice_id), which)
        .distinct()
    )
    if among is not None:
        homes = homes.where(Home.building_id.in_(among))
    found = homes.subquery()
    query = select(found.c.building_id, func.count()).group_by(found.c.building_id)
    return {row[0]: row[1] for row in session().execute(query)}


def _unknown(notice: Notice, reach: Reach, among: Collection[int] | None) -> dict[int, int]:
    """Building → homes of the register of which nobody is known to us."""
    buildings = reach.all_buildings if among is None else reach.all_buildings & set(among)
    if notice.is_about_fees:
        counts = _by_unit(select(func.count()).where(*_nobody_known(notice, buildings)), Household)
    else:
        # all without those of whom somebody is known, from the homes to the register and counted by columns
        # of the homes, because SQLite takes seconds for a city the other way round
        here = Household.active & Household.building_id.in_(buildings)
        known = select(func.count(func.distinct(Household.id))).select_from(Home).join(Household, lives_in())
        counts = _by_unit(select(func.count()).where(here), Household)
        for one, count in _by_unit(known.where(Home.building_id.in_(buildings)), Home).items():
            counts[one] -= count
    found: dict[int, int] = {}
    for (building, unit), count in counts.items():
        if count and (building in reach.buildings or (building, unit) in reach.units):
            found[building] = found.get(building, 0) + count
    return found


def _by_unit(query: Select[Any], of: type[Home] | type[Household]) -> dict[tuple[int, str], int]:
    unit = (of.building_id, of.unit_name)
    return {(row[1], row[2]): row[0] for row in session().execute(query.add_columns(*unit).group_by(*unit))}


def _nobody_known(notice: Notice, buildings: Collection[int]) -> tuple[Any, ...]:
    if notice.is_about_fees:  # then of the homes that owe
        return (Household.active, Household.building_id.in_(buildings), *nobody_to_tell(notice.id))
    return (Household.active, Household.building_id.in_(buildings), ~exists().where(lives_in()))


def _heard(notice: Notice) -> frozenset[int]:
    """Buildings of which some group has heard it, or will when somebody pastes it."""
    query = (
        select(BuildingGroup.estate_id, BuildingGroup.building_id)
        .join(Letter, Letter.to_id == BuildingGroup.id)
        .where(
            Letter.about_kind == "notice",
            Letter.about_id == notice.id,
            Letter.kind == GROUP_KIND,
            Letter.to_kind == "group",
            Letter.state.not_in((Fate.FAILED, Fate.UNKNOWN)),
        )
    )
    groups = session().execute(query).all()
    estates = {row.estate_id for row in groups if row.building_id is None}
    own = {row.building_id for row in groups if row.building_id is not None}
    return frozenset(own | {one.id for one in town().buildings.values() if one.estate_id in estates})


def _stop(unit: str, room: str | None, rows: Sequence[Any]) -> Stop:
    waiting = tuple(row.id for row in rows if row.state != Fate.SENT)
    told = [row for row in rows if row.state == Fate.SENT]
    last = max(told, key=lambda row: row.sent_at) if told and not waiting else None
    return Stop(
        unit,
        room,
        len(rows),
        waiting,
        tuple(row.id for row in told),
        last.carried_by if last else None,
        last.sent_at if last else None,
    )


def _tell(notice: Notice, person: int, found: Mapping[int, Round]) -> None:
    places = town()
    named = []
    for building in list(found)[:NAMED]:
        spot = places.spot_of_building(building)
        if spot is not None:
            one = found[building]
            named.append({**spot.facts(), "unreached": one.homes, "unknown": one.unknown})
    tell(
        VISIT_KIND,
        person,
        about=("notice", notice.id),
        occasion="told",
        # because a grid worker is not woken for what waits for the morning
        lane=Lane.ANSWER if notice.kind == Kind.EMERGENCY else Lane.URGENT,
        path=f"{personal_path('notice', person, notice.id)}/visits",
        number=notice.id,
        title=notice.title,
        unreached=sum(one.homes for one in found.values()),
        unknown=sum(one.unknown for one in found.values()),
        houses=named,
        more=max(0, len(found) - NAMED),
    )


def _order(building: int, waiting: Mapping[int, int]) -> Any:
    place = town().buildings.get(building)
    return (-waiting.get(building, 0), place.estate_id if place else 0, in_order(place.name if place else ""))
