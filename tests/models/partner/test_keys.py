"""Keys are kept as hashes, end when they shall, and are paid for one by one however many come at once."""

from datetime import timedelta
from functools import partial

import pytest
import time_machine
from factories import unit_of_work
from racing import at_once
from sqlalchemy import func, select

from models.base.clock import SHANGHAI, now
from models.base.orm import session
from models.base.refusals import Invalid, NotFound
from models.partner import keys, quota
from models.partner.keys import Holder
from models.partner.tables import PartnerDay, PartnerKey
from server.database import Database

ONE_DATABASE = pytest.mark.parametrize("db", ["sqlite"], indirect=True)


def made(name: str = "12345热线", **more: object) -> str:
    return keys.make(name, ["report", "read"], **{"daily_quota": 10, **more})  # type: ignore[arg-type]


def known(key: str) -> Holder:
    holder = keys.holder_of(key)
    assert holder is not None
    return holder


@ONE_DATABASE
def test_the_database_has_no_key_and_still_knows_it(db: Database):
    with unit_of_work(db):
        key = made()
        row = session().scalars(select(PartnerKey)).one()
        assert key not in repr(vars(row))
        assert row.mark == key[: len(row.mark)]
        assert len(row.mark) < len(key) / 4
        assert known(key) == Holder(row.id, "12345热线", frozenset(keys.RIGHTS), None, 10)
        assert keys.holder_of(key[:-1]) is None
        assert keys.holder_of("") is None


@ONE_DATABASE
def test_a_key_ends_with_its_term_and_when_it_is_revoked(db: Database):
    with unit_of_work(db):
        short, other = made("甲", until=now() + timedelta(hours=1)), made("乙")
        with time_machine.travel(now() + timedelta(hours=2)):
            assert keys.holder_of(short) is None
            assert known(other).name == "乙"
        assert keys.revoke("乙")
        session().flush()
        assert keys.holder_of(other) is None
        assert not keys.revoke("乙")
        with pytest.raises(NotFound):
            keys.revoke("丙")


@ONE_DATABASE
def test_a_key_that_was_lost_is_another_key_of_the_same_program(db: Database):
    with unit_of_work(db):
        lost, other = made("甲"), made("乙", until=now() + timedelta(hours=1))
        holder = known(lost)
        keys.revoke_all()
        session().flush()
        assert keys.holder_of(lost) is None
        assert keys.holder_of(other) is None
        found = keys.renew("甲")
        session().flush()
        assert known(found) == holder
        assert keys.holder_of(lost) is None
        with time_machine.travel(now() + timedelta(hours=2)):
            with pytest.raises(Invalid):
                keys.renew("乙")
            again = keys.renew("乙", until=now() + timedelta(hours=1))
            session().flush()
            assert known(again).name == "乙"
        with pytest.raises(NotFound):
            keys.renew("丙")


@ONE_DATABASE
def test_what_makes_no_key(db: Database):
    wrong: list[dict[str, object]] = [
        {"name": " "}, {"name": "长" * 61}, {"name": "已有"}, {"rights": []}, {"rights": ["all"]},
        {"daily_quota": 0}, {"until": now() - timedelta(seconds=1)},
    ]  # fmt: skip
    with unit_of_work(db):
        made("已有")
        for one in wrong:
            with pytest.raises(Invalid):
                keys.make(**{"name": "新的", "rights": ["read"], "daily_quota": 1, **one})  # type: ignore[arg-type]
        assert session().scalar(select(func.count(PartnerKey.id))) == 1


def test_a_quota_is_never_passed_by_many_at_once_and_begins_anew_each_day(db: Database):
    holder = db.write(lambda: known(made(daily_quota=5)))
    with time_machine.travel(now().astimezone(SHANGHAI).replace(hour=12), tick=True) as clock:
        answers = at_once(db, *[partial(quota.spend, holder)] * 12)
        assert sorted(map(bool, answers)) == [False] * 5 + [True] * 7
        assert all(0 < wait <= 12 * 3600 for wait in answers if wait)
        clock.shift(timedelta(hours=13))
        assert db.write(quota.spend, holder) == 0
        with db.read():
            assert quota.used_today() == {holder.key_id: 1}
            assert sorted(session().scalars(select(PartnerDay.used))) == [1, 5]
