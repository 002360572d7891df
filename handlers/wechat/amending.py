"""A report is put right, or taken back, by the next sentence."""

from dataclasses import replace
from datetime import timedelta

from handlers.wechat import placing, reports
from handlers.wechat.answer import Answer, Text
from handlers.wechat.naming import responsible
from handlers.wechat.visit import Visit
from handlers.words import say
from models.base.clock import now
from models.case.case import Case
from models.case.lifecycle import UNFINISHED, UNTAKEN, WORKING, State
from models.case.reach import hold, is_open, latest_of, maybe, open_of
from models.dialogue.question import REMEMBERED, Asked
from models.place.gazetteer import town
from models.place.spot import Spot
from models.understanding import Understanding, case_number_in, place_only, understand
from models.understanding.amendments import (
    Amendment,
    amendment_in,
    calls_off,
    only_calls_off,
    that_one_in,
)
from models.understanding.sureness import kind_of

PUT_RIGHT_WITHIN = timedelta(hours=24)
_BESIDE = REMEMBERED | {
    Asked.PLACE,
    Asked.SAME,
    Asked.WHICH,
    Asked.WHAT,
}  # questions that a correction may pass by


def correction(visit: Visit) -> Answer | None:
    """不是3号楼，是5号楼: what was understood wrongly is put right in one message (row 6)."""
    amendment = amendment_in(visit.text) or _that_one_is_there(visit)
    if amendment is None or (visit.question is not None and visit.question.kind not in _BESIDE):
        return None
    case = _meant(visit, amendment)
    if case is None:
        return _place_forgotten(visit) if not amendment.said else None
    if amendment.withdrawn:
        return _withdrawn(visit, hold(case.id))
    if amendment.urgency is not None:
        return _how_pressing(visit, case, amendment.urgency)
    u = understand(amendment.said, visit.gazetteer)
    spot = _corrected_spot(case, u)
    if spot is None or (not amendment.said and _denies_the_house(case, amendment)):
        return _where_then(visit, case, u)
    is_place = place_only(amendment.said, town().gazetteer) is not None
    category = kind_of(u) if not is_place and kind_of(u) != case.category else None
    if category is None and spot == case.spot:
        return _no_change(visit, case, amendment)
    case = hold(case.id)
    if category is not None and spot == case.spot:
        urgency = u.urgency if u.urgency == "urgent" else case.urgency
        answers = case.reconsider(category=category, urgency=urgency, by=visit.by, said=visit.text)
    else:
        case.add_text(visit.text, visit.by, quietly=True)
        if category is not None:
            case.correct(category=category, urgency=case.urgency, by=visit.by)
        answers = case.relocate(spot, visit.by, said=visit.text)
    placing.forget_question_about(visit, case.id)
    return Text(say("corrected", **_as_it_is(case), **responsible(answers)))


def _that_one_is_there(visit: Visit) -> Amendment | None:
    """垃圾那个是5号楼的: one of several, and its place. As if its kind had been the word denied."""
    one = that_one_in(visit.text)
    if one is None or place_only(one.said, town().gazetteer) is None:
        return None
    kind = kind_of(understand(one.denied, visit.gazetteer))
    return one if any(case.category == kind for case in open_of(visit.person)) else None


def _meant(visit: Visit, amendment: Amendment) -> Case | None:
    """The open report that it is about: the one just asked about, else of the last day the one that has what
    is denied, else the newest."""
    spoken_of = _just_spoken_of(visit)
    if spoken_of is not None and visit.question is not None and visit.question.kind == Asked.PLACE:
        return spoken_of
    mine = [spoken_of] if spoken_of is not None else []
    mine += [
        case
        for case in open_of(visit.person)
        if case.is_told_by(visit.person) and now() - case.reported_at <= PUT_RIGHT_WITHIN
    ]
    denied = understand(amendment.denied, visit.gazetteer) if amendment.denied else None
    if denied is not None:
        for case in mine:
            if _has(case, denied):
                return case
    return mine[0] if mine else None


def _no_change(visit: Visit, case: Case, amendment: Amendment) -> Answer | None:
    """不是着火 是做饭冒烟: it says better what the case tells already, so it goes there."""
    if not amendment.denied or not _has(case, understand(amendment.denied, visit.gazetteer)):
        return None
    return _kept_with(visit, case)


def _kept_with(visit: Visit, case: Case) -> Answer:
    """The words change nothing, and whoever has it reads them."""
    hold(case.id).add_text(visit.text, visit.by_person)
    return Text(say("remark_kept", number=case.number, waiting=False))


