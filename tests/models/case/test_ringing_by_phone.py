"""Who does not answer the first ring gets the next by text message, those that follow by a call as well."""

from datetime import datetime, timedelta

import time_machine
from cast import Cast, Someone
from factories import a_case, letters_to

from models.base.clock import now
from models.base.orm import session
from models.case import emergency
from models.case.case import Case
from models.case.emergency import ring_again
from models.person.tables import Person

BOTH = ("sms", "call")


def an_alarm(cast: Cast) -> Case:
    case = a_case(reporter=cast.wang, text="楼道着火了", category="fire_safety", urgency="emergency")
    emergency.raise_alarm(case.id, "119", community_id=case.community_id, facts=case.facts(), every_minutes=3)
    return case


def ring_until(start: datetime, minutes: int, phone: tuple[str, ...] = BOTH) -> None:
    for minute in range(3, minutes + 1, 3):
        with time_machine.travel(start + timedelta(minutes=minute, seconds=1)):
            ring_again(every_minutes=3, phone=phone)


def phoned(someone: Someone) -> list[tuple[int, str]]:
    found = letters_to(someone, "case_emergency")
    return [(one.facts["ring"], one.via) for one in found if one.via in BOTH]


def test_the_second_ring_is_a_text_and_those_after_it_are_calls(cast: Cast) -> None:
    start = now()
    an_alarm(cast)
    assert phoned(cast.zhao) == []
    ring_until(start, 9)
    assert phoned(cast.zhao) == [(2, "sms"), (3, "call"), (4, "call")]


def test_whoever_is_rung_first_on_a_higher_rung_is_not_phoned_at_once(cast: Cast) -> None:
    start = now()
    an_alarm(cast)
    ring_until(start, 12)
    first = min(one.facts["ring"] for one in letters_to(cast.leader, "case_emergency"))
    assert min(ring for ring, _ in phoned(cast.leader)) == first + 1


def test_only_what_is_on_is_used(cast: Cast) -> None:
    start = now()
    an_alarm(cast)
    ring_until(start, 6, phone=("sms",))
    assert phoned(cast.zhao) == [(2, "sms"), (3, "sms")]
    ring_until(start, 12, phone=())
    assert len(phoned(cast.zhao)) == 2


def test_once_acknowledged_no_telephone_rings_any_more(cast: Cast) -> None:
    start = now()
    case = an_alarm(cast)
    ring_until(start, 3)
    emergency.acknowledge(case.id, cast.zhao.id)
    [text] = [one for one in letters_to(cast.zhao, "case_emergency") if one.via == "sms"]
    assert (text.state, text.reason) == ("withdrawn", "overtaken")
    ring_until(start, 9)
    assert len(phoned(cast.zhao)) == 1


def test_a_text_that_would_come_half_an_hour_late_does_not_come(cast: Cast) -> None:
    start = now()
    an_alarm(cast)
    ring_until(start, 3)
    [text] = [one for one in letters_to(cast.zhao, "case_emergency") if one.via == "sms"]
    assert text.not_after == start + timedelta(minutes=33, seconds=1)
    others = [one for one in letters_to(cast.zhao, "case_emergency") if one.via == "work"]
    assert {one.not_after for one in others} == {None}


def test_nobody_without_a_number_gets_a_letter_that_cannot_go(cast: Cast) -> None:
    start = now()
    session().get_one(Person, cast.zhao.id).phone_sealed = None
    an_alarm(cast)
    ring_until(start, 9)
    assert phoned(cast.zhao) == []
    assert len(letters_to(cast.zhao, "case_emergency")) == 4
