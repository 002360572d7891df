"""随手拍: the record of what somebody found that was a hazard (row 5)."""

from handlers.api.asking import Ask
from handlers.api.case_shapes import CaseLine, case_line
from handlers.api.paging import after, paged
from handlers.api.routes import Need, Route
from handlers.api.shapes import Paging, Shape
from models.case import hazards

LIST = "hazards"


class Hazards(Shape):
    """`mended` of the `found`; the items by parts, as every list."""

    found: int
    mended: int
    items: list[CaseLine]
    next: str | None


def listed(ask: Ask, given: Paging) -> Hazards:
    """My own record: hazards found, hazards mended, the newest first."""
    rows = hazards.found_by(ask.me, before=after(given, LIST), limit=given.limit + 1)
    part = paged(rows, given, LIST, lambda one: one.id, lambda one: case_line(one, ask.visitor))
    record = hazards.record_of(ask.me)
    return Hazards(found=record.found, mended=record.mended, items=part.items, next=part.next)


ROUTES = (Route("GET", "/hazards", Need.PERSON, listed, takes=Paging, gives=Hazards),)
