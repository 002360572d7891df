"""Who manages each building, with dates; the totals equal the register."""

from datetime import date, datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
import time_machine
from racing import at_once
from town_workbooks import bring_in, small_town

from models.base.actor import By
from models.base.orm import put, session
from models.base.refusals import Invalid, NotAllowed
from models.grid import management
from models.grid.management import UNSAID, Rate
from models.grid.tables import ManagementTarget
from models.person.tables import Person, Staff
from models.place.tables import Building, Community, Estate

DAY = date(2026, 11, 21)
PUBLISHED = {"community_led": 311, "professional": 10, "basic_cleaning": 10, "self_governed": 39}


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(datetime(2026, 11, 21, 9, tzinfo=ZoneInfo("Asia/Shanghai")), tick=True):
        yield


def estate_of(*buildings, name="小区", managed=None):
    community = put(Community, name=f"{name}社区")
    estate = put(
        Estate, name=name, community_id=community, aliases=[], tags=[], active=True, management=managed
    )
    houses = [put(Building, estate_id=estate, name=one, tags=[], active=True) for one in buildings]
    return community, houses


@pytest.fixture
def district(db):
    """370 buildings as the district published them."""

    def work():
        community, houses = estate_of(*(str(n) for n in range(370)))
        models = [code for code, several in PUBLISHED.items() for _ in range(several)]
        management.say(dict(zip(houses, models, strict=True)), DAY, None)
        return community

    return db.write(work)


def test_the_totals_of_the_district_equal_its_register(db, district):
    with db.read():
        found = management.count(district, DAY)
    assert {code: several for code, several in found.models.items() if several} == PUBLISHED
    assert sum(found.models.values()) == found.register == 370
    assert found.rate("covered") == Rate(370, 370)
    assert found.rate("introduced") == Rate(331, 370)
    assert found.rate("introduced").permille == 895


def test_a_building_of_which_nobody_said_anything_is_counted_as_that(db):
    community, _ = db.write(lambda: estate_of("1", "2"))
    with db.read():
        found = management.count(community, DAY)
        assert (found.models[UNSAID], found.register) == (2, 2)
        assert found.rate("covered") == Rate(0, 2)
        assert management.count(0, DAY).rate("covered").permille is None


def test_what_was_before_a_change_stays_known(db):
    def work():
        _, (one, _) = estate_of("1", "2")
        management.say({one: "none"}, date(2026, 1, 1), None)
        management.say({one: "community_led"}, date(2026, 6, 1), None)
        return one

    one = db.write(work)
    with db.read():
        assert management.on(date(2025, 12, 31)) == {}
        assert management.on(date(2026, 5, 31)) == {one: "none"}
        assert management.on(date(2026, 6, 1)) == {one: "community_led"}
        assert [row.model for row in management.history(one)] == ["none", "community_led"]


def test_a_slip_of_the_same_day_is_put_right_and_the_same_again_is_nothing(db):
    _, (one,) = db.write(lambda: estate_of("1"))
    assert db.write(management.say, {one: "none"}, DAY, None) == 1
    assert db.write(management.say, {one: "professional"}, DAY, None) == 1
    assert db.write(management.say, {one: "professional"}, DAY, None) == 0
    with db.read():
        assert [row.model for row in management.history(one)] == ["professional"]


def test_days_to_come_and_unknown_models_are_refused(db):
    _, (one,) = db.write(lambda: estate_of("1"))
    with pytest.raises(Invalid, match="management_to_come"):
        db.write(management.say, {one: "none"}, date(2026, 11, 22), None)
    with pytest.raises(Invalid, match="no_such_management"):
        db.write(management.say, {one: "gone"}, DAY, None)


def test_the_trend_has_a_gap_before_anybody_said_anything(db):
    def work():
        community, (one, two) = estate_of("1", "2")
        management.say({one: "professional", two: "self_governed"}, date(2026, 8, 31), None)
        management.say({two: "community_led"}, date(2026, 11, 2), None)
        return community

    community = db.write(work)
    with db.read():
        months = management.trend(community, "introduced", DAY, months=5)
    assert [(one.month.month, one.rate) for one in months] == [
        (7, None),
        (8, Rate(1, 2)),
        (9, Rate(1, 2)),
        (10, Rate(1, 2)),
        (11, Rate(2, 2)),
    ]


def test_buildings_follow_their_estate_in_the_workbook_and_keep_a_word_of_their_own(db):
    def said(estate, *own):
        rows = [["小区", "楼号", "管理模式"], *(["育英小区", *one] for one in own)]
        sheets = {"小区": [["小区", "社区", "管理模式"], ["育英小区", "育才社区", estate]]}
        bring_in(db, sheets | ({"楼栋": rows} if own else {}))
        with db.read():
            names = {one.id: one.name for one in session().query(Building)}
            return {names[key]: code for key, code in management.current().items()}

    bring_in(db, small_town())
    assert said("专业引进", ["5", "业主自治"]) == {
        "3": "professional",
        "4": "professional",
        "5": "self_governed",
    }
    assert said("专业引进") == {"3": "professional", "4": "professional", "5": "self_governed"}
    assert said("底线保洁") == {"3": "basic_cleaning", "4": "basic_cleaning", "5": "self_governed"}


def test_an_estate_whose_buildings_are_all_managed_alike_is_managed_so(db):
    def of_estate():
        with db.read():
            return [one.management for one in session().query(Estate)]

    _, (one, two) = db.write(lambda: estate_of("1", "2", managed="none"))
    db.write(management.say, {one: "professional"}, DAY, 1)
    assert of_estate() == ["none"]
    db.write(management.say, {two: "professional"}, DAY, 1)
    assert of_estate() == ["professional"]


def test_the_aim_is_the_desks_and_the_next_one_counts(db):
    def work():
        community, _ = estate_of("1")
        person = put(Person, public_id="p", is_rider=False)
        put(
            Staff, number="C1", person_id=person, name="赵", roles=["community"], employer=None,
            community_id=community, active=True,
        )  # fmt: skip
        return community, By.staff(person)

    community, desk = db.write(work)
    for share, day in ((Fraction(80, 100), date(2026, 6, 30)), (Fraction(85, 100), date(2026, 12, 31))):
        db.write(management.aim, community, share, day, desk)
    db.write(management.aim, community, Fraction(86, 100), date(2026, 12, 31), desk)
    with db.read():
        found = management.target(community, DAY)
        assert (found.per_10000, found.by_date) == (8600, date(2026, 12, 31))
        assert management.target(community, date(2027, 1, 1)).by_date == date(2026, 12, 31)
    with pytest.raises(NotAllowed, match="grid_not_yours"):
        db.write(management.aim, None, Fraction(1, 2), DAY, desk)
    with pytest.raises(Invalid, match="share_wrong"):
        db.write(management.aim, community, Fraction(3, 2), DAY, desk)


def test_two_who_say_the_same_at_once_are_heard_one_after_the_other(db):
    _, houses = db.write(lambda: estate_of("1", "2"))
    said = at_once(db, *[lambda: management.say(dict.fromkeys(houses, "professional"), DAY, None)] * 3)
    assert sorted(said) == [0, 0, 2]

    def leader():
        person = put(Person, public_id="p", is_rider=False)
        put(Staff, number="S1", person_id=person, name="郑", roles=["street"], active=True)
        return By.staff(person)

    by = db.write(leader)
    at_once(db, *[lambda: management.aim(None, Fraction(85, 100), date(2027, 1, 1), by)] * 3)
    with db.read():
        assert session().query(ManagementTarget).count() == 1
