"""Every building has its unit once, and a keeper who does not come turns amber, then red."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from asked_for import statements
from grid_town import a_place, keeps, someone
from racing import at_once
from sqlalchemy import select, update

from models.base.clock import now
from models.base.orm import session
from models.base.refusals import NotAllowed
from models.duty.tables import Keeper
from models.grid import keepers
from models.grid.keepers import Kept
from models.grid.tables import KeeperVisit
from models.place.tables import Building

SINCE = datetime(2026, 9, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def a_building(number, unit, *employers, homes=10):
    people = tuple((n, f"干部{n}", employer) for n, employer in enumerate(employers, 1))
    return Kept(number, "和美社区", "小区", str(number), unit, people, SINCE if people else None, homes)


def test_the_cover_of_the_district_equals_its_register():
    """13 units of the city take 232 buildings, 21 groups of the district 138, together 370."""
    city = [a_building(n, f"市直{n % 13}", f"市直{n % 13}") for n in range(232)]
    district = [a_building(232 + n, f"区直{n % 21}", f"区直{n % 21}") for n in range(138)]
    found = keepers.cover(city + district)
    sums = {kind: [one for one in found.units if one.unit.startswith(kind)] for kind in ("市直", "区直")}
    assert [len(sums["市直"]), sum(one.buildings for one in sums["市直"])] == [13, 232]
    assert [len(sums["区直"]), sum(one.buildings for one in sums["区直"])] == [21, 138]
    assert (found.total, found.register, found.holds) == (370, 370, True)
    assert sum(one.homes for one in found.units) == 3700


def test_a_building_kept_twice_and_one_that_is_forgotten_do_not_make_up_for_each_other():
    register = [a_building(1, "甲", "甲", "乙"), a_building(2, None), a_building(3, "甲", "甲")]
    found = keepers.cover(register)
    assert (found.total, found.register) == (3, 3)
    assert [one.building for one in found.twice] == ["1"]
    assert [one.building for one in found.forgotten] == ["2"]
    assert not found.holds


def test_a_unit_without_a_person_and_a_person_without_a_unit_are_both_seen():
    found = keepers.cover([a_building(1, "甲"), a_building(2, None, None)])
    assert [one.building for one in found.without_person] == ["1"]
    assert [(one.unit, one.buildings, one.keepers) for one in found.units] == [(None, 1, 1), ("甲", 1, 0)]
    assert found.holds


@pytest.mark.parametrize(("days", "colour"), [(29, "green"), (30, "amber"), (59, "amber"), (60, "red")])
def test_the_colour_changes_on_its_day(days, colour):
    assert keepers.colour_of(days, 30, 60) == colour


@pytest.fixture
def kept(db):
    """Three buildings; 李 keeps the first two, 马 the first as well, nobody the third. A building is red
    after 20 days, amber after 10."""

    def work():
        place = a_place(3, "甲", since=SINCE)
        li, ma = someone("李", "keeper", employer="住建局"), someone("马", "keeper", employer="住建局")
        keeps(li, *place.houses[:2], since=SINCE)
        keeps(ma, place.houses[0], since=SINCE)
        return place, li, ma

    return db.write(work)


def test_of_some_buildings_nothing_else_is_read(db, kept):
    place, _, _ = kept
    first, second, _ = place.houses
    with db.read():
        whole = {one.building_id: one for one in keepers.kept()}
        with statements(db) as asked:
            few = keepers.kept(buildings=[first, second])
            keepers.standings(few, now(), amber_days=10, red_days=20)
        assert keepers.kept(buildings=[]) == []
    assert few == [whole[first], whole[second]]
    assert all("building_id IN" in one or "buildings.id IN" in one for one in asked)


def colours(db, at):
    with db.read():
        found = keepers.standings(keepers.kept(), at, amber_days=10, red_days=20)
    return {one.kept.building: (one.colour, one.days) for one in found}


def test_a_keeper_who_never_came_is_counted_from_the_first_day(db, kept):
    assert colours(db, SINCE + 9 * DAY) == {"1": ("green", 9), "2": ("green", 9)}
    assert colours(db, SINCE + 10 * DAY) == {"1": ("amber", 10), "2": ("amber", 10)}
    assert colours(db, SINCE + 20 * DAY) == {"1": ("red", 20), "2": ("red", 20)}


def test_a_visit_of_one_of_two_keepers_makes_it_green_again(db, kept):
    place, _, ma = kept
    with time_machine.travel(SINCE + 12 * DAY, tick=True):
        assert db.write(keepers.visit, place.houses[0], ma)
    assert colours(db, SINCE + 13 * DAY) == {"1": ("green", 1), "2": ("amber", 13)}


def test_a_visit_of_a_former_keeper_is_not_one_of_todays(db, kept):
    place, _, ma = kept
    with time_machine.travel(SINCE + 12 * DAY, tick=True):
        db.write(keepers.visit, place.houses[0], ma)
    left = update(Keeper).where(Keeper.person_id == ma).values(until=SINCE + 13 * DAY)
    db.write(lambda: session().execute(left))
    assert colours(db, SINCE + 13 * DAY)["1"] == ("amber", 13)


def test_two_taps_on_one_day_are_one_visit_with_both_notes(db, kept):
    place, li, _ = kept
    with time_machine.travel(SINCE + DAY, tick=True):
        assert db.write(keepers.visit, place.houses[1], li, "门坏了")
        assert not db.write(keepers.visit, place.houses[1], li)
        assert not db.write(keepers.visit, place.houses[1], li, "灯也坏了")
    with time_machine.travel(SINCE + 2 * DAY, tick=True):
        assert db.write(keepers.visit, place.houses[1], li)
    with db.read():
        notes = session().scalars(select(KeeperVisit.note).order_by(KeeperVisit.id)).all()
    assert notes == ["门坏了\n灯也坏了", ""]


def test_two_taps_at_once_are_one_visit(db, kept):
    place, li, _ = kept
    taps = at_once(db, *[lambda: keepers.visit(place.houses[1], li)] * 3)
    assert sorted(taps) == [False, False, True]


def test_nobody_notes_a_visit_to_a_building_of_others(db, kept):
    place, li, _ = kept
    with pytest.raises(NotAllowed, match="not_keeper"):
        db.write(keepers.visit, place.houses[2], li)


def test_the_register_is_of_buildings_in_use_and_says_who_keeps_them(db, kept):
    place, li, ma = kept
    gone = update(Building).where(Building.id == place.houses[2]).values(active=False)
    with db.read():
        assert [one.building for one in keepers.cover(keepers.kept()).forgotten] == ["3"]
    db.write(lambda: session().execute(gone))
    with db.read():
        found = keepers.kept(place.community)
        assert [[key for key, *_ in one.keepers] for one in found] == [[li, ma], [li]]
        assert keepers.cover(found).holds
        assert keepers.kept(0) == []
        assert keepers.kept_by(li) == place.houses[:2]
        assert now() > SINCE
