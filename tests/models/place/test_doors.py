"""Codes on unit doors (row 8)."""

from sqlalchemy import select
from town_workbooks import bring_in, small_town

from models.base.orm import session
from models.place.doors import door_of, issue, revoke, scanned
from models.place.gazetteer import town
from models.place.tables import DoorCode
from server.database import Database


def all_doors(*, replace: bool = False) -> list[tuple[str, str, str]]:
    """(code, building, unit) of every door of the town."""
    places = town()
    doors = issue(places.buildings, replace=replace)
    return [(door.code, places.buildings[door.building_id].name, door.unit_name) for door in doors]


def test_each_unit_has_one_code_however_often_it_is_printed(db: Database) -> None:
    bring_in(db, small_town())
    doors = db.write(all_doors)
    assert [door[1:] for door in doors] == [("3", "1"), ("3", "2"), ("4", "1"), ("4", "2"), ("5", "")]
    assert len({code for code, _, _ in doors}) == 5
    assert db.write(all_doors) == doors


def test_a_scan_knows_its_place_and_is_counted(db: Database) -> None:
    bring_in(db, small_town())
    code = db.write(all_doors)[1][0]
    door = db.write(scanned, code)
    assert door is not None
    assert door.unit_name == "2"
    assert db.write(scanned, code) == door
    with db.read():
        assert door_of(code) == door
        assert session().scalars(select(DoorCode.scans).where(DoorCode.code == code)).one() == 2


def test_a_revoked_code_opens_nothing_and_the_next_print_gives_another(db: Database) -> None:
    bring_in(db, small_town())
    doors = db.write(all_doors)
    assert db.write(revoke, doors[0][0])
    assert not db.write(revoke, doors[0][0])
    assert db.write(scanned, doors[0][0]) is None
    again = db.write(all_doors)
    assert again[0][0] != doors[0][0]
    assert again[1:] == doors[1:]


def test_replacing_revokes_the_old_ones(db: Database) -> None:
    bring_in(db, small_town())
    old = db.write(all_doors)
    new = db.write(all_doors, replace=True)
    assert not {code for code, _, _ in old} & {code for code, _, _ in new}
    assert all(db.write(scanned, code) is None for code, _, _ in old)
    assert all(db.write(scanned, code) is not None for code, _, _ in new)


def test_an_unknown_code_is_nothing(db: Database) -> None:
    assert db.write(scanned, "x" * 22) is None
    assert db.write(scanned, "'; DROP TABLE door_codes; --") is None
