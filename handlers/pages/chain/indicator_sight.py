"""Whose figures somebody of the staff sees: overseers their community's, a holder those of the own grids, and
on the lowest rung the grid's totals and only the own by name."""

from dataclasses import dataclass

from flask import request

from handlers.pages.access import Access
from handlers.pages.chain.sight import grids_seen, staff_of_link
from models.base.actor import By
from models.base.refusals import NotFound
from models.duty.ladder import subtree
from models.duty.overseeing import DECIDING, OVERSEEING, speaks_for
from models.indicator.asking import Scope
from models.person.arriving import Visitor
from models.place.gazetteer import town


@dataclass(frozen=True, slots=True)
class Sight:
    """`scope`: what was chosen of what this person sees; `communities` to choose from, by id."""

    visitor: Visitor
    scope: Scope
    communities: dict[int, str]

    @property
    def by(self) -> By:
        return By.staff(self.visitor.person_id)

    @property
    def settles(self) -> bool:
        return not DECIDING.isdisjoint(self.visitor.roles)

    @property
    def seals(self) -> bool:
        """Whether this person seals the periods of what was chosen."""
        return self.scope.grids is None and speaks_for(self.visitor.person_id, self.scope.community_id)

    @property
    def place(self) -> str | None:
        """The community that was chosen; None for the town and for a holder's grids."""
        key = self.scope.community_id
        return town().communities.get(key) if key is not None else None

    @property
    def query(self) -> str:
        key = self.scope.community_id
        return f"&community={key}" if key is not None and len(self.communities) > 1 else ""


def sees_figures(visitor: Visitor) -> bool:
    return not OVERSEEING.isdisjoint(visitor.roles) or bool(grids_seen(visitor))


def sight_of(access: Access) -> Sight:
    """Raises NotFound for whoever oversees nothing and has no grid below."""
    visitor = staff_of_link(access)
    if not sees_figures(visitor):
        raise NotFound("page_not_found")
    if OVERSEEING.isdisjoint(visitor.roles):
        me = visitor.person_id
        heads = subtree(me, lowest=1)
        return Sight(visitor, Scope(grids=heads) if heads else Scope(grids=grids_seen(visitor), alone=me), {})
    own = visitor.community_id
    if own is not None:
        return Sight(visitor, Scope(own), {})
    several = dict(town().communities)
    said = request.values.get("community", "")
    chosen = int(said) if said.isascii() and said.isdecimal() and int(said) in several else None
    if chosen is None and len(several) == 1:
        chosen = next(iter(several))
    return Sight(visitor, Scope(chosen), several)
