"""入户走访: whom nobody has been to yet, and what came of each visit; written down without a network and sent
later, once (row 30)."""

from datetime import date, datetime
from typing import Annotated, Literal

import msgspec

from handlers.api.asking import Ask
from handlers.api.errors import wrong
from handlers.api.limits import WORK
from handlers.api.paging import after
from handlers.api.routes import Need, Route
from handlers.api.shapes import Asked, Id, Moment, Name, Paging, Shape, Text, maybe_clock
from handlers.pages.cases.enter import TELEPHONE
from handlers.pages.forms import bare_number
from handlers.pages.home_visits import case_heard
from handlers.wording.filters import place as said
from handlers.words import labels
from models.base.orm import session
from models.base.privacy import without_phones
from models.base.refusals import NotFound
from models.base.signed_ids import number_of, signed_id
from models.case.case import Case
from models.duty.answering import houses_of
from models.joins.heard_at_doors import Speaker
from models.place.gazetteer import town
from models.visit import covering
from models.visit.covering import Cover, HomeSeen
from models.visit.sight import buildings_seen
from models.visit.visiting import note_opinion, opinions_of, visit

LIST, HOUSEHOLDS = "visits", "households"
MOST = 20  # opinions of one visit
EARLIEST = date(2000, 1, 1)


class VisitsAsked(Paging):
    """`state` by the last result since that day: unvisited, visited (any), met, absent, refused, all.
    `since`: the first of the year unless it is said."""

    state: Literal["unvisited", "visited", "met", "absent", "refused", "all"] = "unvisited"
    since: date | None = None


class HomeLine(Shape):
    """A door to knock at: no names. `result` and `visited_at` of the last visit; `words`: what was noted
    there, without telephone numbers."""

    id: str
    label: str
    result: str | None
    result_label: str | None
    visited_at: Moment | None
    words: str | None = None


class CoverShown(Shape):
    """`visited` (any result) and `met` of `homes`, all homes of the register in my buildings."""

    since: date
    visited: int
    met: int
    homes: int


class Visits(Shape):
    items: list[HomeLine]
    next: str | None
    cover: CoverShown


class Opinion(Asked):
    """What was said, in the words of whoever said it. `name` and `phone`, of what becomes a case: who it was
    and wants to hear of it; without them whoever lives there is asked, where that is one person."""

    kind: Name = msgspec.field(name="class")
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]
    make_case: bool = False
    name: Name = ""
    phone: Annotated[str, msgspec.Meta(max_length=20)] = ""


class Visited(Asked):
    """`sync_id`: the telephone's own name for this visit. `visited_at`: when, of one sent later."""

    sync_id: Annotated[str, msgspec.Meta(min_length=8, max_length=64)]
    home_id: Id
    result: Literal["met", "absent", "refused"]
    words: Text = ""
    opinions: Annotated[list[Opinion], msgspec.Meta(max_length=MOST)] = msgspec.field(default_factory=list)
    visited_at: Annotated[datetime, msgspec.Meta(tz=True)] | None = None


class Made(Shape):
    id: str
    number: str


class VisitMade(Shape):
    """`cases`: what its opinions became."""

    id: str
    cases: list[Made]


def listed(ask: Ask, given: VisitsAsked) -> Visits:
    """The homes of the buildings that I keep, or of my grids; for whoever keeps none, those overseen."""
    since, mine = given.since or covering.this_year(), houses_of(ask.me) or buildings_seen(ask.visitor)
    if since < EARLIEST:
        raise wrong("bad_field", "since")
    rows = covering.homes(mine, given.state, since, after=after(given, LIST), limit=given.limit + 1)
    part = rows[: given.limit]
    more = signed_id(f"cursor/{LIST}", part[-1].household_id) if len(rows) > len(part) else None
    total = sum(covering.cover(mine, since).values(), Cover(0, 0, 0))
    return Visits(
        items=[_line(one) for one in part],
        next=more,
        cover=CoverShown(since=since, **total._asdict()),
    )


def made(ask: Ask, given: Visited) -> VisitMade:
    """One visit; what was said there is coded, and becomes cases in the same act. A copy changes nothing."""
    number = number_of(HOUSEHOLDS, given.home_id)
    if number is None:
        raise NotFound("household_not_found")
    noted = visit(number, ask.me, given.sync_id, given.result, given.words, visited_at=given.visited_at)
    if noted.is_new:
        for place, one in enumerate(given.opinions):
            if one.kind not in labels("opinions"):
                raise wrong("opinion_class", f"opinions.{place}.class")
            if not one.text.strip():
                raise wrong("text_missing", f"opinions.{place}.text")
            met = _met(one, place)
            case = None
            if one.make_case:
                case = case_heard(one.text.strip(), number, ask.visitor, ask.office.house, met).id
            note_opinion(noted.id, one.kind, one.text, case)
    session().flush()
    return VisitMade(id=noted.public_id, cases=_cases(noted.id))


def _met(one: Opinion, place: int) -> Speaker:
    """Raises Invalid for a telephone that is none, and for one of which nothing would come."""
    phone = bare_number(one.phone)
    if phone and not (one.make_case and TELEPHONE.fullmatch(phone)):
        raise wrong("phone_wrong", f"opinions.{place}.phone")
    if one.name and not one.make_case:
        raise wrong("bad_field", f"opinions.{place}.name")
    return Speaker(one.name.strip(), phone)


def _cases(visit_id: int) -> list[Made]:
    keys = [one.case_id for one in opinions_of(visit_id) if one.case_id is not None]
    found = [session().get_one(Case, key) for key in keys]
    return [Made(id=one.public_id, number=one.number) for one in found]


def _line(one: HomeSeen) -> HomeLine:
    spot = town().spot_of_building(one.building_id, one.unit, one.room)
    return HomeLine(
        id=signed_id(HOUSEHOLDS, one.household_id),
        label=said(**spot.facts()) if spot is not None else "",
        result=one.result,
        result_label=str(labels("visit_results")[one.result]) if one.result is not None else None,
        visited_at=maybe_clock(one.visited_at),
        words=without_phones(one.words) if one.words is not None else None,
    )


ROUTES = (
    Route("GET", "/work/visits", Need.STAFF, listed, takes=VisitsAsked, gives=Visits),
    Route("POST", "/work/visits", Need.STAFF, made, takes=Visited, gives=VisitMade, once=True, limit=WORK),
)
