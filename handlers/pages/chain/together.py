"""/console/whistles/case/<number>: whom a case is whistled for, when they meet on the spot, to which
department it is handed, and what was said outside."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

from handlers.pages.access import Access, case_at
from handlers.pages.chain.acting import Work, acted
from handlers.pages.chain.said import moment_said, number_said
from handlers.pages.chain.sight import staff_of_link
from handlers.pages.chain.whistle_facts import line, meeting_said
from handlers.pages.forms import typed, words
from handlers.pages.front import Front, show
from handlers.pages.links import Done
from handlers.pages.story import staff_name
from handlers.words import labels, refusal
from models.base.clock import local, now
from models.base.privacy import without_phones
from models.base.refusals import Invalid, NotFound, Refused
from models.case import reach
from models.case.case import Case
from models.case.lifecycle import OPEN, UNFINISHED, WORKING, State
from models.case.limits import URGENCIES
from models.duty.overseeing import decides
from models.person.arriving import Visitor
from models.whistle import blowing, departments, meetings, outside, referring
from models.whistle.matters import is_the_communitys
from models.whistle.reading import of_case
from models.whistle.rights import may_blow

LONGEST = 18  # digits of a number that a database takes
CHOICES = 30  # departments that a form may tick


def shown(
    front: Front,
    access: Access,
    number: str,
    status: int = 200,
    *,
    error: str | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:
    with front.database.read():
        visitor = staff_of_link(access)
        facts = page(_case(number, visitor), visitor)
    return show("chain/together.html", status, access=access, case=facts, error=error, typed=typed or {})


def act(front: Front, access: Access, number: str, verb: str) -> AnyResponse:
    """A form about one case."""
    if verb not in VERBS:
        raise NotFound("page_not_found")
    with front.database.read():
        _case(number, staff_of_link(access))

    def again(refused: Refused) -> AnyResponse:
        said = typed() | {"verb": verb}
        return shown(front, access, number, refused.status, error=refusal(refused), typed=said)

    try:
        work = VERBS[verb](number)
    except Invalid as refused:  # what was typed cannot be read
        return again(refused)
    return acted(front, access, f"whistles/case/{number}", f"together_{verb}", work, again)


def page(case: Case, visitor: Visitor) -> dict[str, Any]:
    """For templates/pages/chain/together.html."""
    me, at, state = visitor.person_id, now(), State(case.state)
    mine = departments.spoken_for_by(me)
    planned = meetings.planned(case.id)
    return {
        "number": case.number,
        "path": case_at(case.id),
        "place": case.spot.facts(),
        "category": case.category,
        "urgency": case.urgency,
        "text": without_phones(case.text),
        "whistles": [line(one, mine, at) for one in of_case(case.id)],
        "meetings": [meeting_said(one) for one in meetings.meetings(case.id)],
        "planned": meeting_said(planned) if planned is not None else None,
        "planned_past": planned is not None and planned.starts_at <= at,
        "next": len(meetings.meetings(case.id)) + 1,
        "referral": _referral(case, me, mine),
        "first": staff_name(referring.first_receiver(case)),
        "departments": [{"id": one.id, "name": one.name} for one in departments.active()],
        "fitting": [one.id for one in departments.active() if case.category in one.categories],
        "urgencies": URGENCIES,
        "ways": list(labels("outside_ways")),
        "may_blow": state in WORKING and may_blow(me, case),
        "may_meet": state in OPEN and meetings.may_meet(me, case),
        "may_refer": state in UNFINISHED
        and referring.open_of(case.id) is None
        and (case.is_worked_on_by(me) or case.may_be_accepted_by(me) or decides(me, case.community_id)),
        "may_type": state in OPEN and outside.may_type(case, me),
        "at": local(at).replace(tzinfo=None, second=0, microsecond=0).isoformat(timespec="minutes"),
    }


def _referral(case: Case, me: int, mine: frozenset[int]) -> dict[str, Any] | None:
    one = referring.latest_of(case.id)
    if one is None:
        return None
    disputed = one.disputed_at is not None
    open_now = one.ended_at is None and State(case.state) in UNFINISHED
    return {
        "id": one.id,
        "department": departments.names([one.department_id])[one.department_id],
        "reason": one.reason,
        "first": staff_name(one.first_receiver_id),
        "made_at": one.made_at,
        "dispute_due": one.dispute_due,
        "disputed": disputed,
        "dispute_reason": one.dispute_reason,
        "ruling": one.ruling,
        "ruling_reason": one.ruling_reason,
        "may_dispute": open_now and not disputed and one.department_id in mine and now() <= one.dispute_due,
        "may_rule": open_now and disputed and one.ruled_at is None and me in referring.rulers(one, case),
        "is_the_communitys": is_the_communitys(case.category, case.community_id),
    }


def _case(number: str, visitor: Visitor) -> Case:
    case = reach.maybe(number, visitor) if len(number) <= LONGEST else None
    if case is None:
        raise NotFound("page_not_found")
    return case


# Each reads its form and gives what is to be done with it: the transaction has a thread of its own.


def _blow(number: str) -> Work:
    lead, text, urgency = number_said("lead"), words("words", 1000), words("urgency", 12)
    ticked = request.form.getlist("assist")[:CHOICES]
    assist = [int(one) for one in ticked if one.isdecimal() and len(one) < 10 and int(one) != lead]
    answer_by, arrive_by = moment_said("answer_by"), moment_said("arrive_by")

    def work(visitor: Visitor) -> Done:
        case = reach.find(number, visitor, hold=True)
        blowing.blow(
            case, visitor.person_id, lead, assist, text, urgency, answer_by=answer_by, arrive_by=arrive_by
        )
        return Done("whistled", {})

    return work


def _meet(number: str) -> Work:
    starts_at, place, who = moment_said("starts_at"), words("where", 60), _units()
    if starts_at is None:
        raise Invalid("meeting_when")

    def work(visitor: Visitor) -> Done:
        case = reach.find(number, visitor, hold=True)
        meetings.plan(case, visitor.person_id, starts_at, place, who)
        return Done("site_planned", {})

    return work


def _held(number: str, *, planned: bool) -> Work:
    outcome, who, place = words("outcome", 1000), _units(), words("where", 60)
    at = None if planned else moment_said("starts_at")
    if at is None and not planned:
        raise Invalid("meeting_when")

    def work(visitor: Visitor) -> Done:
        case = reach.find(number, visitor, hold=True)
        one = meetings.held(case, visitor.person_id, outcome, who, at=at, place=place)
        return Done("site_met", {"count": one.number})

    return work


def _put_off(number: str) -> Work:
    def work(visitor: Visitor) -> Done:
        meetings.put_off(reach.find(number, visitor, hold=True), visitor.person_id)
        return Done("site_put_off", {})

    return work


def _refer(number: str) -> Work:
    department, reason = number_said("department"), words("reason", 300)

    def work(visitor: Visitor) -> Done:
        referring.refer(reach.find(number, visitor, hold=True), department, visitor.person_id, reason)
        return Done("referred", {})

    return work


def _dispute(number: str) -> Work:
    item, reason = number_said("item"), words("reason", 300)

    def work(visitor: Visitor) -> Done:
        _must_be_of(number, item, visitor)
        referring.dispute(item, visitor.person_id, reason)
        return Done("referral_disputed", {})

    return work


def _rule(number: str) -> Work:
    item, ruling, reason = number_said("item"), words("ruling", 10), words("reason", 300)

    def work(visitor: Visitor) -> Done:
        _must_be_of(number, item, visitor)
        referring.rule(item, visitor.person_id, ruling, reason)
        return Done("referral_ruled", {})

    return work


def _outside(number: str) -> Work:
    who, way, said = words("who", 60), words("way", 10), words("words", 1000)
    said_at = moment_said("said_at")
    if said_at is None:
        raise Invalid("outside_when")

    def work(visitor: Visitor) -> Done:
        case = reach.find(number, visitor, hold=True)
        outside.type_in(case, visitor.person_id, who, way, said_at, said)
        return Done("outside_said", {})

    return work


def _units() -> list[str]:
    """Names of units as people part them."""
    said = words("who", 600)
    for sign in "，,;；\n":
        said = said.replace(sign, "、")
    return said.split("、")


def _must_be_of(number: str, item: int, visitor: Visitor) -> None:
    one = referring.open_of(reach.find(number, visitor).id)
    if one is None or one.id != item:
        raise NotFound("referral_not_found")


VERBS: Mapping[str, Callable[[str], Work]] = {
    "blow": _blow,
    "meet": _meet,
    "held": partial(_held, planned=True),
    "met": partial(_held, planned=False),
    "put-off": _put_off,
    "refer": _refer,
    "dispute": _dispute,
    "rule": _rule,
    "outside": _outside,
}
