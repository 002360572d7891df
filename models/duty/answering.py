"""Who answers for a place and a matter: the chain that every case goes down (row 17: it never ends unseen).

Who holds which duty is kept in memory until the town's version moves, so a case asks the
database for nothing. Who is away is stood in for, as the ladder says (ladder.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from models.base.clock import now
from models.duty import ladder, shifts
from models.duty.overseeing import Where, above, decides
from models.duty.posts import DepartmentDuty, Duties, StaffPost, joined, present


@dataclass(frozen=True, slots=True)
class Answering:
    """`route`: keeper | grid_worker | department | desk | nobody (and transfer, which no chain gives).

    `people` are persons' ids, empty only for nobody; any of them may accept.
    """

    route: str
    people: tuple[int, ...] = ()
    department: str | None = None


NOBODY = Answering("nobody")


@dataclass(frozen=True, slots=True)
class Answerer:
    """Somebody who answers: `role` is a code of templates/labels/roles.toml.

    `phone` is the published duty phone or None, never the person's own: who has none is reached by the relay.
    """

    name: str
    role: str
    phone: str | None
    employer: str | None
    person_id: int = 0


def answering(place: Where, category: str | None, *, except_for: frozenset[int] = frozenset()) -> Answering:
    """The first in the chain who may take it; `except_for` are those who gave it back.

    The building's keepers whatever the category, else the grid worker (without a building: those of the
    estate), else the contact of a department that takes the category, else the community's desk, else nobody.
    Somebody without any way to be reached still answers: the desk sees that the letter failed.
    """
    duties = present()
    if place.building_id is not None:
        people = _without(duties.keepers_of(place.building_id), except_for)
        if people:
            return Answering("keeper", people)
    people = _without(duties.workers(*_grids(duties, place)), except_for)
    if people:
        return Answering("grid_worker", people)
    for name, contact in duties.departments.get(category or "", ()):
        if people := _without(duties.here((contact,)), except_for):
            return Answering("department", people, name)
    people = _without(duties.desk(_community(duties, place)), except_for)
    return Answering("desk", people) if people else NOBODY


def still_answers(place: Where, role: str, person_id: int, *, working: bool) -> bool:
    """Whether somebody who got a case there as `role` (as `Answering.route`) still is one who answers for it.
    Who is on leave does not, unless they are `working` on it and have no deputy."""
    duties = present()
    if person_id not in duties.posts:
        return False
    at, known = now(), ladder.chain()
    deputies: list[int | None] = []
    if role == "keeper":
        holds = person_id in duties.keepers.get(place.building_id or 0, ())
        stands = holds or person_id in duties.keepers_of(place.building_id or 0)
    elif role == "grid_worker":
        grids = _grids(duties, place)
        terms = [one for grid in grids for one in known.holding(grid, 0, at) if one.person_id == person_id]
        holds, deputies = bool(terms), [one.deputy_id for one in terms]
        stands = holds or person_id in duties.workers(*grids)
    elif role == "department":
        return any(person_id in duties.here((one,)) for one in _contacts(duties))
    elif role == "desk":  # of whom was granted the post for a term it is over some day
        return person_id in duties.desk(_community(duties, place)) or decides(person_id, place.community_id)
    elif role == "rung" and place.grid_id is not None:
        return any(one.rung and one.grid_id == place.grid_id for one in known.posts(person_id, at))
    else:
        return True
    if not holds or not known.is_away(person_id, at):
        return stands
    return working and known.stands_in(person_id, at, *deputies) is None


def duty_persons(community_id: int | None) -> tuple[int, ...]:
    """Who must hear of an emergency: who is on shift on the community's lowest rung that has a rota now, else
    the community's desk, else the lowest rung of its grids that somebody holds, else who is on shift for the
    town, else street and admins.

    Without a community (a place that nobody could tell): the town's shift, street and admins, else every
    desk.
    """
    return _duty_persons(present(), community_id, shifts.all_on_shift(now()))


def duties_of(person_id: int) -> list[int | None]:
    """The communities (None: what nobody could place) whose emergencies this person must hear of, or would
    when they climb to the rung of the running shift."""
    duties, on_shift = present(), shifts.all_on_shift(now())
    shifted = {community for (community, _), people in on_shift.items() if person_id in duties.here(people)}
    return [
        one
        for one in (*duties.places.communities, None)
        if one in shifted or person_id in _duty_persons(duties, one, on_shift)
    ]


def _duty_persons(
    duties: Duties, community_id: int | None, on_shift: Mapping[tuple[int | None, int], tuple[int, ...]]
) -> tuple[int, ...]:
    if community_id is None and len(duties.places.communities) == 1:
        community_id = next(iter(duties.places.communities))
    if community_id is not None:
        if people := _on_lowest_shift(duties, community_id, on_shift):
            return people
        if desk := duties.desk(community_id):
            return desk
        at, known = now(), ladder.chain()
        grids = [grid for grid, community in duties.places.grids.items() if community == community_id]
        for rung in range(ladder.top(community_id, at) + 1):
            people = duties.active(joined(known.there(grid, rung, at).people for grid in grids))
            if people:
                return people
    return (
        _on_lowest_shift(duties, None, on_shift)
        or duties.here(duties.with_role("street", "admin"))
        or duties.with_role("street", "admin")
        or joined(duties.desks.values())
    )


def _on_lowest_shift(
    duties: Duties, community_id: int | None, on_shift: Mapping[tuple[int | None, int], tuple[int, ...]]
) -> tuple[int, ...]:
    for _, rung in sorted((key for key in on_shift if key[0] == community_id), key=lambda key: key[1]):
        if people := duties.here(on_shift[community_id, rung]):
            return people
    return ()


def called_on(place: Where, rung: int) -> tuple[int, ...]:
    """Who must hear of an emergency that nobody on duty has acknowledged, so many rungs up: who is on shift
    for that rung, else who stands there in the place's grid, else street and town above its community."""
    duties, at = present(), now()
    if people := duties.here(shifts.on_shift(place.community_id, rung, at)):
        return people
    found = ladder.standing(place.grid_id, place.community_id, rung, at)
    people = duties.active(found.people) if found is not None else ()
    return people or duties.active(above(place.community_id))


