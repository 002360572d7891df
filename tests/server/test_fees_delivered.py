"""A notice about fees through the real senders: what a platform gets to see of it (X19, X05)."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from cast import Cast
from factories import a_town, unit_of_work
from fee_books import homes
from letter_office import Office
from notices import AT_ONCE, a_notice, letters_of, tell_all
from sqlalchemy import select

from models.base.actor import By
from models.base.clock import now
from models.base.orm import public_id, put, session
from models.notice import notice as verbs
from models.notice.fees import Line, attach
from models.outbox.letter import State
from models.person.arriving import move_in
from models.person.tables import Person
from models.place.tables import BuildingGroup, Household
from server.database import Database

BILL = Line(0, 918_37, 0)  # a sum that nothing else in the test could be


@pytest.fixture
def office(db: Database, tmp_path: Path) -> Iterator[Office]:
    made = Office(
        db, tmp_path, at=None, rules={"quiet_from": "00:00", "quiet_until": "00:00"},
        templates={"notice_fee": "official-notice"},
    )  # fmt: skip
    yield made
    made.close()


def test_a_household_is_written_to_and_a_group_hears_its_sum_and_no_platform_sees_a_bill(
    db: Database, office: Office
) -> None:
    cast: Cast = db.write(a_town)
    with unit_of_work(db):
        all_homes = homes(20)
        mine = session().get_one(Household, all_homes[19])
        person = put(Person, public_id=public_id(), is_rider=False, created_at=now())
        move_in(person, building_id=mine.building_id, unit=mine.unit_name, room=mine.room, proof="staff")
        notice = a_notice(cast.zhao.id, title="物业费催缴", body="请到社区服务站缴。")
        paid = [BILL._replace(household_id=one, paid_fen=BILL.due_fen) for one in all_homes[:12]]
        attach(
            notice, paid + [BILL._replace(household_id=one) for one in all_homes[12:]], By.staff(cast.zhao.id)
        )
        verbs.hand_in(notice, By.staff(cast.zhao.id), AT_ONCE)
        key, group = notice.id, session().scalars(select(BuildingGroup.id)).one()
    openid = office.resident(person)
    office.robot(group)
    tell_all(db)
    office.delivery.drain()
    with unit_of_work(db):
        assert {one.kind: one.state for one in letters_of(key)} == {
            "notice_fee": State.SENT,
            "notice_group": State.SENT,
        }
    seen = [str(one.body) for one in office.calls("*")]
    assert [one for one in seen if openid in one and "物业费账单" in one]
    assert [one for one in seen if "育英小区3号楼已缴12/20户" in one]
    for one in seen:
        for secret in ("918.37", "91837", "120室", "1单元120"):
            assert secret not in one
