"""Who does not answer the first ring gets the next by text message, those that follow by a call as well."""

from datetime import datetime, timedelta

import time_machine
from calendars import known_years
from cast import Cast, Someone
from factories import a_case, letters_to

from models.base.clock import now
from models.base.orm import session
from models.case import emergency
from models.case.alarm import MOST_BY_PHONE
from models.case.case import Case
from models.case.clock import climb_some
from models.case.emergency import ring_again
from models.case.phoning import phone_climbs
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


def test_nobody_is_phoned_for_ever(cast: Cast) -> None:
    start = now()
    an_alarm(cast)
    ring_until(start, 3 * (MOST_BY_PHONE + 5))
    assert len(phoned(cast.zhao)) == MOST_BY_PHONE


# what was heard and nobody took


def climbed(someone: Someone) -> list[str | None]:
    return [one.via for one in letters_to(someone, "case_climbed")]


def a_climb(cast: Cast) -> tuple[Case, datetime]:
    """An emergency that the desk acknowledged and nobody took; when it climbed to 郑."""
    start = now()
    case = an_alarm(cast)
    emergency.acknowledge(case.id, cast.zhao.id)
    for minute in range(1, 240):
        at = start + timedelta(minutes=minute)
        with time_machine.travel(at, tick=False):
            climb_some()
            if climbed(cast.leader):
                return case, at
    raise AssertionError("it never climbed")


def phones(at: datetime) -> int:
    with time_machine.travel(at, tick=False):
        return phone_climbs(every_minutes=3, phone=BOTH)


def test_whoever_it_climbed_to_gets_a_text_and_then_a_call_each_once(cast: Cast) -> None:
    _, at = a_climb(cast)
    assert phones(at + timedelta(minutes=2)) == 0
    assert phones(at + timedelta(minutes=3)) == 1
    assert phones(at + timedelta(minutes=4)) == 0
    assert climbed(cast.leader) == [None, "sms"]
    assert phones(at + timedelta(minutes=6)) == 1
    assert phones(at + timedelta(minutes=9)) == 0
    assert climbed(cast.leader) == [None, "sms", "call"]


def test_once_somebody_takes_it_nobody_is_phoned(cast: Cast) -> None:
    case, at = a_climb(cast)
    with time_machine.travel(at + timedelta(minutes=1), tick=False):
        case.accept(cast.li.id)
    assert phones(at + timedelta(minutes=5)) == 0


def test_after_a_standstill_nobody_is_phoned_about_what_is_old(cast: Cast) -> None:
    _, at = a_climb(cast)
    assert phones(at + timedelta(hours=2)) == 0
    assert phone_climbs(every_minutes=3) == 0


def test_what_is_not_an_emergency_never_rings_a_telephone(cast: Cast) -> None:
    known_years()
    start = now()
    a_case(reporter=cast.wang, text="楼道灯不亮", category="lighting", urgency="normal")
    for hour in range(24, 24 * 8, 12):
        with time_machine.travel(start + timedelta(hours=hour), tick=False):
            climb_some()
            assert phone_climbs(every_minutes=3, phone=BOTH) == 0
    assert climbed(cast.leader)
