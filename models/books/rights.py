"""Who may enter what money bought, who agrees to it, who looks on."""

from models.base.actor import By
from models.base.orm import session
from models.base.refusals import NotFound
from models.duty.overseeing import DECIDING, OVERSEEING, holds
from models.place.tables import Estate

ENTERING = DECIDING | {"property"}
LOOKING = OVERSEEING | ENTERING


def may_enter(person_id: int | None, community_id: int | None) -> bool:
    return holds(ENTERING, person_id, community_id)


def may_settle(person_id: int | None, community_id: int | None) -> bool:
    """Approve, refuse, reverse, publish. Whether it is one's own is asked beside this."""
    return holds(DECIDING, person_id, community_id)


def may_look(person_id: int | None, community_id: int | None) -> bool:
    """All of it, with whom it concerns: supervisors (监事) too."""
    return holds(LOOKING, person_id, community_id)


def estate_of(estate_id: int, by: By, *, settling: bool = False) -> Estate:
    """The estate, for somebody who may enter there, or settle. Raises NotFound for everybody else."""
    estate = session().get(Estate, estate_id)
    may = may_settle if settling else may_enter
    if estate is None or not may(by.id, estate.community_id):
        raise NotFound("estate_not_found")
    return estate
