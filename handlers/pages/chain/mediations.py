"""/console/mediations: quarrels that are with a mediator. One opens to the two who may read it; overseers
see how many there are; for everybody else there is nothing here."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

from handlers.pages.access import Access
from handlers.pages.audit.noting import here, who
from handlers.pages.case_facts import found
from handlers.pages.chain.acting import Work, acted, excel, once_more
from handlers.pages.chain.said import day_said, moment_said, number_said, person_called
from handlers.pages.chain.sight import staff_of_link
from handlers.pages.forms import words
from handlers.pages.front import Front, show
from handlers.pages.links import Done
from handlers.pages.story import staff_name
from handlers.words import labels
from models.audit.noting import note
from models.base.actor import By
from models.base.checkdigit import with_check, without_check
from models.base.clock import local, now
from models.base.refusals import Invalid, NotAllowed, NotFound, Refused
from models.base.spreadsheet import Value
from models.case import reach
from models.case.case import Case
from models.duty.overseeing import DECIDING, OVERSEEING, decides
from models.indicator.figures import NOTHING
from models.joins.mediating import may_be_given
from models.mediation import counts, mediating, reading, rules
from models.mediation.counts import Counts
from models.mediation.reading import Line, Opened
from models.person.arriving import Visitor
from models.place.gazetteer import town

PAGE = "mediations"
LONG = 4000  # characters of a matter, a note, an agreement


def shown(
    front: Front,
    access: Access,
    status: int = 200,
    *,
    error: str | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:
    said = (typed or {}).get("case") or request.args.get("case", "")
    with front.database.read():
        facts = overview(staff_of_link(access), said)
    return show(
        "chain/mediations.html", status, access=access, mediations=facts, error=error, typed=typed or {}
    )


def waiting(visitor: Visitor) -> int | None:
    """Agreements to ask about; None for who has nothing to do with any and oversees nothing."""
    me = visitor.person_id
    if not reading.mine(me) and OVERSEEING.isdisjoint(visitor.roles):
        return None
    return reading.due(me) + len(reading.all_left(me))


def as_excel(front: Front, access: Access) -> Response:
    """How many of a year, one line a community: no people, nothing of what it was about."""
    with front.database.read():
        visitor = staff_of_link(access)
        if OVERSEEING.isdisjoint(visitor.roles):
            raise NotFound("page_not_found")
        said = labels("chain_sheets")
        borders = rules.ages()
        classes = [said["below_years"].format(years=borders[0])]
        classes += [said["from_years"].format(years=years) for years in borders]
        known = sorted(town().communities.items())
        several = [one for one in known if visitor.community_id in (None, one[0])]
        rows = [_counts(name, counts.counts(*_year(), key)) for key, name in several]
        heads = [*said["mediation_headings"], *classes]
        return excel(front, access, said["mediations"], [(said["mediations"], [heads, *rows])])


def opened(
    front: Front,
    access: Access,
    key: str,
    status: int = 200,
    *,
    error: str | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:
    """For one of the two; that it was read is written down before anything is shown."""
    facts = front.database.write(_read, access, key, here())
    return show("chain/mediation.html", status, access=access, one=facts, error=error, typed=typed or {})


def begin(front: Front, access: Access) -> AnyResponse:
    """A quarrel is given to a mediator."""
    again = once_more(shown, front, access)
    try:
        work = _begin()
    except Refused as refused:
        return again(refused)
    return acted(front, access, PAGE, "mediation_open", work, again)


def act(front: Front, access: Access, key: str, verb: str) -> AnyResponse:
    """A meeting, an agreement, an end, what became of it, another mediator."""
    verbs: dict[str, Callable[[str], Work]] = {
        "meet": _meet,
        "agree": _agree,
        "end": _end,
        "check": _check,
        "hand_on": _hand_on,
        "find_another": _find_another,
    }
    if verb not in verbs:
        raise NotFound("page_not_found")

    unread = verb == "find_another"
    again = once_more(shown, front, access) if unread else once_more(opened, front, access, key)
    try:
        work = verbs[verb](key)
    except Refused as refused:
        return again(refused)
    page = PAGE if verb in ("hand_on", "find_another") else f"{PAGE}/one/{key}"
    return acted(front, access, page, f"mediation_{verb}", work, again)


def overview(visitor: Visitor, case_said: str = "") -> dict[str, Any]:
    """For templates/pages/chain/mediations.html. Raises NotFound for whom there is nothing here."""
    me, today = visitor.person_id, local(now()).date()
    lines = reading.mine(me)
    overseeing = not OVERSEEING.isdisjoint(visitor.roles)
    deciding = not DECIDING.isdisjoint(visitor.roles)
    case = _case_of(case_said, visitor) if case_said else None
    if not lines and not overseeing and case is None:
        raise NotFound("page_not_found")
    communities = {one.community_id: one.community for one in town().estates.values()}
    return {
        "name": visitor.staff_name,
        "mine": [_line(one, me, today) for one in lines],
        "left": [_line(one, me, today) for one in reading.all_left(me)],
        "due": reading.due(me),
        "counts": counts.counts(*_year(), visitor.community_id) if overseeing else None,
        "ages": rules.ages(),
        "opens": deciding or case is not None,
        "case": case.number if case is not None else "",
        "kinds": rules.kinds(),
        "communities": sorted(communities.items()) if deciding and visitor.community_id is None else [],
        "today": today,
    }


def _year() -> tuple[date, date]:
    """Days of the year that was asked for: this one, or the last one, because what was agreed in December is
    asked about in January."""
    today = local(now()).date()
    last = today.year - 1
    if request.args.get("year") == str(last):
        return date(last, 1, 1), date(last, 12, 31)
    return date(today.year, 1, 1), today


def _counts(name: str, found: Counts) -> list[Value]:
    success = f"{found.kept}/{found.concluded}" if found.concluded else NOTHING
    cleared = f"{found.old_cleared}/{found.old}" if found.old else NOTHING
    ends = [found.agreed, found.no_agreement, found.to_court, found.withdrawn]
    asked = [found.kept, found.broken, found.unasked]
    begun: list[Value] = [name, found.first, found.last, found.opened, found.meetings, found.concluded]
    return [*begun, *ends, *asked, success, cleared, found.open, *found.by_age]


def _read(access: Access, key: str, origin: str | None) -> dict[str, Any]:
    visitor = staff_of_link(access)
    one = reading.read(key, By.staff(visitor.person_id))
    note("mediation", who(visitor, origin), ("mediation", key))
    return _facts(one, visitor.person_id)


def _facts(one: Opened, me: int) -> dict[str, Any]:
    mediation, today = one.mediation, local(now()).date()
    is_open = mediation.concluded_at is None and mediation.ended_at is None
    return {
        "key": mediation.public_id,
        "kind": mediation.kind,
        "number": with_check(mediation.case_id) if mediation.case_id else None,
        "parties": one.parties,
        "matter": one.matter,
        "agreement": one.agreement,
        "began_on": mediation.began_on,
        "opened_at": mediation.opened_at,
        "opened_by": staff_name(mediation.opened_by),
        "mediator": staff_name(mediation.mediator_id),
        "mine": mediation.mediator_id == me,
        "state": _state(mediation.ended_how, mediation.check_on),
        "is_open": is_open,
        "waits": mediation.check_on is not None and mediation.ended_at is None,
        "check_on": mediation.check_on,
        "check_days": (rules.check_day(today) - today).days,
        "is_due": mediation.check_on is not None and mediation.check_on <= today,
        "meetings": [meeting._asdict() | {"by": staff_name(meeting.by_id)} for meeting in one.meetings],
        "steps": [
            {
                "what": step.what,
                "at": step.at,
                "by": staff_name(step.by_id),
                "to": staff_name(step.facts.get("mediator")),
                "how": step.facts.get("how"),
            }
            for step in one.steps
        ],
        "now": local(now()),
    }


def _line(one: Line, me: int, today: date) -> dict[str, Any]:
    return {
        "key": one.public_id,
        "kind": one.kind,
        "number": with_check(one.case_id) if one.case_id else None,
        "began_on": one.began_on,
        "opened_at": one.opened_at,
        "mediator": staff_name(one.mediator_id),
        "mine": one.mediator_id == me,
        "state": _state(one.ended_how, one.check_on),
        "is_due": one.mediator_id == me and one.is_due(today),
        "check_on": one.check_on,
    }


def _state(ended_how: str | None, check_on: date | None) -> str:
    return ended_how or ("agreed" if check_on is not None else "waiting")


def _case_of(said: str, visitor: Visitor) -> Case:
    """The case that a mediation begins with, for who has it in hand or decides about it. Raises NotFound,
    NotAllowed."""
    number = without_check(said)
    if number is None:
        raise NotFound("case_not_found")
    case = found(number, visitor)
    if not may_be_given(case, visitor):
        raise NotAllowed("mediation_not_yours", number=case.number)
    return case


# Each reads its form and gives what is to be done with it: the transaction has a thread of its own.


def _begin() -> Work:
    case_said, kind, to = words("case", 20), words("kind", 20), words("mediator", 30)
    parties, matter, began = words("parties", 300), words("matter", LONG), day_said("began", after=False)
    community_said = number_said("community") if words("community", 10) else None
    if began is None:
        raise Invalid("mediation_day")

    def work(visitor: Visitor) -> Done:
        case = reach.hold(_case_of(case_said, visitor).id) if case_said else None
        community = _community(case, visitor, community_said)
        mediating.open_one(
            community,
            kind,
            parties,
            matter,
            began.date(),
            person_called(to, community) if to else visitor.person_id,
            By.staff(visitor.person_id),
            case_id=case.id if case is not None else None,
        )
        return Done("mediation_open", {})

    return work


def _community(case: Case | None, visitor: Visitor, said: int | None) -> int:
    known = (case.community_id if case is not None else None) or visitor.community_id or said
    if case is None and not (known in town().communities and decides(visitor.person_id, known)):
        raise NotFound("page_not_found")
    if known not in town().communities:
        raise Invalid("place_missing")
    return known


def _meet(key: str) -> Work:
    at, note = moment_said("at"), words("note", LONG)
    if at is None:
        raise Invalid("mediation_day")

    def work(visitor: Visitor) -> Done:
        return Done("mediation_met", {"count": mediating.meet(key, at, note, By.staff(visitor.person_id))})

    return work


def _agree(key: str) -> Work:
    agreement = words("agreement", LONG)

    def work(visitor: Visitor) -> Done:
        day = mediating.agree(key, agreement, By.staff(visitor.person_id))
        return Done("mediation_agreed", {"day": day.isoformat()})

    return work


def _end(key: str) -> Work:
    how = words("how", 20)

    def work(visitor: Visitor) -> Done:
        mediating.end(key, how, By.staff(visitor.person_id))
        return Done("mediation_ended", {})

    return work


def _check(key: str) -> Work:
    kept = words("kept", 5)
    if kept not in ("yes", "no"):
        raise NotFound("page_not_found")

    def work(visitor: Visitor) -> Done:
        mediating.check(key, kept == "yes", By.staff(visitor.person_id))
        return Done("mediation_checked", {})

    return work


def _hand_on(key: str) -> Work:
    to = words("to", 30)

    def work(visitor: Visitor) -> Done:
        by = By.staff(visitor.person_id)
        community = reading.held(key, visitor.person_id).community_id
        mediating.hand_on(key, person_called(to, community), by)
        return Done("mediation_handed_on", {})

    return work


def _find_another(key: str) -> Work:
    to = words("to", 30)

    def work(visitor: Visitor) -> Done:
        community = reading.left(key, visitor.person_id).community_id
        mediating.find_another(key, person_called(to, community), By.staff(visitor.person_id))
        return Done("mediation_handed_on", {})

    return work