def _place_forgotten(visit: Visit) -> Answer | None:
    """不是这儿: the place that was shared or said a moment ago does not count."""
    if not placing.door_of(visit).is_known:
        return None
    placing.forget_door(visit)
    return Text(say("place_forgotten"))


def _just_spoken_of(visit: Visit) -> Case | None:
    """What we asked about, or put words into, a moment ago."""
    question = visit.question
    if question is None or question.case_id is None or question.kind not in (Asked.PLACE, Asked.ADDED):
        return None
    case = hold(question.case_id)
    return case if is_open(case) and case.is_told_by(visit.person) else None


def _denies_the_house(case: Case, amendment: Amendment) -> bool:
    """不是3号楼, and not which it is."""
    denied = place_only(amendment.denied, town().gazetteer)
    return denied is not None and denied.building is not None and denied.building == case.building_name


def _where_then(visit: Visit, case: Case, u: Understanding) -> Answer:
    """The place that they say is not there, or not said: asked for, and the case stays as it is till then."""
    placing.ask_place(visit, case.id)
    facts = {"estate": u.estate or case.estate_name, "building": u.building}
    return Text(say("corrected_where", number=case.number, **facts))


def _has(case: Case, u: Understanding) -> bool:
    """The case stands where these words say, or is of their kind."""
    said = (u.estate, case.estate_name), (u.building, case.building_name), (u.unit, case.unit_name)
    named = [ours == theirs for ours, theirs in said if ours is not None]
    if named:
        return all(named)
    return kind_of(u) is not None and kind_of(u) == case.category


def _withdrawn(visit: Visit, case: Case) -> Answer | None:
    """It was no report. Who is on the way already is told, and not called back."""
    if State(case.state) not in UNTAKEN:
        return _kept_with(visit, case)
    case.void(visit.by_person, visit.text)
    placing.forget_question_about(visit, case.id)
    return Text(say("withdrawn", number=case.number))


def _how_pressing(visit: Visit, case: Case, urgency: str) -> Answer:
    """Less or more pressing than we took it. A danger to life is not talked down by its reporter."""
    case = hold(case.id)
    if case.urgency in ("emergency", urgency):
        return _kept_with(visit, case)
    answers = case.reconsider(category=case.category, urgency=urgency, by=visit.by, said=visit.text)
    return Text(say("corrected", **_as_it_is(case), **responsible(answers)))


def _as_it_is(case: Case) -> dict[str, str | None]:
    return {
        "number": case.number,
        "category": case.category,
        "urgency": case.urgency,
        **case.spot.facts(),
    }


def withdrawal(visit: Visit) -> Answer | None:
    """不用来了: what is on its way is not called back by a word, but whoever has it reads the word."""
    if not calls_off(visit.text):
        return None
    number = case_number_in(visit.text)
    case = maybe(number, visit.visitor) if number else latest_of(visit.person, *WORKING)
    if case is None and visit.question is None and only_calls_off(visit.text):
        # 取消, and nothing is open: there is nothing to do, and nothing to begin.
        return Text(say("chat", kind="mistake"))
    if case is None or case.reporter_id != visit.person or State(case.state) not in WORKING:
        return None
    return _kept_with(visit, case)


def late_place(visit: Visit) -> Answer | None:
    """A place alone, soon after a report went on its way without all of it: that is where it is."""
    place = place_only(visit.text, town().gazetteer)
    if place is None or (visit.question is not None and visit.question.kind not in _BESIDE):
        return None
    case = reports.fresh_case(visit)
    if case is None or State(case.state) not in UNFINISHED:
        return None
    if case.building_id is not None and not placing.agrees(visit.meaning, case):
        return None
    spot = visit.locate_with(case.spot, place)
    if spot == replace(case.spot, how=spot.how):
        return Text(say("remark_kept", number=case.number, waiting=False))
    return placing.placed(visit, hold(case.id), spot)


def _corrected_spot(case: Case, u: Understanding) -> Spot | None:
    """The case's place with what the words change. None for a house that is not there."""
    old = case.spot
    if (u.estate, u.building, u.unit, u.floor, u.room) == (None,) * 5:
        return old
    is_other_house = (u.estate or old.estate, u.building or old.building) != (old.estate, old.building)
    said = replace(
        old,
        estate=u.estate or old.estate,
        building=u.building or old.building,
        unit=u.unit or (None if is_other_house else old.unit),
        floor=u.floor or (None if is_other_house else old.floor),
        room=u.room or (None if is_other_house else old.room),
        building_id=None,
        grid_id=None,
        how="answer",
    )
    located = town().locate(said, community_id=old.community_id, estate_id=old.estate_id)
    if located.missing == "no_such_building":
        return None
    return located.spot
