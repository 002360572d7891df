"""居民点头才算: yes, no, grades and thanks."""

import re
from datetime import timedelta

from handlers.wechat.answer import Answer, Text
from handlers.wechat.visit import Visit
from handlers.words import say
from models.base.clock import ago
from models.case.case import Case
from models.case.lifecycle import CLAIMED, State
from models.case.reach import find, hold, latest_of, open_of
from models.dialogue.question import REMEMBERED, Asked, ask
from models.praise import keep
from models.understanding import grade_of, short_reply
from models.understanding.sureness import kind_of

STILL_DAYS = 30  # so long "it is dark again" is about what was mended
_MENU = re.compile(r"(?P<verb>nod|rework)[:/](?P<number>[0-9]{2,20})")  # templates/letters/case_finished.toml


def by_menu(visit: Visit) -> Answer | None:
    """A tap on 满意 or 不满意 in our question: it comes as words, and its id names the case exactly."""
    found = _MENU.fullmatch(str(visit.message.raw.get("bizmsgmenuid", "")))
    if found is None:
        return None
    case = find(found["number"], visit.visitor, hold=True)
    if case.state not in CLAIMED:
        # Tapped again after it went back to work: the same words, nothing happens twice.
        is_repeated = found["verb"] == "rework" and case.round > 1
        return Text(say("objected", number=case.number, claim="mended")) if is_repeated else None
    return nodded(visit, case) if found["verb"] == "nod" else objected(visit, case)


def verdict(visit: Visit) -> Answer | None:
    """满意, 不满意, 修好了, 还是不亮 …: about the newest case that was said to be done."""
    said = short_reply(visit.text)
    grade = grade_of(visit.text)
    bare = _bare_grade(visit)
    if said is None and grade is None and bare is None:
        return None
    case = latest_of(visit.person, State.FINISHED) or latest_of(visit.person, *CLAIMED)
    if case is None:
        return None
    if bare is not None:
        return rate(visit, case, bare) if case.state == State.CLOSED else None
    asked = visit.question.kind if visit.question is not None else None
    is_clear = grade is not None and case.state == State.FINISHED
    if asked in (Asked.PLACE, Asked.WHAT, Asked.CONSENT) and not is_clear:
        # 好, 不是, 还是不亮 answer what is asked; only 满意 and 不满意 must be about the work done.
        return None
    if grade is None and _is_about_a_newer_one(visit, case):
        return None
    if said == "dissatisfied" and grade is None and _is_another_matter(visit, case):
        return None
    return judge(visit, hold(case.id), said, grade)


def _bare_grade(visit: Visit) -> int | None:
    """5 behind "a grade, if you like". 1 and 2 alone may be meant as the first and second of the words that
    we offered, and would send the work back: they must be said in words."""
    is_free = visit.question is None or visit.question.kind in REMEMBERED
    return int(visit.text) if is_free and visit.text in ("3", "4", "5") else None


def _is_another_matter(visit: Visit, case: Case) -> bool:
    """又漏了, 还是不亮 may be a new fault: of another kind, at another place, or long after."""
    u = visit.meaning
    if case.closed_at is not None and case.closed_at < ago(days=STILL_DAYS):
        return True
    elsewhere = u.building is not None and u.building != case.building_name
    return elsewhere or kind_of(u) not in (None, case.category)


def _is_about_a_newer_one(visit: Visit, case: Case) -> bool:
    """还是不亮, 修好了, while something told later is still open: that one, unless the words name the kind of
    this one."""
    newer = [one for one in open_of(visit.person) if one.id > case.id]
    named = kind_of(visit.meaning)
    if case.state == State.FINISHED or not newer:
        return False
    return named is None or named in {one.category for one in newer}


def judge(visit: Visit, case: Case, said: str | None, grade: int | None) -> Answer | None:
    """What the words mean for this case, or None when they are not about its end."""
    # Bare, to "is it mended?", 满意 and 不满意 answer that; they are grades once the case is closed.
    answers_the_question = case.state == State.FINISHED and grade in (2, 4) and said is not None
    if grade is not None and not answers_the_question:
        return rate(visit, case, grade)
    if said == "dissatisfied" or (said == "no" and case.state == State.FINISHED):
        return objected(visit, case)
    if said == "satisfied" or (said == "yes" and case.state == State.FINISHED):
        return nodded(visit, case)
    return None


def nodded(visit: Visit, case: Case) -> Answer | None:
    if case.state not in CLAIMED:
        return None
    first = case.nod(visit.by_person)
    said = {"claim": case.claim or "mended", "minutes": case.minutes(), **case.spot.facts()}
    return Text(say("nodded", number=case.number, first=first, **said))


def objected(visit: Visit, case: Case) -> Answer | None:
    if case.state not in CLAIMED:
        return None
    claim = case.claim or "mended"
    case.object(visit.by_person, visit.text)
    ask(
        visit.person,
        visit.channel,
        Asked.UNSATISFIED,
        lasts=timedelta(minutes=visit.house.place_wait_minutes),
        case_id=case.id,
    )
    return Text(say("objected", number=case.number, claim=claim))


def rate(visit: Visit, case: Case, grade: int) -> Answer | None:
    if case.state not in CLAIMED:
        return None
    claim = case.claim or "mended"
    first = case.rate(visit.by_person, grade, visit.text)
    reopened = case.state not in CLAIMED
    return Text(say("rated", number=case.number, grade=grade, first=first, reopened=reopened, claim=claim))


def remark(visit: Visit) -> Answer | None:
    """An opinion on a finished job that is neither a clear yes nor a clear no: kept with the case."""
    case = latest_of(visit.person, *CLAIMED)
    if case is None:
        return praise(visit)
    hold(case.id).add_text(visit.text, visit.by)
    return Text(say("remark_kept", number=case.number, waiting=case.state == State.FINISHED))


def praise(visit: Visit) -> Answer | None:
    """Thanks (row 18): kept apart, never a case; it may be the nod at the same time."""
    if not visit.meaning.praise:
        return None
    case = latest_of(visit.person, *CLAIMED)
    keep(
        visit.text,
        by=visit.person,
        for_id=case.taker_id if case else None,
        case_id=case.id if case else None,
    )
    nod = case is not None and case.state == State.FINISHED and short_reply(visit.text) == "satisfied"
    if case is not None and nod:
        hold(case.id).nod(visit.by_person)
    return Text(say("praised", number=case.number if case and nod else None))
