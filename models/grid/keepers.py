"""包保到楼 (row 22): whether every building has its keeper unit once, and when a keeper was there last."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import func, select

from models.base.clock import local, now
from models.base.orm import put, session
from models.base.refusals import NotAllowed
from models.duty.tables import Keeper
from models.duty.terms import running
from models.grid.tables import KeeperVisit
from models.person.tables import Staff
from models.place.gazetteer import in_order
from models.place.tables import Building, Community, Estate, Household

GREEN, AMBER, RED = "green", "amber", "red"
WORST = (RED, AMBER, GREEN)


class Kept(NamedTuple):
    """A building and who keeps it: persons with their names and employers, in the order of their terms."""

    building_id: int
    community: str
    estate: str
    building: str
    unit: str | None
    keepers: tuple[tuple[int, str, str | None], ...]
    since: datetime | None  # the first of these terms
    homes: int

    @property
    def units(self) -> tuple[str | None, ...]:
        """Who claims it: its unit, and every employer of a keeper that is another one. (None,) is a keeper
        of no unit; () is nobody."""
        said = [self.unit] if self.unit else []
        employers = [employer for _, _, employer in self.keepers]
        claimed = tuple(dict.fromkeys([*said, *(one for one in employers if one)]))
        return claimed or ((None,) if self.keepers else ())


class UnitCover(NamedTuple):
    unit: str | None
    buildings: int
    homes: int
    keepers: int


class Cover(NamedTuple):
    """`total` is the sum over units; it equals `register` when no building is twice and none forgotten."""

    register: int
    total: int
    units: list[UnitCover]
    twice: list[Kept]
    forgotten: list[Kept]
    without_person: list[Kept]  # a unit has it, and nobody of that unit is named

    @property
    def holds(self) -> bool:
        return self.total == self.register and not self.twice and not self.forgotten


class Standing(NamedTuple):
    """`days` since a keeper of today was there, or since the first of them began where none ever was."""

    kept: Kept
    visited_at: datetime | None
    days: int
    colour: str


def visit(building_id: int, person_id: int, note: str = "") -> bool:
    """到楼了. One visit of a person to a building a day; what is noted later that day is added to it. False
    when it was known. Raises NotAllowed for whoever keeps no such building."""
    at, note = now(), note.strip()
    mine = select(Keeper.id).where(
        Keeper.building_id == building_id, Keeper.person_id == person_id, running(Keeper, at)
    )
    if not session().scalars(mine.with_for_update()).all():  # held, so that two taps follow one another
        raise NotAllowed("not_keeper")
    midnight = local(at).replace(hour=0, minute=0, second=0, microsecond=0)
    query = select(KeeperVisit).where(
        KeeperVisit.building_id == building_id,
        KeeperVisit.person_id == person_id,
        KeeperVisit.at >= midnight,
    )
    today = session().scalars(query).first()
    if today is None:
        put(KeeperVisit, building_id=building_id, person_id=person_id, at=at, note=note)
        return True
    if note and note not in today.note:
        today.note = f"{today.note}\n{note}".strip()
    return False


def kept_by(person_id: int) -> list[int]:
    """The buildings that this person keeps."""
    query = select(Keeper.building_id).where(Keeper.person_id == person_id, running(Keeper, now()))
    return list(session().scalars(query.order_by(Keeper.building_id)))


def kept(
    community_id: int | None = None,
    estate_id: int | None = None,
    *,
    buildings: Collection[int] | None = None,
) -> list[Kept]:
    """All buildings in use, or those of a community, of an estate or these, with who keeps them, by place."""
    query = (
        select(Building.id, Building.name, Building.keeper_unit, Estate.name, Community.name)
        .join(Estate, Estate.id == Building.estate_id)
        .join(Community, Community.id == Estate.community_id)
        .where(Building.active, Estate.active)
    )
    if community_id is not None:
        query = query.where(Estate.community_id == community_id)
    if estate_id is not None:
        query = query.where(Estate.id == estate_id)
    if buildings is not None:
        query = query.where(Building.id.in_(buildings))
    people: dict[int, list[tuple[int, str, str | None]]] = {}
    since: dict[int, datetime] = {}
    terms = (
        select(Keeper.building_id, Keeper.person_id, Keeper.since, Staff.name, Staff.employer)
        .join(Staff, Staff.person_id == Keeper.person_id)
        .where(running(Keeper, now()), Staff.active)
        .order_by(Keeper.id)
    )
    if buildings is not None:
        terms = terms.where(Keeper.building_id.in_(buildings))
    for row in session().execute(terms):
        people.setdefault(row.building_id, []).append((row.person_id, row.name, row.employer))
        since[row.building_id] = min(row.since, since.get(row.building_id, row.since))
    counted = select(Household.building_id, func.count()).where(Household.active)
    if estate_id is not None:
        of_estate = select(Building.id).where(Building.estate_id == estate_id)
        counted = counted.where(Household.building_id.in_(of_estate))
    if buildings is not None:
        counted = counted.where(Household.building_id.in_(buildings))
    homes = {row[0]: row[1] for row in session().execute(counted.group_by(Household.building_id))}
    found = [
        Kept(
            key,
            community,
            estate,
            name,
            unit or None,
            tuple(people.get(key, ())),
            since.get(key),
            homes.get(key, 0),
        )
        for key, name, unit, estate, community in session().execute(query)
    ]
    return sorted(found, key=lambda one: (one.community, one.estate, in_order(one.building)))


def cover(buildings: Iterable[Kept]) -> Cover:
    """Of all buildings of a register."""
    register = list(buildings)
    by_unit: dict[str | None, list[Kept]] = {}
    for one in register:
        for unit in one.units:
            by_unit.setdefault(unit, []).append(one)
    units = [
        UnitCover(
            unit,
            len(several),
            sum(one.homes for one in several),
            len(
                {person for one in several for person, _, employer in one.keepers if employer in (unit, None)}
            ),
        )
        for unit, several in by_unit.items()
    ]
    return Cover(
        register=len(register),
        total=sum(one.buildings for one in units),
        units=sorted(units, key=lambda one: (-one.buildings, one.unit or "")),
        twice=[one for one in register if len(one.units) > 1],
        forgotten=[one for one in register if not one.units],
        without_person=[one for one in register if one.unit and not one.keepers],
    )


def colour_of(days: int, amber_days: int, red_days: int) -> str:
    return RED if days >= red_days else AMBER if days >= amber_days else GREEN


def standings(buildings: Iterable[Kept], at: datetime, *, amber_days: int, red_days: int) -> list[Standing]:
    """Of the buildings that somebody keeps, the longest unvisited first. Visits of those who keep it no more
    do not count."""
    watched = [one for one in buildings if one.keepers and one.since is not None]
    last: dict[tuple[int, int], datetime] = {}
    visits = select(KeeperVisit.building_id, KeeperVisit.person_id, func.max(KeeperVisit.at))
    for building, person, when in session().execute(
        visits.where(
            KeeperVisit.at <= at, KeeperVisit.building_id.in_(one.building_id for one in watched)
        ).group_by(KeeperVisit.building_id, KeeperVisit.person_id)
    ):
        last[building, person] = when
    found = []
    for one in watched:
        seen = [last[key] for person, _, _ in one.keepers if (key := (one.building_id, person)) in last]
        visited = max(seen) if seen else None
        since = visited or one.since
        assert since is not None
        days = max(timedelta(0), local(at).date() - local(since).date()).days
        found.append(Standing(one, visited, days, colour_of(days, amber_days, red_days)))
    return sorted(found, key=lambda each: -each.days)


def visits_of(building_id: int, limit: int = 50) -> list[KeeperVisit]:
    """The newest first."""
    query = select(KeeperVisit).where(KeeperVisit.building_id == building_id)
    return list(session().scalars(query.order_by(KeeperVisit.id.desc()).limit(limit)))
