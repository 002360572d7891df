"""What of a case's words and place somebody reads who may see it."""

from typing import Any

from models.base.privacy import without_phones
from models.case.case import Case
from models.person.arriving import Visitor


def words_for(case: Case, person_id: int, *, number_shown: bool = False) -> str:
    """What was said; telephone numbers in it are for whoever said it, and for whom they were opened."""
    return case.text if person_id == case.reporter_id or number_shown else without_phones(case.text)


def place_for(case: Case, visitor: Visitor) -> dict[str, Any]:
    """Where it is; a neighbour who joined does not read whose room it is."""
    place: dict[str, Any] = case.spot.facts()
    me = visitor.person_id
    if not visitor.is_staff and me != case.reporter_id and me in case.concerned():
        place["room"] = None
    return place
