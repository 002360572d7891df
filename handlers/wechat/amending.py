"""A report is put right by the next sentence, and others who met the same thing join it."""

import re
from dataclasses import replace
from functools import cache

from handlers.wechat import reports
from handlers.wechat.answer import Answer, Text
from handlers.wechat.visit import Visit
from handlers.words import say
from models.base.resources import table
from models.case.case import Case
from models.case.lifecycle import WORKING, State
from models.case.reach import hold, joinable, latest_of, maybe, same_matter
from models.dialogue.question import Asked
from models.place.gazetteer import town
from models.place.spot import Spot
from models.understanding import Understanding, case_number_in, place_only, understand

LONGEST_WITHDRAWAL = 20
JUDGED = frozenset({State.FINISHED, State.CLOSED, State.RATED, State.VOID})


def correction(visit: Visit) -> Answer | None:
    """不是3号楼，是5号楼: what was understood wrongly is put right in one message (row 6)."""
    if not _begins().match(visit.text) or (visit.question is not None and visit.question.kind != Asked.PLACE):
        return None
    case = reports.fresh_case(visit)
    if case is None or State(case.state) not in WORKING | {State.COLLECTED}:
        return None
    u = understand(_turns().split(visit.text)[-1], town().gazetteer)
    spot = _corrected_spot(case, u)
    category = u.category if u.category not in (None, "other", case.category) else None
    if category is None and spot == case.spot:
        return None
    case = hold(case.id)
    if category is not None:
        case.correct(category=category, urgency=case.urgency, by=visit.by)
    return reports.placed(visit, case, spot, words=visit.text)


def withdrawal(visit: Visit) -> Answer | None:
    """不用来了: what is on its way is not called back by a word, but whoever has it reads the word."""
    if len(visit.text) > LONGEST_WITHDRAWAL or not _withdraws().search(visit.text):
        return None
    number = case_number_in(visit.text)
    case = maybe(number, visit.visitor) if number else latest_of(visit.person, *WORKING)
    if case is None or case.reporter_id != visit.person or State(case.state) not in WORKING:
        return None
    hold(case.id).add_text(visit.text, visit.by_person)
    return Text(say("remark_kept", number=case.number, waiting=False))


def late_place(visit: Visit) -> Answer | None:
    """The place alone, after a report went on its way without one: that is where it is."""
    if place_only(visit.text, town().gazetteer) is None or visit.question is not None:
        return None
    case = reports.fresh_case(visit)
    if case is None or case.building_id is not None or State(case.state) in JUDGED:
        return None
    spot = visit.locate_with(case.spot, visit.meaning)
    if spot == case.spot:
        return None
    return reports.placed(visit, hold(case.id), spot)


def me_too(visit: Visit) -> Answer | None:
    """我也遇到: with the number, or with place and kind, the writer joins what is being worked on."""
    if not _me_too().search(visit.text):
        return None
    number = case_number_in(visit.text)
    u = visit.meaning
    case = (
        joinable(number)
        if number is not None
        else same_matter(visit.locate(u).spot, u.category, except_for=visit.person)
    )
    if case is None:
        return None
    first = case.join(visit.person, visit.text)
    return Text(say("joined", number=case.number, first=first, category=case.category, **case.spot.facts()))


def _corrected_spot(case: Case, u: Understanding) -> Spot:
    """The case's place with what the words change; a place that we cannot find changes nothing."""
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
    return located.spot if located.missing is None else old


@cache
def _begins() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, table("lexicon/corrections.toml")["begins"])))


@cache
def _turns() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, table("lexicon/corrections.toml")["turns"])))


@cache
def _me_too() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, table("lexicon/corrections.toml")["me_too"])))


@cache
def _withdraws() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, table("lexicon/corrections.toml")["withdraws"])))
