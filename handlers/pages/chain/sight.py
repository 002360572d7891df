"""Whose chain staff see: overseers that of their communities, a holder that of the own grids, nobody else."""

from dataclasses import dataclass

from handlers.pages.access import Access
from handlers.pages.case_facts import arriving_at_desk
from handlers.pages.links import link_of
from models.base.actor import By
from models.base.refusals import NotFound
from models.duty.ladder import subtree
from models.duty.overseeing import DECIDING, OVERSEEING, watches
from models.person.arriving import Visitor
from models.place.gazetteer import town


@dataclass(frozen=True, slots=True)
class Sight:
    """`grids` are those whose chain this person sees."""

    visitor: Visitor
    grids: frozenset[int]

    @property
    def by(self) -> By:
        return By.staff(self.visitor.person_id)

    @property
    def settles(self) -> bool:
        return not DECIDING.isdisjoint(self.visitor.roles)


def staff_of_link(access: Access) -> Visitor:
    """Whose desk it is. Raises NotFound for whoever has no post (any more)."""
    visitor = arriving_at_desk(link_of(access, "desk"))
    if not visitor.is_staff:
        raise NotFound("page_not_found")
    return visitor


def grids_seen(visitor: Visitor) -> frozenset[int]:
    if OVERSEEING.isdisjoint(visitor.roles):
        return subtree(visitor.person_id)
    return frozenset(
        grid for grid, community in town().grids.items() if watches(visitor.community_id, community)
    )


def sight_of(access: Access) -> Sight:
    """Raises NotFound for whoever sees no grid and oversees none."""
    visitor = staff_of_link(access)
    grids = grids_seen(visitor)
    if not grids and OVERSEEING.isdisjoint(visitor.roles):
        raise NotFound("page_not_found")
    return Sight(visitor, grids)