def everybody_on_duty() -> tuple[int, ...]:
    """Street, admins and every desk: for an emergency whose own duty persons cannot be reached at all."""
    duties = present()
    return joined((duties.with_role("street", "admin"), *duties.desks.values()))


def serves(person_id: int, community_id: int) -> bool:
    """Whether this person keeps a building or holds a rung there, whatever community the post names."""
    duties = present()
    kept = (building for building, people in duties.keepers.items() if person_id in people)
    if any(
        duties.places.estates[duties.places.buildings[one].estate_id].community_id == community_id
        for one in kept
        if one in duties.places.buildings
    ):
        return True
    if person_id not in duties.posts:
        return False
    return any(duties.places.grids.get(grid) == community_id for grid in ladder.subtree(person_id))


def houses_of(person_id: int) -> frozenset[int]:
    """The buildings that this person keeps or of whose grids the person holds a rung."""
    duties = present()
    kept = set(kept_by(person_id))
    grids = ladder.subtree(person_id) if person_id in duties.posts else frozenset()
    if grids:
        kept |= {one.id for one in duties.places.buildings.values() if one.grid_id in grids}
    return frozenset(kept)


def kept_by(person_id: int) -> frozenset[int]:
    """The buildings that this person keeps."""
    return frozenset(building for building, people in present().keepers.items() if person_id in people)


def who_visits(building_id: int) -> tuple[int, ...]:
    """Who goes from door to door: the building's grid worker, else its keepers, else the community's desk,
    else street and admins."""
    duties = present()
    building = duties.places.buildings[building_id]
    community = duties.places.estates[building.estate_id].community_id
    workers = duties.workers(building.grid_id) if building.grid_id is not None else ()
    keepers = duties.keepers_of(building_id)
    return workers or keepers or duties.desk(community) or duties.with_role("street", "admin")


def who_answers(building_id: int) -> tuple[Answerer, ...]:
    """谁管我这栋: the building's keepers and its grid worker, else the community's desk (row 20)."""
    duties = present()
    building = duties.places.buildings.get(building_id)
    if building is None:
        return ()
    found = [(person, "keeper") for person in duties.keepers_of(building_id)]
    if building.grid_id is not None:
        workers, role = duties.workers(building.grid_id), ladder.roles()[0]
        found += [(person, role) for person in workers if (person, "keeper") not in found]
    if not found:
        community = duties.places.estates[building.estate_id].community_id
        found = [(person, "community") for person in duties.desk(community)]
    return tuple(_answerer(person, duties.posts[person], role) for person, role in found)


def desk_of(community_id: int | None) -> tuple[Answerer, ...]:
    """The community's desk."""
    duties = present()
    people = duties.desk(community_id)
    return tuple(_answerer(person, duties.posts[person], "community") for person in people)


def property_of(community_id: int | None) -> tuple[Answerer, ...]:
    """物业: who has that post in the community."""
    duties = present()
    found = (
        (person, duties.posts[person])
        for person in duties.with_role("property")
        if duties.posts[person].community_id in (None, community_id)
    )
    return tuple(_answerer(person, post, "property") for person, post in found)


def departments() -> tuple[DepartmentDuty, ...]:
    """The departments in the order in which they take cases."""
    return present().offices


def asked_of(community_id: int | None, category: str | None) -> Answering:
    """Whom a question goes to that only a person can answer: the department that takes the category, else
    the community's desk, else whoever is on duty above it."""
    duties = present()
    for name, contact in duties.departments.get(category or "", ()):
        if people := duties.here((contact,)):
            return Answering("department", people, name)
    if people := duties.desk(community_id):
        return Answering("desk", people)
    people = duty_persons(community_id)
    return Answering("desk", people) if people else NOBODY


def answerer(person_id: int) -> Answerer | None:
    """The post of one person, or None for somebody without one."""
    post = present().posts.get(person_id)
    return _answerer(person_id, post, post.roles[0] if post.roles else "community") if post else None


def _answerer(person_id: int, post: StaffPost, role: str) -> Answerer:
    return Answerer(post.name, role, post.phone, post.employer, person_id)


def _contacts(duties: Duties) -> set[int]:
    return {one.contact_id for one in duties.offices if one.contact_id is not None}


def _grids(duties: Duties, place: Where) -> tuple[int, ...]:
    """The grid that a place lies in; of an estate without a building all of its grids."""
    grid_id = place.grid_id
    if grid_id is None and place.building_id is not None:
        building = duties.places.buildings.get(place.building_id)
        grid_id = building.grid_id if building else None
    if grid_id is not None:
        return (grid_id,)
    if place.building_id is None and place.estate_id is not None:
        return duties.estate_grids.get(place.estate_id, ())
    return ()


def _community(duties: Duties, place: Where) -> int | None:
    if place.community_id is not None:
        return place.community_id
    estate = duties.places.estates.get(place.estate_id) if place.estate_id is not None else None
    if estate is not None:
        return estate.community_id
    communities = duties.places.communities
    return next(iter(communities)) if len(communities) == 1 else None


def _without(people: tuple[int, ...], except_for: frozenset[int]) -> tuple[int, ...]:
    if not except_for:
        return people
    return tuple(person for person in people if person not in except_for)
