"""Who reads what came of visits: one rule for the list in the pocket and the page of the console."""

from models.duty.answering import houses_of
from models.duty.overseeing import OVERSEEING
from models.person.arriving import Visitor
from models.place.gazetteer import town


def buildings_seen(visitor: Visitor) -> frozenset[int]:
    """The buildings over whose homes this person has a post: those that the person keeps, those of the grids
    whose rung is the person's, and all where the person oversees (community, street, a piece of them)."""
    overseeing = [one for one in visitor.held if one.role in OVERSEEING]
    places = town()
    return houses_of(visitor.person_id) | {
        building.id
        for building in places.buildings.values()
        if any(
            one.watches(places.estates[building.estate_id].community_id)
            or one.is_about(building.estate_id, building.grid_id)
            for one in overseeing
        )
    }
