"""还是不亮, 那个灯的事儿, 敲301的门: more about something that is being worked on, put where it belongs."""

from collections.abc import Sequence
from datetime import timedelta

from handlers.wechat.answer import Answer, Text
from handlers.wechat.placing import agrees, door_of
from handlers.wechat.progress import told
from handlers.wechat.reports import fresh_case, said, told_before
from handlers.wechat.visit import Visit
from handlers.words import say
from models.base.clock import now
from models.case.case import Case
from models.case.lifecycle import UNFINISHED, WORKING, State
from models.case.reach import hold, open_of
from models.dialogue.question import Asked, Question, ask, forget
from models.duty.answering import answerer
from models.enquiry.asking import talk_of
from models.place.gazetteer import town
from models.understanding import place_only, short_reply
from models.understanding.follow_up import closest, names_its_thing, points_back
from models.understanding.intent import QUESTIONS
from models.understanding.replies import line_chosen
from models.understanding.sureness import A_MATTER_OF_ITS_OWN, NOT_THE_OPEN_CASE, kind_of

# What is about something else, whatever words it has in common with a follow-up.
ELSEWHERE = QUESTIONS - {"human"} | {"suggest"}
COMER_WITHIN = timedelta(days=3)  # so long words for whoever comes are about who was asked to come
MAY_BE_TAKEN_OUT = timedelta(minutes=30)
ASKS_ONLY = 12  # characters: too few to tell anything new beside the question
IN_WORDS = 8  # characters: 灯那个 chooses, a whole sentence tells something new
TELLS_SOMETHING = 4  # characters
MOST = 4  # choices in one question
GOES_ON = frozenset({"report", "service", "evaluate"})
AFTER_A_CRY = 16  # characters
TELLING_TALK = frozenset({None, "mistake", "good"})  # thanks and greetings tell nothing of a danger


def answer(visit: Visit) -> Answer | None:
    """The open case of the writer that these words are about, or the question which one it is."""
    back = points_back(visit.text)
    if door_of(visit).is_known or (back is None and not visit.names_no_place):
        return None
    mine = open_of(visit.person)
    if not mine:
        return None
    cried = _after_a_cry(visit)
    if cried is not None:
        return put(visit, cried, urged=False)
    wordless = _without_words_yet(visit)
    if wordless is not None:
        return _says_what_it_is(visit, wordless)
    asks_elsewhere = visit.meaning.intent in ELSEWHERE and visit.meaning.confidence >= NOT_THE_OPEN_CASE
    if back is None or (asks_elsewhere and not (back == "again" and visit.meaning.intent == "notice")):
        case = told_before(visit) if visit.meaning.intent == "report" else None
        if case is not None:
            return put(visit, case, urged=True)
        case = _goes_on(visit)
        return None if case is None else put(visit, case, urged=False)
    only_presses = visit.meaning.intent == "progress" and short_reply(visit.text) is None
    if only_presses and len(visit.text) <= ASKS_ONLY:
        return None  # 咋还没来: how far it is says more than that it was written down
    if back in ("comer", "more"):
        mine = [case for case in mine if now() - case.reported_at <= COMER_WITHIN]
    if back == "more" and _is_new(visit, mine):
        return None
    fitting = _fitting(visit, mine, firmly=back != "comer")
    if not fitting:
        return None
    only_asks = back == "thing" or visit.meaning.intent == "notice"
    if len(fitting) == 1 and only_asks and len(visit.text) <= ASKS_ONLY:
        fitting[0].urge(visit.by_person)
        return told(visit, fitting, fitting)
    if len(fitting) == 1:
        return put(visit, hold(fitting[0].id), urged=back != "comer")
    if back in ("comer", "more"):
        case = fresh_case(visit)
        if case is not None and State(case.state) in UNFINISHED:
            return put(visit, hold(case.id), urged=False)
    return _which(visit, fitting[:MOST], urged=back != "comer")


def good_news(visit: Visit) -> Answer | None:
    """修好了, before anybody said so: whoever has it reads it, and it is no reminder."""
    if short_reply(visit.text) != "satisfied":
        return None
    mine = [case for case in open_of(visit.person) if case.is_told_by(visit.person)]
    fitting = _fitting(visit, mine, firmly=True) if mine else []
    if not fitting:
        return None
    case = hold(fitting[0].id)
    case.add_text(visit.text, visit.by_person)
    return Text(say("good_news", number=case.number, urgency=case.urgency))


def which(visit: Visit) -> Answer | None:
    """The answer to our question which one it is."""
    question = visit.question
    if question is None or question.kind != Asked.WHICH:
        return None
    case = _chosen(visit, question)
    if case is None:
        return None
    forget(visit.person, visit.channel)
    meant = visit.saying(str(question.facts["text"]))
    return put(meant, case, urged=bool(question.facts["urged"]))


