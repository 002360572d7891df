"""/console/visits: how many homes somebody was at, building by building, and what was said there (row 30)."""

from datetime import date
from typing import Any

from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

from handlers.house import House
from handlers.pages.access import Access
from handlers.pages.chain.acting import Work, acted, once_more
from handlers.pages.chain.said import number_said
from handlers.pages.chain.sight import staff_of_link
from handlers.pages.filing import Report, filed, meaning
from handlers.pages.front import Front, show
from handlers.pages.links import Done
from handlers.words import labels
from models.base.actor import By
from models.base.clock import local, now
from models.base.privacy import without_phones
from models.base.refusals import NotFound
from models.case.case import Case
from models.duty.overseeing import DECIDING, OVERSEEING
from models.joins.heard_at_doors import UNSAID, Speaker, told, who_nods
from models.person.arriving import Visitor
from models.place.gazetteer import in_order, town
from models.visit import covering
from models.visit.covering import Cover
from models.visit.opinions import Heard, Note, hold, noted, waiting
from models.visit.sight import buildings_seen
from models.visit.tables import HomeVisit, VisitOpinion
from models.visit.visiting import spot_to_visit

PAGE, SOURCE = "visits", "visit"
SHOWN = 50  # opinions of which nothing has become yet
EARLIEST = date(2000, 1, 1)


def shown(front: Front, access: Access, status: int = 200, *, error: str | None = None, **_: Any) -> Response:
    since = _since()
    with front.database.read():
        facts = overview(staff_of_link(access), since)
    return show("home_visits.html", status, access=access, page=facts, error=error)


def act(front: Front, access: Access, verb: str) -> AnyResponse:
    """What was said at a door becomes a case, with one tap; or nothing has to follow from it."""
    key = number_said("opinion")
    verbs = {"case": _case(key, front.house), "noted": _noted(key)}
    if verb not in verbs:
        raise NotFound("page_not_found")
    return acted(front, access, PAGE, f"visits_{verb}", verbs[verb], once_more(shown, front, access))


def overview(visitor: Visitor, since: date) -> dict[str, Any]:
    """For templates/pages/home_visits.html. Raises NotFound for who goes to no doors."""
    houses, is_desk = _houses(visitor)
    cover = covering.cover(houses, since)
    said = covering.opinions(houses, since)
    heard = waiting(houses, since, SHOWN)
    return {
        "since": since,
        "today": local(now()).date(),
        "total": sum(cover.values(), Cover(0, 0, 0)),
        "houses": sorted(
            ({**_place(one), "cover": cover[one]} for one in cover),
            key=lambda one: (one["estate"], in_order(one["building"])),
        ),
        "opinions": [(label, *said.get(code, (0, 0))) for code, label in labels("opinions").items()],
        "heard": [_heard(one) for one in heard],
        "noted": [_note(one) for one in noted(houses, since, SHOWN)],
        "is_desk": is_desk,
        "acts": not is_desk or not DECIDING.isdisjoint(visitor.roles),
    }


def case_heard(text: str, household_id: int, visitor: Visitor, house: House, met: Speaker = UNSAID) -> Case:
    """What was said at this home's door, as a case. Raises NotFound for a home that is not the visitor's to
    go to."""
    by, u = By.staff(visitor.person_id), meaning(text)
    spot = spot_to_visit(household_id, visitor.person_id)
    person = who_nods(household_id, u.category, visitor, met)
    report = Report(text, SOURCE, name=met.name, phone=met.phone)
    case = filed(report, u, spot, by, person, house)
    told(case, by)
    return case


def _houses(visitor: Visitor) -> tuple[frozenset[int], bool]:
    """Whose homes are counted, and whether by the desk of the part of the town that is looked at."""
    seen, is_desk = buildings_seen(visitor), not OVERSEEING.isdisjoint(visitor.roles)
    if not seen and not is_desk:
        raise NotFound("page_not_found")
    if is_desk and visitor.community_id is not None:
        seen = frozenset(one for one in seen if _community(one) == visitor.community_id)
    return seen, is_desk


def _community(building: int) -> int:
    return town().estates[town().buildings[building].estate_id].community_id


def _place(key: int) -> dict[str, str]:
    spot = town().spot_of_building(key)
    estate, building = (spot.estate, spot.building) if spot is not None else (None, None)
    return {"estate": estate or "", "building": building or ""}


def _heard(one: Heard) -> dict[str, Any]:
    return {
        "id": one.id,
        "label": str(labels("opinions")[one.kind]),
        "text": without_phones(one.text),
        "at": one.visited_at,
        **_place(one.building_id),
    }


def _note(one: Note) -> dict[str, Any]:
    return {"words": without_phones(one.words), "at": one.visited_at, **_place(one.building_id)}


def _noted(key: int) -> Work:
    def work(visitor: Visitor) -> Done:
        opinion = _opinion(visitor, key)[0]
        opinion.noted_at = opinion.noted_at or now()
        return Done("opinion_noted", {})

    return work


def _opinion(visitor: Visitor, key: int) -> tuple[VisitOpinion, HomeVisit]:
    """Its row ours. Raises NotFound for what is not this person's to decide about."""
    opinion, seen = hold(key, _houses(visitor)[0])
    spot_to_visit(seen.household_id, visitor.person_id)
    return opinion, seen


def _case(key: int, house: House) -> Work:
    def work(visitor: Visitor) -> Done:
        opinion, seen = _opinion(visitor, key)
        if opinion.case_id is not None:
            return Done("opinion_is_case", {})
        case = case_heard(opinion.text, seen.household_id, visitor, house)
        opinion.case_id = case.id
        return Done("opinion_made_case", {"number": case.number})

    return work


def _since() -> date:
    """The day that was asked for, else the first of the year."""
    try:
        said = date.fromisoformat(request.args.get("since", ""))
    except ValueError:
        return covering.this_year()
    return said if EARLIEST <= said <= local(now()).date() else covering.this_year()
