"""Who watches over a part of the town and who decides there. Seeing is wider: supervisors (监事) look on.

By all posts of a person: that of the workbook, and what was granted for a term (models/person/grants.py).
"""

from collections.abc import Iterable
from typing import Protocol

from sqlalchemy import select

from models.base.orm import session
from models.person.arriving import Visitor, staff_of
from models.person.grants import Communities, Held, all_granted, over, posts_of, written
from models.person.tables import Staff
from models.place.tables import Community

OVERSEEING = frozenset({"community", "street", "supervisor", "admin"})  # see everything of their community
ABOVE = frozenset({"street", "admin"})  # the level over all communities
DECIDING = OVERSEEING - {"supervisor"}  # and hand it on, void it, take a nod by phone


class Where(Protocol):
    """What is asked of a place: a Spot, and a Case too."""

    @property
    def community_id(self) -> int | None: ...
    @property
    def estate_id(self) -> int | None: ...
    @property
    def building_id(self) -> int | None: ...
    @property
    def grid_id(self) -> int | None: ...


def watches(post: int | None, community_id: int | None) -> bool:
    """Whether a post of one community (None: of all) watches over something of another; what nobody could
    place belongs to every desk."""
    return None in (post, community_id) or post == community_id


def decides(person_id: int | None, community_id: int | None) -> bool:
    """Whether this person's post decides about the community's matters."""
    return holds(DECIDING, person_id, community_id)


def decides_on(person_id: int | None, place: Where) -> bool:
    """As `decides`, about a case: a post on its estate or its grid is enough."""
    return any(
        one.role in DECIDING
        and (one.watches(place.community_id) or one.is_about(place.estate_id, place.grid_id))
        for one in _posts(person_id)
    )


def speaks_for(person_id: int | None, community_id: int | None) -> bool:
    """Whether this person's post decides about what all of the community hear. Narrower than `decides`: what
    all of the town hear (None) is the town's desk's, and no community's."""
    return any(one.role in DECIDING and one.covers(community_id) for one in _posts(person_id))


def looks_over(person_id: int | None, community_id: int | None) -> bool:
    """Whether this person's post sees all of the community, or of the town (None)."""
    return any(one.role in OVERSEEING and one.covers(community_id) for one in _posts(person_id))


def oversees(person_id: int | None, community_id: int | None) -> bool:
    """Whether this person's post sees the community's matters."""
    return holds(OVERSEEING, person_id, community_id)


def holds(roles: frozenset[str], person_id: int | None, community_id: int | None) -> bool:
    """Whether one of these roles is this person's over the community."""
    return any(one.role in roles and one.watches(community_id) for one in _posts(person_id))


def overseen(visitor: Visitor) -> Communities:
    """The communities whose matters this person sees, whichever of them is looked at now; None: of all."""
    return over(visitor.held, OVERSEEING)


def deciding(community_id: int | None) -> list[int]:
    """The persons whose post decides there."""
    return holding(DECIDING, community_id)


def holding(roles: frozenset[str], community_id: int | None) -> list[int]:
    """The persons who hold one of these roles over the community."""
    return _unique(person for person, one in _everybody() if one.role in roles and one.watches(community_id))


def deciding_here(community_id: int | None) -> list[int]:
    """Of those the ones whose own post it is (without a community: the town's); all, if nobody has it."""
    everybody = [(person, one) for person, one in _everybody() if one.role in DECIDING]
    own = _unique(person for person, one in everybody if _is_own(one, community_id))
    return own or _unique(person for person, one in everybody if one.watches(community_id))


def others_deciding(community_id: int | None, person_id: int) -> list[int]:
    """Who may agree to what this person proposed: of `deciding_here`, else of all who decide there."""
    here = [one for one in deciding_here(community_id) if one != person_id]
    return here or [one for one in deciding(community_id) if one != person_id]


def above(community_id: int | None) -> list[int]:
    """Street and town, for what nobody of the community can decide: those of its own street first, else all
    of them, whichever community their post names."""
    rows = session().execute(select(Community.id, Community.street))
    streets = {row.id: row.street for row in rows}
    mine = streets.get(community_id) if community_id is not None else None
    higher = [(person, one) for person, one in _everybody() if one.role in ABOVE and not one.is_of_a_piece]
    near = [
        person
        for person, one in higher
        if mine and one.communities and any(streets.get(key) == mine for key in one.communities)
    ]
    return _unique(near or (person for person, _ in higher))


def _is_own(post: Held, community_id: int | None) -> bool:
    if community_id is None:
        return post.communities is None
    return post.communities is not None and community_id in post.communities


def _posts(person_id: int | None) -> tuple[Held, ...]:
    staff = staff_of(person_id) if person_id is not None else None
    return posts_of(staff) if staff is not None else ()


def _everybody() -> list[tuple[int, Held]]:
    """(Person, post) of all who have not left, in the order of their rows."""
    query = select(Staff.person_id, Staff.roles, Staff.community_id).where(Staff.active).order_by(Staff.id)
    rows = session().execute(query).all()
    there = {row.person_id for row in rows}
    found = [(row.person_id, post) for row in rows for post in written(row.roles, row.community_id)]
    return found + [(person, post) for person, post in all_granted() if person in there]


def _unique(people: Iterable[int]) -> list[int]:
    return list(dict.fromkeys(people))
