"""代报: somebody writes for an elder, a parent, a neighbour. Whom it is for is told, nods, and may object."""

from dataclasses import replace

from handlers.wechat import placing
from handlers.wechat.answer import Answer, Text
from handlers.wechat.naming import responsible
from handlers.wechat.visit import Visit
from handlers.words import say
from models.base.checkdigit import with_check
from models.base.privacy import phone_in
from models.case import on_behalf, reporting
from models.case.caller import caller_of, keep_caller
from models.case.reach import hold
from models.dialogue.question import REMEMBERED, Asked, ask
from models.person.neighbours import spoken_of
from models.place.gazetteer import Located, town
from models.place.spot import NOWHERE, Spot
from models.understanding import Understanding, understand
from models.understanding.behalf import Behalf, behalf_in, disowns
from models.understanding.normal import normal

WANTED = frozenset({"report", "service"})  # a question for somebody else is answered like any other

PHONE_ALONE = 24  # characters


def report(visit: Visit) -> Answer | None:
    """代报 3号楼2单元501 王奶奶 家里灯不亮, by staff or by a neighbour."""
    behalf = behalf_in(visit.text)
    if behalf is None:
        return None
    u = understand(behalf.text, visit.gazetteer)
    if u.intent not in WANTED and u.category in (None, "other"):
        return None
    located = _located(visit, u)
    lacking = placing.lacking_of(located, u.category)
    elder = spoken_of(located.spot, name=behalf.name, phone=behalf.phone)
    elder = None if elder == visit.person else elder
    if lacking is not None:
        return _asked(visit, behalf, u, located, lacking, elder)
    case_id, answers = reporting.report(
        text=behalf.text,
        category=u.category,
        also=u.also,
        urgency=u.urgency,
        spot=located.spot,
        source="behalf",
        by=visit.by,
        reporter=_reporter(visit, elder),
        proxy=_proxy(visit, elder),
        at=visit.message.sent_at,
    )
    _whom_it_is_for(visit, case_id, behalf, elder)
    ask(visit.person, visit.channel, Asked.ADDED, lasts=placing.wait(visit), case_id=case_id, text="")
    return Text(
        say(
            "reported_for",
            number=with_check(case_id),
            elder=behalf.name,
            known=elder is not None,
            staff=visit.visitor.is_staff,
            category=u.category,
            urgency=u.urgency,
            **located.spot.facts(),
            **responsible(answers),
        )
    )


def phone(visit: Visit) -> Answer | None:
    """她电话139…, right after: whom to call about it. Sealed, and in no text."""
    question = visit.question
    if question is None or question.kind != Asked.ADDED or question.case_id is None:
        return None
    said = phone_in(normal(visit.text))
    case = hold(question.case_id) if said else None
    if case is None or case.source != "behalf" or len(visit.text) > PHONE_ALONE:
        return None
    known = caller_of(case)
    keep_caller(case, known.name if known else "", said)
    return Text(say("remark_kept", number=case.number, waiting=False))


def objection(visit: Visit) -> Answer | None:
    """不是我报的, 不用: the word of whom it is for."""
    if not disowns(visit.text) or (visit.question is not None and visit.question.kind not in REMEMBERED):
        return None
    case = on_behalf.reported_for(visit.person)
    if case is None:
        return None
    withdrawn = on_behalf.disown(hold(case.id), visit.by_person, visit.text)
    return Text(say("disowned", number=case.number, withdrawn=withdrawn))


def _asked(
    visit: Visit, behalf: Behalf, u: Understanding, located: Located, lacking: str, elder: int | None
) -> Answer:
    case_id = reporting.collect(
        text=behalf.text,
        category=u.category,
        also=u.also,
        urgency=u.urgency,
        spot=located.spot,
        source="behalf",
        by=visit.by,
        reporter=_reporter(visit, elder),
        proxy=_proxy(visit, elder),
        wait_minutes=visit.house.place_wait_minutes,
    )
    _whom_it_is_for(visit, case_id, behalf, elder)
    placing.ask_place(visit, case_id)
    facts = placing.question_for(lacking, located.spot, located)
    return Text(say("reported_where", number=with_check(case_id), category=u.category, **facts))


def _reporter(visit: Visit, elder: int | None) -> int | None:
    """Whoever nods: the one it is for, else a neighbour or child who wrote it; never staff, who phone."""
    if elder is not None:
        return elder
    return None if visit.visitor.is_staff else visit.person


def _proxy(visit: Visit, elder: int | None) -> int | None:
    return visit.person if elder is not None and not visit.visitor.is_staff else None


def _whom_it_is_for(visit: Visit, case_id: int, behalf: Behalf, elder: int | None) -> None:
    case = hold(case_id)
    keep_caller(case, behalf.name, behalf.phone)
    if elder is not None:
        on_behalf.tell_whom_it_is_for(case, elder, visit.by)


def _located(visit: Visit, u: Understanding) -> Located:
    """Staff need not name the estate where their community has one; neighbours not their own house."""
    if not visit.visitor.is_staff:
        return visit.locate(u, base=placing.door_of(visit))
    said = replace(Spot.said(u), how="staff")
    community = visit.visitor.community_id
    own = [one for one in town().estates.values() if one.community_id == community]
    only = own[0].id if len(own) == 1 else None
    located = town().locate(said, community_id=community, estate_id=only)
    return located if located.spot.is_known or said != NOWHERE else Located(NOWHERE, "estate")
