"""Who stands where in the chain at a moment. Pure: built from rows, asks no database and has no clock.

A rung of a grid is held for a term. Where the holder is away the deputy of the leave stands in, then the
deputy of the rung; a deputy who is away too stands in for nobody (row 4).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, NamedTuple

Place = tuple[int, int]  # grid and rung


class Term(NamedTuple):
    """Somebody's time on a rung, from `since` until before `until`."""

    person_id: int
    deputy_id: int | None
    since: datetime
    until: datetime | None


class Leave(NamedTuple):
    """Somebody's time away, from `since` until before `until`. `left`: the post was given up, so that what
    the person held is vacant, and no deputy stands in."""

    deputy_id: int | None
    since: datetime
    until: datetime | None
    left: bool = False


class RungName(NamedTuple):
    """A rung of a ladder as it is called from one day until before another."""

    number: int
    name: str
    since: date
    until: date | None


class There(NamedTuple):
    """Who stands on one rung of one grid: `how` is holder | deputy. Nobody: why, vacant | away."""

    people: tuple[int, ...]
    how: str


class Post(NamedTuple):
    """A rung that a person answers for: `how` is holder | away (own, but on leave) | deputy."""

    grid_id: int
    rung: int
    how: str


@dataclass(frozen=True)
class Chain:
    """Immutable; shared by all threads."""

    terms: Mapping[Place, tuple[Term, ...]]
    leaves: Mapping[int, tuple[Leave, ...]]  # by person
    ladders: Mapping[int | None, tuple[RungName, ...]]  # by community, None is the town's
    default: tuple[str, ...]  # the names of the rungs where nobody has entered any

    def rungs(self, community_id: int | None, on: date) -> tuple[str, ...]:
        """The names of the rungs on that day, the one nearest to the residents first: of the community,
        else of the town, else the default."""
        for ladder in (self.ladders.get(community_id, ()), self.ladders.get(None, ())):
            names = {one.number: one.name for one in ladder if _holds(one, on)}
            if names:
                return tuple(names[number] for number in sorted(names))
        return self.default

    def is_away(self, person_id: int, at: datetime) -> bool:
        """On leave, or without a post any more."""
        return any(_holds(one, at) for one in self.leaves.get(person_id, ()))

    def has_left(self, person_id: int, at: datetime) -> bool:
        return any(one.left and _holds(one, at) for one in self.leaves.get(person_id, ()))

    def stands_in(self, person_id: int, at: datetime, *deputies: int | None) -> int | None:
        """Who does what this person, away at that moment, has to do: the deputy of the leave, else the first
        of `deputies` who is there."""
        for one in self.leaves.get(person_id, ()):
            if _holds(one, at):
                deputies = (one.deputy_id, *deputies)
        for deputy in deputies:
            if deputy is not None and deputy != person_id and not self.is_away(deputy, at):
                return deputy
        return None

    def here(self, people: tuple[int, ...], at: datetime) -> tuple[int, ...]:
        """These people, or who stands in for those who are away."""
        if not any(self.is_away(one, at) for one in people):
            return people
        found = (self.stands_in(one, at) if self.is_away(one, at) else one for one in people)
        return tuple(dict.fromkeys(one for one in found if one is not None))

    def holding(self, grid_id: int, rung: int, at: datetime) -> list[Term]:
        """The terms that run at that moment, whether their holder is there or on leave."""
        return [
            one
            for one in self.terms.get((grid_id, rung), ())
            if _holds(one, at) and not self.has_left(one.person_id, at)
        ]

    def all_holding(self, at: datetime) -> list[tuple[Place, int]]:
        """Every rung with everybody who holds it at that moment, by grid and rung."""
        return [(place, term.person_id) for place in sorted(self.terms) for term in self.holding(*place, at)]

    def there(self, grid_id: int, rung: int, at: datetime) -> There:
        terms = self.holding(grid_id, rung, at)
        present = tuple(dict.fromkeys(one.person_id for one in terms if not self.is_away(one.person_id, at)))
        if present:
            return There(present, "holder")
        found = [self.stands_in(one.person_id, at, one.deputy_id) for one in terms]
        deputies = tuple(dict.fromkeys(one for one in found if one is not None))
        if deputies:
            return There(deputies, "deputy")
        return There((), "away" if terms else "vacant")

    def posts(self, person_id: int, at: datetime) -> list[Post]:
        """What this person holds, and what the person stands in for now."""
        return list(self._posts(person_id, at))

    def _posts(self, person_id: int, at: datetime) -> Iterator[Post]:
        for grid_id, rung in sorted(self._places_of(person_id)):
            if any(one.person_id == person_id for one in self.holding(grid_id, rung, at)):
                yield Post(grid_id, rung, "away" if self.is_away(person_id, at) else "holder")
            elif person_id in self.there(grid_id, rung, at).people:
                yield Post(grid_id, rung, "deputy")

    def _places_of(self, person_id: int) -> set[Place]:
        """Where this person ever was holder or deputy, or those for whom the person stood in were."""
        absent = self._stood_in_for.get(person_id, set())
        return {place for one in (person_id, *absent) for place in self._places.get(one, ())}

    @cached_property
    def _places(self) -> dict[int, set[Place]]:
        found: dict[int, set[Place]] = {}
        for place, terms in self.terms.items():
            for term in terms:
                for person in (term.person_id, term.deputy_id):
                    if person is not None:
                        found.setdefault(person, set()).add(place)
        return found

    @cached_property
    def _stood_in_for(self) -> dict[int, set[int]]:
        found: dict[int, set[int]] = {}
        for person, leaves in self.leaves.items():
            for leave in leaves:
                if leave.deputy_id is not None:
                    found.setdefault(leave.deputy_id, set()).add(person)
        return found


def _holds(one: Term | Leave | RungName, at: Any) -> bool:
    return bool(one.since <= at and (one.until is None or at < one.until))