def _goes_on(visit: Visit) -> Case | None:
    """味儿太大了, 我妈昨天差点摔了, right after a report: words that tell nothing of their own go with it."""
    u = visit.meaning
    if u.intent not in GOES_ON | {"chat"} or not visit.names_no_place or u.danger is not None:
        return None
    if u.intent == "chat" and talk_of(visit.text) is not None:
        return None
    if len(visit.text) < TELLS_SOMETHING:
        return None
    is_why = u.intent == "report" and (u.category == "help" or not names_its_thing(visit.text, u.category))
    if u.confidence >= A_MATTER_OF_ITS_OWN and not is_why:
        return None
    case = fresh_case(visit)
    return case if case is not None and State(case.state) in UNFINISHED else None


def _after_a_cry(visit: Visit) -> Case | None:
    """开窗了, 出来了, 120来了, right after a cry: nobody then begins with another matter in a few words."""
    u = visit.meaning
    if u.intent not in GOES_ON | {"chat"} or not visit.names_no_place or len(visit.text) > AFTER_A_CRY:
        return None
    if u.intent == "chat" and talk_of(visit.text) not in TELLING_TALK:
        return None
    case = fresh_case(visit)
    if case is None or case.urgency != "emergency" or State(case.state) not in WORKING:
        return None
    return case if kind_of(u) in (None, "help", case.category) else None


def _without_words_yet(visit: Visit) -> Case | None:
    """A voice or a photo with its place went on its way a moment ago; these are the words for it."""
    u = visit.meaning
    if u.intent not in GOES_ON or not visit.names_no_place:
        return None
    case = fresh_case(visit)
    if case is None or case.text or case.category is not None or State(case.state) not in WORKING:
        return None
    return hold(case.id)


def _says_what_it_is(visit: Visit, case: Case) -> Answer:
    u = visit.meaning
    case.understand_as(category=u.category, urgency=u.urgency)
    answers = case.reconsider(
        category=case.category, urgency=case.urgency, by=visit.by_person, said=visit.text
    )
    return Text(said(case.id, u, case.spot, answers))


def _is_new(visit: Visit, mine: Sequence[Case]) -> bool:
    """对了，垃圾也没人收: it only begins like an addition."""
    u = visit.meaning
    if place_only(visit.text, town().gazetteer) is not None:
        return False
    kinds = {case.category for case in mine}
    return _kind(visit) is not None and kind_of(u) not in kinds and u.confidence >= NOT_THE_OPEN_CASE


def _kind(visit: Visit) -> str | None:
    """求求了快点 is a plea, no errand."""
    kind = kind_of(visit.meaning)
    return None if kind == "help" and len(visit.text) <= ASKS_ONLY else kind


def _fitting(visit: Visit, mine: Sequence[Case], *, firmly: bool) -> list[Case]:
    """By place and kind as far as the words name them, then by what they have in common with what was told.
    None when they clearly tell of something that is not among these."""
    u = visit.meaning
    here = [case for case in mine if agrees(u, case)]
    if not firmly:
        return here
    if _kind(visit) is not None:
        same = [case for case in here if case.category == kind_of(u)]
        if same or u.confidence >= NOT_THE_OPEN_CASE:
            return same[:1]
    found = closest(visit.text, [case.text for case in here])
    return [here[found]] if found is not None else here


def put(visit: Visit, case: Case, *, urged: bool) -> Answer:
    """Into the case, for whoever has it. Where a reminder is meant it is written down as one."""
    case.add_text(visit.text, visit.by_person)
    u = visit.meaning
    case.understand_as(category=kind_of(u), urgency=u.urgency)
    spot = visit.locate_with(case.spot, u)
    waiting = case.state == State.COLLECTED
    if waiting and spot.building_id is not None:
        case.relocate(spot, visit.by_person)
    elif urged and not waiting:
        case.urge(visit.by_person)
    if visit.question is None or visit.question.kind in (Asked.ADDED, Asked.WHICH):
        ask(
            visit.person,
            visit.channel,
            Asked.ADDED,
            lasts=MAY_BE_TAKEN_OUT,
            case_id=case.id,
            text=visit.text,
        )
    taker = answerer(case.taker_id) if case.taker_id is not None else None
    facts = {"state": case.state, "urged": urged, "category": case.category, "urgency": case.urgency}
    facts |= case.spot.facts()
    return Text(say("added", number=case.number, who=taker.name if taker else None, **facts))


def _which(visit: Visit, cases: Sequence[Case], *, urged: bool) -> Answer:
    ask(
        visit.person,
        visit.channel,
        Asked.WHICH,
        lasts=MAY_BE_TAKEN_OUT,
        choices=[case.id for case in cases],
        text=visit.text,
        urged=urged,
    )
    lines = [{"number": case.number, "category": case.category, **case.spot.facts()} for case in cases]
    return Text(say("which", choices=lines))


def _chosen(visit: Visit, question: Question) -> Case | None:
    """By the number of the line, the number of the case, or words that fit one of them."""
    cases = [hold(int(one)) for one in question.facts["choices"]]
    text = visit.text.strip()
    line = line_chosen(text, len(cases))
    if line is not None:
        return cases[line]
    for case in cases:
        if case.number in text:
            return case
    if len(text) > IN_WORDS or text.isdecimal():
        return None
    same = [case for case in cases if case.category == kind_of(visit.meaning)]
    if len(same) == 1:
        return same[0]
    found = closest(text, [case.text for case in cases])
    return cases[found] if found is not None else None
