"""Whose books somebody of the staff sees, and what they may do there."""

from dataclasses import dataclass

from handlers.pages.access import Access
from handlers.pages.case_facts import arriving_at_desk
from handlers.pages.links import link_of
from models.base.actor import By
from models.base.refusals import NotFound
from models.books import listing
from models.books.rights import ENTERING, LOOKING
from models.duty.overseeing import DECIDING, watches
from models.person.arriving import Visitor
from models.place.gazetteer import town


@dataclass(frozen=True, slots=True)
class Sight:
    """`estates` by id, with their names."""

    visitor: Visitor
    estates: dict[int, str]

    @property
    def by(self) -> By:
        return By.staff(self.visitor.person_id)

    @property
    def enters(self) -> bool:
        return not ENTERING.isdisjoint(self.visitor.roles)

    @property
    def settles(self) -> bool:
        return not DECIDING.isdisjoint(self.visitor.roles)


def sight_of(access: Access) -> Sight:
    """Raises NotFound for whoever has no post that looks into books."""
    visitor = arriving_at_desk(link_of(access, "desk"))
    if LOOKING.isdisjoint(visitor.roles):
        raise NotFound("page_not_found")
    return Sight(visitor, _estates(visitor))


def books_waiting(visitor: Visitor) -> int | None:
    """How many outlays and incomes wait for this person; None for who does not look into books."""
    if LOOKING.isdisjoint(visitor.roles):
        return None
    if DECIDING.isdisjoint(visitor.roles):
        return 0
    estates, me = _estates(visitor), visitor.person_id
    return len(listing.to_approve(estates, me)) + len(listing.incomes_to_approve(estates, me))


def _estates(visitor: Visitor) -> dict[int, str]:
    return {
        one.id: one.name for one in town().estates.values() if watches(visitor.community_id, one.community_id)
    }
