"""Who reads what came of visits: one rule for the list in the pocket and the page of the console."""

from models.duty.answering import houses_of
from models.duty.overseeing import overseen
from models.person.arriving import Visitor
from models.place.gazetteer import town


def buildings_seen(visitor: Visitor) -> frozenset[int]:
    """The buildings over whose homes this person has a post: those that the person keeps, those of the grids
    whose rung is the person's, and all of the communities that the person oversees. A post on a piece of a
    community is about cases alone."""
    places, theirs = town(), overseen(visitor)
    return houses_of(visitor.person_id) | {
        one.id
        for one in places.buildings.values()
        if theirs is None or places.estates[one.estate_id].community_id in theirs
    }
