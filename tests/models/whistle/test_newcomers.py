"""Who speaks for a department now hears of what it has still to answer; who was told of silence may look."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from cast import Cast
from factories import letters_to
from sqlalchemy import select
from whistle_town import a_whistle

from models.base.clock import after, now
from models.base.orm import session
from models.duty.tables import Absence, Department, RungHolder, Shift
from models.place.version import raise_version
from models.whistle import answering, climbing, ending
from models.whistle.newcomers import tell_newcomers
from models.whistle.rights import sees

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)


def test_a_new_contact_reads_the_card_once(cast: Cast, called: Any) -> None:
    whistle = a_whistle(cast, *called)
    assert tell_newcomers() == whistle.id
    assert tell_newcomers(whistle.id) == 0
    assert len(letters_to(cast.zhou, "whistle_blown")) == 1
    session().get_one(Department, called.lead).contact_id = cast.wu.id
    session().flush()
    raise_version()
    for _ in range(2):
        tell_newcomers()
    (letter,) = letters_to(cast.wu, "whistle_blown")
    assert letter.facts["is_lead"]


def test_so_does_whoever_stands_in_from_today_on(cast: Cast, called: Any) -> None:
    a_whistle(cast, *called)
    away = Absence(person_id=cast.zhou.id, deputy_id=cast.wu.id, since=now() - timedelta(1), reason="病假")
    session().add(away)
    raise_version()
    tell_newcomers()
    assert len(letters_to(cast.wu, "whistle_blown")) == 1


def test_what_is_answered_or_over_is_nobodys_news(cast: Cast, called: Any) -> None:
    whistle = a_whistle(cast, *called)
    answering.answer(whistle.id, called.lead, cast.zhou.id, True)
    session().get_one(Department, called.lead).contact_id = cast.wu.id
    session().flush()
    raise_version()
    tell_newcomers()
    assert letters_to(cast.wu, "whistle_blown") == []
    ending.call_off(whistle.id, cast.zhao.id, "不用了")
    assert tell_newcomers() == 0


def test_who_was_called_from_the_rota_because_nobody_stands_there_may_look(cast: Cast, called: Any) -> None:
    for one in session().scalars(select(RungHolder).where(RungHolder.rung > 1)):
        one.until = now()
    whistle = a_whistle(cast, called.lead)
    shift = {"starts_at": now() - timedelta(hours=1), "ends_at": after(hours=8)}
    session().add(Shift(community_id=whistle.community_id, rung=2, person_id=cast.wu.id, **shift))
    session().flush()
    raise_version()
    assert not sees(cast.wu.id, whistle)
    with time_machine.travel(after(minutes=16)):
        climbing.climb_some()
    assert letters_to(cast.wu, "whistle_climbed")
    assert sees(cast.wu.id, whistle)
