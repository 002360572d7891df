"""Something is wrong, told in words: one matter or several, with its place or with one question for it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from handlers.wechat import same
from handlers.wechat.answer import Answer, Text
from handlers.wechat.naming import responsible
from handlers.wechat.placing import ask_place, door_of, forget_door, lacking_of, question_for
from handlers.wechat.visit import Visit
from handlers.words import say
from models.base.checkdigit import with_check
from models.base.clock import ago
from models.case import reporting
from models.case.case import Case
from models.case.lifecycle import OPEN
from models.case.reach import hold, latest_of, open_of
from models.dialogue.question import Asked
from models.duty.answering import Answering
from models.place.spot import Spot
from models.understanding import Understanding
from models.understanding.matters import Matter
from models.understanding.sureness import kind_of

# What comes right after one of these belongs to the case that it was about.
ASKED_OF_REPORTS = (Asked.PLACE, Asked.WHAT, Asked.UNSATISFIED, Asked.ADDED)


def text(visit: Visit) -> Answer:
    """A fault told in words, with its place or with one question for it."""
    u = visit.meaning
    located = visit.locate(u, base=door_of(visit))
    spot = located.spot
    lacking = lacking_of(located, u.category)
    if lacking is None:
        case_id, answers = file(visit, u, spot)
        forget_door(visit)
        offer = same.offer(visit, case_id, u, spot)
        return Text("\n".join(filter(None, (said(case_id, u, spot, answers), offer))))
    case_id = collect(visit, u, spot)
    ask_place(visit, case_id)
    facts = question_for(lacking, spot, located)
    return Text(say("reported_where", number=with_check(case_id), category=u.category, **facts))


class _Filed(NamedTuple):
    case_id: int
    u: Understanding
    spot: Spot
    answers: Answering | None  # None while its place is missing

    def facts(self) -> dict[str, Any]:
        named = responsible(self.answers) if self.answers is not None else {"route": None, "who": None}
        return {
            "number": with_check(self.case_id),
            "category": self.u.category,
            "urgency": self.u.urgency,
            **self.spot.facts(),
            **named,
        }


def several(
    visit: Visit,
    parts: Sequence[Matter],
    otherwise: Callable[[Visit], Answer] | None = None,
    *,
    behind: int | None = None,
) -> str:
    """Each matter of a message on its own way, one reply for all: numbers first, what else was asked behind
    them. `otherwise` answers the parts that are no reports; `behind` is the case whose reply stands in front
    and asks for the place of all."""
    filed: list[_Filed] = []
    added: list[str] = []
    rest: list[str] = []
    missing: tuple[int, dict[str, Any]] | None = None
    for part in parts:
        mine = visit.about(part)
        u = mine.meaning
        told = told_before(mine) if u.intent in ("report", "progress") else None
        if told is not None:
            told.add_text(part.text, visit.by)
            told.urge(visit.by_person)
            added.append(told.number)
            continue
        if otherwise is not None and u.intent != "report":
            answer = otherwise(mine)
            rest += [answer.text] if isinstance(answer, Text) else []
            continue
        located = mine.locate(u, base=door_of(visit))
        lacking = lacking_of(located, u.category)
        if lacking is None:
            case_id, answers = file(mine, u, located.spot)
            filed.append(_Filed(case_id, u, located.spot, answers))
            continue
        filed.append(_Filed(collect(mine, u, located.spot), u, located.spot, None))
        if missing is None:
            missing = (filed[-1].case_id, question_for(lacking, located.spot, located))
    forget_door(visit)
    if missing is not None:
        first = behind if behind is not None else missing[0]
        ask_place(
            visit, first, *(one.case_id for one in filed if one.answers is None and one.case_id != first)
        )
    asks = missing[1] if missing is not None and behind is None else {}
    facts = {"cases": [one.facts() for one in filed], "added": added, "behind": behind is not None}
    reply = say("reported_several", **facts, **_asked_only(asks)) if filed or added else ""
    return "\n".join(filter(None, (reply, *rest)))


def _asked_only(question: Mapping[str, Any]) -> dict[str, Any]:
    return {name: question.get(name) for name in ("lacking", "choices", "estate", "building")}


def told_before(visit: Visit) -> Case | None:
    """The writer's own open case of the same kind, where the words name no place of their own."""
    kind = kind_of(visit.meaning)
    if kind is None or not visit.names_no_place or door_of(visit).is_known:
        return None
    found = [case for case in open_of(visit.person) if case.category == kind]
    return hold(found[0].id) if found else None


def said(case_id: int, u: Understanding, spot: Spot, answers: Answering) -> str:
    """Number, place, person and what happens next."""
    return say(
        "reported",
        number=with_check(case_id),
        category=u.category,
        urgency=u.urgency,
        **spot.facts(),
        **responsible(answers),
    )


def file(visit: Visit, u: Understanding, spot: Spot) -> tuple[int, Answering]:
    """Files what was said and offers it to whoever answers."""
    return reporting.report(
        text=visit.text,
        category=u.category,
        also=u.also,
        urgency=u.urgency,
        spot=spot,
        source=_source(visit),
        by=visit.by,
        reporter=visit.person,
        at=visit.message.sent_at,
    )


def collect(visit: Visit, u: Understanding, spot: Spot) -> int:
    """Keeps what was said while its place is missing."""
    return reporting.collect(
        text=visit.text,
        category=u.category,
        also=u.also,
        urgency=u.urgency,
        spot=spot,
        source=_source(visit),
        by=visit.by_person,
        reporter=visit.person,
        wait_minutes=visit.house.place_wait_minutes,
    )


def fresh_case(visit: Visit) -> Case | None:
    """The report that something sent right after it belongs to."""
    question = visit.question
    if question is not None and question.case_id is not None and question.kind in ASKED_OF_REPORTS:
        return hold(question.case_id)
    latest = latest_of(visit.person, *OPEN)
    if latest is None or not latest.is_told_by(visit.person):
        return None
    return latest if latest.reported_at >= ago(minutes=visit.house.join_minutes) else None


def _source(visit: Visit) -> str:
    if visit.channel == "work":
        return "work"
    return "door" if door_of(visit).how == "door" else "chat"
