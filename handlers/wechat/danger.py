"""Danger to life (row 103): first the number to call, then everything else."""

from handlers.wechat import reports
from handlers.wechat.answer import Answer, Text
from handlers.wechat.visit import Visit
from handlers.words import say
from models.base.checkdigit import with_check
from models.case import emergency
from models.case.case import Case
from models.case.lifecycle import State
from models.case.reach import hold
from models.place.gazetteer import Located


def danger(visit: Visit) -> Answer | None:
    """Never waits for anything else. Cries that follow one another are one emergency."""
    u = visit.meaning
    if u.danger is None or u.urgency != "emergency":
        return None
    located = visit.locate(u, base=reports.door_of(visit))
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
        reports.ask_place(visit, case_id)
    return _said("emergency", visit, case, lacking)


def _more(visit: Visit, case: Case, located: Located) -> Answer:
    """The same danger, said again: the same number, and the place as soon as it is known."""
    case.add_text(visit.text, visit.by)
    if case.building_id is None and located.spot.building_id is not None:
        case.relocate(located.spot, visit.by)
    lacking = located.missing if case.building_id is None else None
    if lacking:
        reports.ask_place(visit, case.id)
    return _said("emergency_more", visit, case, lacking)


def _becomes_one(visit: Visit, case: Case, located: Located) -> int:
    """A photo or half a report came first; these words say how bad it is."""
    u = visit.meaning
    case.add_text(visit.text, visit.by)
    case.understand_as(category=u.category, urgency=u.urgency)
    spot = located.spot if located.spot.is_known or not case.spot.is_known else case.spot
    case.file(by=visit.by, spot=spot)
    reports.forget_question(visit)
    return case.id


def _said(name: str, visit: Visit, case: Case, lacking: str | None) -> Text:
    return Text(
        say(
            name,
            call=visit.meaning.danger,
            category=visit.meaning.category,
            number=with_check(case.id),
            lacking=lacking,
            **case.spot.facts(),
        )
    )
