"""Posts on parts of the town: whose they are at this moment, and which part each of them is about.

The workbook's post has no end and is about its community, or about all; a grant is about any part, for a
term. Kept in memory until the town's version moves: a term that begins or ends counts from its own moment,
without anything that must run then.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from models.base.clock import now
from models.base.orm import session
from models.person.tables import Grant, Staff
from models.place.tables import Community
from models.place.version import Remembered

Communities = frozenset[int] | None  # None: all of them
#: Roles that are about a part of the town; the others are about what their holder was given to do.
OVER_A_PART = frozenset({"property", "community", "street", "supervisor", "admin"})


@dataclass(frozen=True, slots=True)
class Held:
    """One post. A post on an estate or on a grid is about no community: it sees the cases of that piece and
    nothing else."""

    role: str
    communities: Communities
    estate_id: int | None = None
    grid_id: int | None = None

    @property
    def is_of_a_piece(self) -> bool:
        return self.estate_id is not None or self.grid_id is not None

    def watches(self, community_id: int | None) -> bool:
        """What nobody could place (None) belongs to every desk."""
        if self.is_of_a_piece:
            return False
        return self.communities is None or community_id is None or community_id in self.communities

    def covers(self, community_id: int | None) -> bool:
        """Whether it is held over all of this community, or of the town (None)."""
        if self.is_of_a_piece:
            return False
        return self.communities is None or (community_id is not None and community_id in self.communities)

    def is_about(self, estate_id: int | None, grid_id: int | None) -> bool:
        """Whether it is a post on just this estate or this grid."""
        if self.grid_id is not None:
            return self.grid_id == grid_id
        return self.estate_id is not None and self.estate_id == estate_id


@dataclass(frozen=True, slots=True)
class Term:
    held: Held
    since: datetime
    until: datetime | None

    def runs(self, at: datetime) -> bool:
        return self.since <= at and (self.until is None or at < self.until)


def granted(person_id: int) -> tuple[Held, ...]:
    """What this person was granted, as far as it runs now. Whether the person still is staff, the caller
    knows: who has left has no post at all."""
    at = now()
    return tuple(one.held for one in terms().get(person_id, ()) if one.runs(at))


def all_granted() -> list[tuple[int, Held]]:
    """(Person, post) of everybody, also of those who have left, as far as it runs now."""
    at = now()
    return [(person, one.held) for person, several in terms().items() for one in several if one.runs(at)]


def terms() -> Mapping[int, tuple[Term, ...]]:
    """By person; those that are over and those to come too."""
    return _remembered.current()


def written(roles: Iterable[str], community_id: int | None) -> tuple[Held, ...]:
    """The posts of the workbook's row."""
    communities = None if community_id is None else frozenset({community_id})
    return tuple(Held(role, communities) for role in roles)


def posts_of(staff: Staff) -> tuple[Held, ...]:
    """All posts of a staff person who has not left."""
    return (*written(staff.roles, staff.community_id), *granted(staff.person_id))


def over(posts: Iterable[Held], roles: frozenset[str]) -> Communities:
    """The communities over which one of these roles is held."""
    found: set[int] = set()
    for one in posts:
        if one.role in roles and not one.is_of_a_piece:
            if one.communities is None:
                return None
            found |= one.communities
    return frozenset(found)


def parts(posts: Iterable[Held]) -> list[int | None]:
    """What may be looked at by these posts: all (None) first, then communities by number."""
    about = [one for one in posts if one.role in OVER_A_PART and not one.is_of_a_piece]
    single = sorted({key for one in about for key in one.communities or ()})
    return [*([None] if any(one.communities is None for one in about) else []), *single]


def roles_at(posts: Iterable[Held], community_id: int | None) -> tuple[str, ...]:
    """The roles that count where this community, or all of the town (None), is looked at."""
    there = (one for one in posts if one.covers(community_id) or one.role not in OVER_A_PART)
    return tuple(dict.fromkeys(one.role for one in there))


def _build() -> Mapping[int, tuple[Term, ...]]:
    rows = session().connection().execute(select(Grant.__table__).order_by(Grant.id)).all()
    if not rows:
        return {}
    streets: dict[tuple[str | None, str | None], set[int]] = {}
    for key, street, district in session().execute(
        select(Community.id, Community.street, Community.district)
    ):
        streets.setdefault((district, street), set()).add(key)
    found: dict[int, list[Term]] = {}
    for row in rows:
        if row.grid_id is not None or row.estate_id is not None:
            held = Held(row.role, frozenset(), row.estate_id, row.grid_id)
        elif row.community_id is not None:
            held = Held(row.role, frozenset({row.community_id}))
        elif row.street is not None or row.district is not None:
            # A street that was given another name in the workbook is nobody's until it is granted again.
            held = Held(row.role, _communities(streets, row.district, row.street))
        else:
            held = Held(row.role, None)
        found.setdefault(row.person_id, []).append(Term(held, row.since, row.until))
    return {person: tuple(terms) for person, terms in found.items()}


def _communities(
    streets: Mapping[tuple[str | None, str | None], set[int]], district: str | None, street: str | None
) -> frozenset[int]:
    return frozenset(
        key
        for (in_district, in_street), keys in streets.items()
        if in_district == district and street in (None, in_street)
        for key in keys
    )


_remembered = Remembered("grants", _build)
