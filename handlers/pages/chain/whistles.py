"""/p/<token>/whistles: what waits for a department, whom one has called and how far they are, both sides'
figures; and one whistle with its forms."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from flask import Response
from sqlalchemy import ColumnElement, or_, select
from werkzeug.wrappers import Response as AnyResponse

from handlers.pages.chain.acting import Work, acted
from handlers.pages.chain.said import moment_said, number_said
from handlers.pages.chain.sight import staff_of_link
from handlers.pages.chain.whistle_facts import SHOWN, figures_said, line, page, shares
from handlers.pages.forms import keep_photos, typed, uploaded, words
from handlers.pages.front import Front, show
from handlers.pages.links import Done, sent_medium
from handlers.pages.story import staff_name
from handlers.words import refusal
from models.base.clock import ago, local, now
from models.base.orm import session
from models.base.refusals import Invalid, NotFound, Refused
from models.case.case import Case
from models.duty.ladder import subtree
from models.duty.overseeing import DECIDING, OVERSEEING
from models.media.keeping import item_of
from models.person.arriving import Visitor
from models.whistle import answering, counting, departments, ending, referring, scoring
from models.whistle.rights import HEAD, sees
from models.whistle.tables import Called, Referral, Whistle

MARK_DAYS = 30  # so long after its end both sides are asked for their marks
LISTED = 50


def shown(front: Front, token: str) -> Response:
    with front.database.read():
        facts = overview(_visitor(token))
    return show("chain/whistles.html", token=token, whistles=facts)


def opened(
    front: Front,
    token: str,
    number: int,
    status: int = 200,
    *,
    error: str | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:
    with front.database.read():
        visitor = staff_of_link(token)
        facts = page(_seen(number, visitor), visitor)
    return show("chain/whistle.html", status, token=token, whistle=facts, error=error, typed=typed or {})


def medium(front: Front, token: str, number: int, public: str) -> Response:
    """A photo of the scene, for those who were called to it."""
    with front.database.read():
        whistle = _seen(number, staff_of_link(token))
        item = item_of(public)
        if item is None or (item.about_kind, item.about_id) != ("case", whistle.case_id):
            raise NotFound("media_not_found")
        if item.purpose not in SHOWN:
            raise NotFound("media_not_found")
        return sent_medium(front, item)


def act(front: Front, token: str, number: int, verb: str) -> AnyResponse:
    """A form of one whistle."""
    if verb not in VERBS:
        raise NotFound("page_not_found")
    with front.database.read():
        _seen(number, staff_of_link(token))

    def again(refused: Refused) -> AnyResponse:
        return opened(front, token, number, refused.status, error=refusal(refused), typed=typed())

    kept: list[str] = []
    try:
        work = VERBS[verb](number)
        with uploaded(front) as files:

            def with_photos(visitor: Visitor) -> Done:
                done = work(visitor)
                keep_photos(files, session().get_one(Whistle, number).case_id, "whistle", visitor.person_id)
                kept[:] = files
                return done

            answer = acted(front, token, f"whistles/{number}", f"whistle_{verb}", with_photos, again)
            front.files.drop([one for one in files if one not in kept])
            return answer
    except Invalid as refused:  # what was typed or sent cannot be read
        return again(refused)


def waiting(visitor: Visitor) -> int | None:
    """How much of it waits for this person; None for who neither whistles nor is called."""
    if not visitor.is_staff or not _takes_part(visitor):
        return None
    to_do, rulings = _to_do(visitor), _rulings(visitor)
    return len(to_do) + len(rulings)


def overview(visitor: Visitor) -> dict[str, Any]:
    """For templates/pages/chain/whistles.html."""
    me, at = visitor.person_id, now()
    mine = departments.spoken_for_by(me)
    month = local(at).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    community = visitor.community_id if not OVERSEEING.isdisjoint(visitor.roles) else None
    told = counting.told(month, at, community)
    if OVERSEEING.isdisjoint(visitor.roles):
        told = [one for one in told if one.by_id == me or not mine.isdisjoint(one.calls)]
    by_department = counting.by_department(told)
    if mine and OVERSEEING.isdisjoint(visitor.roles):
        by_department = {key: one for key, one in by_department.items() if key in mine}
    known = departments.names(by_department)
    to_do = {one.id: one for one in _to_do(visitor)}
    return {
        "name": visitor.staff_name,
        "to_do": [line(one, mine, at) | {"wants": _wants(one, visitor)} for one in to_do.values()],
        "running": [line(one, mine, at) for one in _listed(visitor, running=True) if one.id not in to_do],
        "ended": [line(one, mine, at) for one in _listed(visitor, running=False) if one.id not in to_do],
        "rulings": [_referral(one) for one in _rulings(visitor)],
        "followed": [_referral(one) for one in referring.followed_by(me)],
        "all": figures_said(counting.figures(told)),
        "by_department": shares((known[key], one) for key, one in by_department.items()),
        "by_whistler": shares(
            (staff_name(key) or "—", one) for key, one in counting.by_whistler(told).items()
        )
        if not OVERSEEING.isdisjoint(visitor.roles)
        else [],
        "month": month,
    }


def _visitor(token: str) -> Visitor:
    visitor = staff_of_link(token)
    if not _takes_part(visitor):
        raise NotFound("page_not_found")
    return visitor


def _takes_part(visitor: Visitor) -> bool:
    me = visitor.person_id
    return (
        not OVERSEEING.isdisjoint(visitor.roles)
        or bool(departments.spoken_for_by(me))
        or bool(subtree(me, lowest=HEAD))
    )


def _seen(number: int, visitor: Visitor) -> Whistle:
    whistle = session().get(Whistle, number)
    if whistle is None or not sees(visitor.person_id, whistle):
        raise NotFound("page_not_found")
    return whistle


def _mine(visitor: Visitor) -> ColumnElement[bool]:
    """The whistles that a list shows to this person."""
    me = visitor.person_id
    called = select(Called.whistle_id).where(Called.department_id.in_(departments.spoken_for_by(me)))
    ways = [Whistle.by_id == me, Whistle.id.in_(called), Whistle.grid_id.in_(subtree(me, lowest=HEAD))]
    if not OVERSEEING.isdisjoint(visitor.roles):
        if visitor.community_id is None:
            ways.append(Whistle.id.is_not(None))
        else:
            ways.append(or_(Whistle.community_id == visitor.community_id, Whistle.community_id.is_(None)))
    return or_(*ways)


def _listed(visitor: Visitor, *, running: bool) -> list[Whistle]:
    over = Whistle.ended_at.is_(None) if running else Whistle.ended_at > ago(days=MARK_DAYS)
    order = Whistle.arrive_due if running else Whistle.ended_at.desc()
    query = select(Whistle).where(_mine(visitor), over).order_by(order, Whistle.id).limit(LISTED)
    return list(session().scalars(query))


def _to_do(visitor: Visitor) -> list[Whistle]:
    """Those that want something of this person now, the most urgent first."""
    me = visitor.person_id
    mine = departments.spoken_for_by(me)
    called = select(Called.whistle_id).where(Called.department_id.in_(mine))
    recent = or_(Whistle.ended_at.is_(None), Whistle.ended_at > ago(days=MARK_DAYS))
    query = select(Whistle).where(or_(Whistle.by_id == me, Whistle.id.in_(called)), recent)
    found = session().scalars(query.order_by(Whistle.ended_at.is_not(None), Whistle.answer_due)).all()
    return [one for one in found if _wants(one, visitor)]


def _wants(whistle: Whistle, visitor: Visitor) -> str | None:
    """answer | arrive | justify | grade: what this person has to do about it; None for nothing."""
    me, mine = visitor.person_id, departments.spoken_for_by(visitor.person_id)
    query = select(Called).where(Called.whistle_id == whistle.id)
    calls = session().scalars(query).all()
    own = [one for one in calls if one.department_id in mine]
    if whistle.ended_at is None:
        if any(one.comes is None for one in own):
            return "answer"
        return "arrive" if any(one.comes and one.arrived_at is None for one in own) else None
    if whistle.was_justified is None and me != whistle.by_id and any(one.is_lead for one in own):
        return "justify"
    if whistle.by_id == me and any(one.grade is None and one.department_id not in mine for one in calls):
        return "grade"
    return None


def _rulings(visitor: Visitor) -> list[Referral]:
    """Disputes on which this person may rule."""
    if DECIDING.isdisjoint(visitor.roles):
        return []
    query = (
        select(Referral, Case)
        .join(Case, Case.id == Referral.case_id)
        .where(Referral.disputed_at.is_not(None), Referral.ruled_at.is_(None), Referral.ended_at.is_(None))
        .order_by(Referral.disputed_at)
        .limit(LISTED)
    )
    return [one for one, case in session().execute(query) if visitor.person_id in referring.rulers(one, case)]


def _referral(one: Referral) -> dict[str, Any]:
    case = session().get_one(Case, one.case_id)
    return {
        "number": case.number,
        "place": case.spot.facts(),
        "category": case.category,
        "state": case.state,
        "department": departments.names([one.department_id])[one.department_id],
        "why": one.dispute_reason,
        "made_at": one.made_at,
        "disputed": one.disputed_at is not None and one.ruled_at is None,
    }


# Each reads its form and gives what is to be done with it: the transaction has a thread of its own.


def _answer(number: int, *, comes: bool) -> Work:
    department, reason = number_said("department"), words("reason", 300)

    def work(visitor: Visitor) -> Done:
        answering.answer(number, department, visitor.person_id, comes, reason)
        return Done("whistle_yes" if comes else "whistle_no", {})

    return work


def _arrive(number: int) -> Work:
    department, at = number_said("department"), moment_said("at")

    def work(visitor: Visitor) -> Done:
        first = answering.arrive(number, department, visitor.person_id, at)
        return Done("whistle_here" if first else "whistle_here_already", {})

    return work


def _over(number: int, verb: Callable[[int, int, str], bool]) -> Work:
    said = words("words", 1000)

    def work(visitor: Visitor) -> Done:
        return Done("whistle_over" if verb(number, visitor.person_id, said) else "whistle_over_already", {})

    return work


def _justify(number: int) -> Work:
    justified, note = words("justified", 3), words("note", 300)
    if justified not in ("yes", "no"):
        raise Invalid("grade_range")

    def work(visitor: Visitor) -> Done:
        scoring.justify(number, visitor.person_id, justified == "yes", note)
        return Done("whistle_scored", {})

    return work


def _grade(number: int) -> Work:
    department, grade = number_said("department"), number_said("grade")

    def work(visitor: Visitor) -> Done:
        scoring.grade(number, department, visitor.person_id, grade)
        return Done("whistle_scored", {})

    return work


VERBS: Mapping[str, Callable[[int], Work]] = {
    "yes": partial(_answer, comes=True),
    "no": partial(_answer, comes=False),
    "here": _arrive,
    "end": partial(_over, verb=ending.end),
    "off": partial(_over, verb=ending.call_off),
    "justify": _justify,
    "grade": _grade,
}
