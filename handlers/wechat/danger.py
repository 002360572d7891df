"""Danger to life (row 103): first the number to call, then everything else."""

from collections.abc import Callable

from handlers.wechat import placing, reports
from handlers.wechat.answer import Answer, Text
from handlers.wechat.visit import Visit
from handlers.words import say
from models.base.checkdigit import with_check
from models.case import alarm, emergency
from models.case.case import Case
from models.case.lifecycle import State
from models.case.reach import hold
from models.dialogue.question import forget
from models.duty.answering import answerer, departments
from models.place.gazetteer import Located
from models.understanding import Understanding
from models.understanding.danger import CRY
from models.understanding.matters import Matter

_GAS = "gas"
_MOST_NAMED = 2  # who reads this has no time for a list


def danger(visit: Visit, otherwise: Callable[[Visit], Answer]) -> Answer | None:
    """Never waits for anything else. Cries that follow one another are one emergency.

    What else the message tells goes on its own way and stands behind, in the same reply.
    """
    if not _endangers(visit.meaning) and not any(_endangers(one.meaning) for one in visit.matters):
        return None
    first, others = _worst_first(visit)
    case, words = _raised(first)
    rest = reports.several(visit, others, otherwise, behind=case.id) if others else ""
    return Text("\n".join(filter(None, (words, rest))))


def _endangers(u: Understanding) -> bool:
    return u.danger is not None and u.urgency == "emergency"


def _worst_first(visit: Visit) -> tuple[Visit, tuple[Matter, ...]]:
    """What endangers life, and the rest of the message."""
    parts = visit.matters
    worst = next((one for one in parts if _endangers(one.meaning)), None)
    if len(parts) == 1 or worst is None:
        return visit, ()
    return visit.about(worst), tuple(one for one in parts if one is not worst)


def _raised(visit: Visit) -> tuple[Case, str]:
    u = visit.meaning
    assert u.danger is not None
    located = visit.locate(u, base=placing.door_of(visit))
    begun = reports.fresh_case(visit)
    if begun is not None and begun.urgency == "emergency":
        return _more(visit, begun, located)
    if begun is not None and begun.state == State.COLLECTED:
        case_id = _becomes_one(visit, begun, located)
    else:
        case_id, _ = reports.file(visit, u, located.spot)
    case = hold(case_id)
    emergency.raise_alarm(
        case_id,
        u.danger,
        community_id=case.community_id,
        facts=case.facts(),
        every_minutes=visit.house.alarm_every_minutes,
    )
    lacking = located.missing if case.building_id is None else None
    if lacking:
        placing.ask_place(visit, case_id)
    return case, _said("emergency", visit, case, lacking)


def _more(visit: Visit, case: Case, located: Located) -> tuple[Case, str]:
    """The same danger, said again: the same number, and the place as soon as it is known."""
    case.add_text(visit.text, visit.by)
    if case.building_id is None and located.spot.building_id is not None:
        case.relocate(located.spot, visit.by)
    lacking = located.missing if case.building_id is None else None
    if lacking:
        placing.ask_place(visit, case.id)
    # 快来 alone: whom to call is known from what was cried before.
    before = emergency.called(case.id) if visit.meaning.threat in (None, CRY) else None
    return case, _said("emergency_more", visit, case, lacking, call=before)


def _becomes_one(visit: Visit, case: Case, located: Located) -> int:
    """A photo or half a report came first; these words say how bad it is."""
    u = visit.meaning
    case.add_text(visit.text, visit.by)
    case.understand_as(category=u.category, urgency=u.urgency)
    spot = located.spot if located.spot.is_known or not case.spot.is_known else case.spot
    case.file(by=visit.by, spot=spot)
    forget(visit.person, visit.channel)
    return case.id


def _said(name: str, visit: Visit, case: Case, lacking: str | None, call: str | None = None) -> str:
    """`call` where the words do not say better whom."""
    u = visit.meaning
    return say(
        name,
        call=call or u.danger,
        threat=u.threat,
        repair=_repair_phone() if u.threat == _GAS else None,
        number=with_check(case.id),
        who=_rung_names(case),
        lacking=lacking,
        **case.spot.facts(),
    )


def _rung_names(case: Case) -> list[str]:
    people = map(answerer, alarm.rung(case)[:_MOST_NAMED])
    return [one.name for one in people if one is not None]


def _repair_phone() -> str | None:
    """The town's own number for gas repairs: the duty phone of the department that takes gas (sheet 部门)."""
    return next((one.phone for one in departments() if _GAS in one.categories and one.phone), None)
