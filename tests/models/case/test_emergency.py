"""Danger rings everybody on duty by every channel, again and again until somebody has heard it."""

from datetime import timedelta

import time_machine
from cast import Cast
from factories import a_case, letters_to, spot, steps, told

from models.base.actor import By
from models.base.clock import now
from models.base.orm import session
from models.case import emergency
from models.case.case import Case
from models.case.emergency import ring_again, ringing
from models.outbox.address import add_address
from models.outbox.letter import Lane
from models.place.spot import NOWHERE


def an_alarm(cast: Cast, **more: object) -> Case:
    case = a_case(
        reporter=cast.wang,
        text="楼道着火了",
        category="fire_safety",
        urgency="emergency",
        **more,  # type: ignore[arg-type]
    )
    emergency.raise_alarm(case.id, "119", community_id=case.community_id, facts=case.facts(), every_minutes=3)
    return case


def rings(cast: Cast) -> list[tuple[int, str | None]]:
    return [(one.facts["ring"], one.via) for one in letters_to(cast.zhao, "case_emergency")]


def test_everybody_on_duty_is_rung_by_every_channel(cast: Cast) -> None:
    add_address("person", cast.zhao.id, "official", "o-zhao")
    add_address("person", cast.zhao.id, "official", "o-zhao-second-phone")
    an_alarm(cast)
    assert sorted(rings(cast), key=str) == [(1, "official"), (1, "work")]
    assert {one.lane for one in letters_to(cast.zhao, "case_emergency")} == {Lane.EMERGENCY}
    assert letters_to(cast.zhao, "case_emergency")[0].facts["call"] == "119"
    assert told(cast.qian) == []
    assert {one.lane for one in letters_to(cast.li, "case_dispatched")} == {Lane.EMERGENCY}


def test_it_rings_again_every_three_minutes_until_somebody_acknowledges(cast: Cast) -> None:
    start = now()
    case = an_alarm(cast)
    for minute in range(1, 10):
        with time_machine.travel(start + timedelta(minutes=minute, seconds=1)):
            ring_again(every_minutes=3)
    assert [ring for ring, _ in rings(cast)] == [1, 2, 3, 4]
    assert emergency.acknowledge(case.id, cast.zhao.id)
    assert not emergency.acknowledge(case.id, cast.zhao.id)
    with time_machine.travel(start + timedelta(hours=1)):
        assert ring_again(every_minutes=3) == 0
    assert steps(case).count("alarm_acknowledged") == 1


def test_after_a_standstill_of_36_hours_it_rings_once_and_not_for_every_turn_missed(cast: Cast) -> None:
    start = now()
    an_alarm(cast)
    with time_machine.travel(start + timedelta(hours=36)):
        while ring_again(every_minutes=3):
            session().flush()
    assert [ring for ring, _ in rings(cast)] == [1, 2]


def test_who_accepts_an_emergency_has_heard_it(cast: Cast) -> None:
    case = an_alarm(cast)
    case.accept(cast.li.id)
    assert not ringing()


def test_whoever_is_rung_may_take_it_though_it_was_offered_to_the_keepers(cast: Cast) -> None:
    case = an_alarm(cast)
    case.accept(cast.zhao.id)
    assert case.taker_id == cast.zhao.id
    assert not ringing()
    assert told(cast.wang) == ["case_accepted"]


def test_a_false_alarm_that_is_voided_rings_no_more(cast: Cast) -> None:
    case = an_alarm(cast)
    case.void(By.staff(cast.zhao.id), "孩子乱按的", agreed_by=cast.leader.id)
    assert not ringing()
    assert letters_to(cast.zhao, "case_emergency")[0].state == "withdrawn"


def test_the_place_said_later_rings_at_once_where_it_is(cast: Cast) -> None:
    case = an_alarm(cast, at=NOWHERE)
    assert told(cast.leader) == ["case_filed_nobody", "case_emergency"]  # nobody knows where: the street
    case.relocate(spot(), By.person(cast.wang.id))
    assert [ring for ring, _ in rings(cast)] == [2]
    assert letters_to(cast.zhao, "case_emergency")[0].facts["building"] == "3"


def test_somebody_without_any_address_is_rung_all_the_same(cast: Cast) -> None:
    from sqlalchemy import delete

    from models.outbox.address import Address

    session().execute(delete(Address).where(Address.owner_id == cast.zhao.id))
    an_alarm(cast)
    assert rings(cast) == [(1, None)]


def test_a_dead_address_is_not_rung(cast: Cast) -> None:
    from sqlalchemy import update

    from models.outbox.address import Address

    add_address("person", cast.zhao.id, "official", "o-zhao")
    session().execute(update(Address).where(Address.value == "zhao").values(dead_reason="unsubscribed"))
    an_alarm(cast)
    assert rings(cast) == [(1, "official")]


def test_when_nobody_on_duty_can_be_reached_everybody_is_rung(cast: Cast) -> None:
    from sqlalchemy import delete

    from models.outbox.address import Address

    session().execute(delete(Address).where(Address.owner_id == cast.zhao.id))
    case = an_alarm(cast)
    assert letters_to(cast.leader, "case_emergency")
    assert letters_to(cast.qian, "case_emergency")
    assert [alarm.case_id for alarm in emergency.ringing_for(cast.qian.id)] == [case.id]
    assert emergency.acknowledge(case.id, cast.qian.id)
