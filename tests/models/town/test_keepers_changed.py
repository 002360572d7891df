"""Keepers changed by a workbook: both sides hear of it where something is open, and the history says how."""

from collections.abc import Iterator

import pytest
from cast import Cast
from factories import a_case, a_town, letters_to, spot, told, unit_of_work
from sqlalchemy import select
from town_workbooks import as_workbook

from models.base.orm import session
from models.duty.tables import Keeper
from models.grid.tables import HandOver
from models.history import steps_about
from models.place.tables import Building
from models.town import parse, take
from server.database import Database


@pytest.fixture
def cast(db: Database) -> Iterator[Cast]:
    with unit_of_work(db):
        yield a_town()


def give_to(numbers: str, building: str = "3") -> None:
    rows = [["小区", "楼号", "包保干部", "社区"], ["育英小区", building, numbers, "育英社区"]]
    take(parse(as_workbook({"楼栋": rows})))
    session().flush()


def heard(cast: Cast) -> set[str]:
    return {one.name for one in (cast.li, cast.ma, cast.wu, cast.zhao) if "keepers_changed" in told(one)}


def test_both_sides_hear_of_it_where_something_is_open(cast: Cast) -> None:
    a_case(reporter=cast.wang)
    give_to("K003、K002")
    assert heard(cast) == {cast.li.name, cast.wu.name}  # 马 keeps it as before
    (gave,), (got,) = letters_to(cast.li, "keepers_changed"), letters_to(cast.wu, "keepers_changed")
    assert (gave.facts["side"], got.facts["side"]) == ("gave", "got")
    assert got.facts["houses"] == [{"estate": "育英小区", "building": "3"}]
    one = session().scalars(select(HandOver)).one()
    assert (one.from_person_id, one.to_person_id, one.ended_how) == (cast.li.id, cast.wu.id, "imported")
    building = session().scalars(select(Building.id).where(Building.id == one.building_id)).one()
    (step,) = steps_about("building", building)
    assert (step.what, step.facts["left"], step.facts["came"]) == (
        "keepers_imported",
        [cast.li.id],
        [cast.wu.id],
    )
    give_to("K003、K002")
    assert len(letters_to(cast.wu, "keepers_changed")) == 1


def test_where_nothing_is_open_it_changes_and_nobody_is_told(cast: Cast) -> None:
    give_to("K003")
    assert heard(cast) == set()
    running = select(Keeper.person_id).where(Keeper.until.is_(None), Keeper.building_id == spot().building_id)
    assert set(session().scalars(running)) == {cast.wu.id}


def test_what_a_building_gets_first_is_no_change(cast: Cast) -> None:
    a_case(reporter=cast.wang, text="门坏了", at=None)
    give_to("K003", "7")
    assert heard(cast) == set()
