"""The town in memory: found by its names, by its neighbourhood, and fresh at once."""

from pathlib import Path

import pytest
from asked_for import statements
from commands import hemei
from hypothesis import given
from hypothesis import strategies as st
from settings_files import KEY, plain_url
from town_workbooks import as_file, bring_in, small_town

from models.base.orm import session
from models.place.gazetteer import Located, Town, distance, in_order, spoken_key, town
from models.place.spot import Spot
from models.place.tables import Estate
from models.place.version import raise_version
from server.database import Database


def locate(db: Database, said: Spot, **own: int | None) -> Located:
    with db.read():
        return town().locate(said, **own)


def test_a_named_building_is_found_with_all_that_answers_for_it(db: Database) -> None:
    bring_in(db, small_town())
    found = locate(db, Spot(estate="育英小区", building="3", unit="2", floor="5", room="501", how="said"))
    assert found.missing is None
    spot = found.spot
    assert None not in (spot.community_id, spot.estate_id, spot.building_id, spot.grid_id)
    assert (spot.estate, spot.building, spot.unit, spot.floor, spot.room) == (
        "育英小区",
        "3",
        "2",
        "5",
        "501",
    )


def test_a_town_of_one_estate_need_not_hear_its_name(db: Database) -> None:
    bring_in(db, small_town())
    assert locate(db, Spot(building="03")).spot.building == "3"


def test_what_is_missing_is_said(db: Database) -> None:
    bring_in(db, small_town())
    assert locate(db, Spot(estate="育英小区")).missing == "building"
    nowhere = locate(db, Spot(estate="育英小区", building="99"))
    assert (nowhere.missing, nowhere.spot.building_id) == ("no_such_building", None)
    assert nowhere.spot.estate_id is not None
    assert locate(db, Spot(estate="别的小区", building="3")).missing == "estate"


def test_an_estate_name_in_two_communities_goes_by_the_writer(db: Database) -> None:
    sheets = small_town()
    sheets["社区"].append(["和平社区", "", ""])
    bring_in(db, sheets)
    bring_in(
        db,
        {
            "小区": [["小区", "社区"], ["育英小区", "和平社区"]],
            "楼栋": [["小区", "社区", "楼号"], ["育英小区", "和平社区", 3]],
        },
    )
    with db.read():
        communities = {name: key for key, name in town().communities.items()}
    said = Spot(estate="育英小区", building="3")
    unclear = locate(db, said)
    assert (unclear.missing, len(unclear.choices)) == ("estate", 2)
    peace = locate(db, said, community_id=communities["和平社区"])
    assert peace.missing is None
    assert peace.spot.community_id == communities["和平社区"]
    assert locate(db, Spot(building="3"), estate_id=peace.spot.estate_id).spot == peace.spot
    assert locate(db, said, estate_id=peace.spot.estate_id).spot == peace.spot
    assert locate(db, Spot(building="3")).missing == "estate"


def test_the_nearest_estate_within_two_kilometres(db: Database) -> None:
    sheets = small_town()
    sheets["小区"].append(["远方小区", "", "育才社区", "", "", 127.0, 46.64])
    bring_in(db, sheets)
    with db.read():
        near = town().near(126.971, 46.641)
        assert [estate.name for estate, _ in near] == ["育英小区"]
        assert near[0][1] == pytest.approx(135, abs=5)
        assert town().near(0, 0) == ()


def test_distance_is_that_of_the_map() -> None:
    assert distance(116.397, 39.909, 121.474, 31.230) == pytest.approx(
        1_067_000, rel=0.005
    )  # Beijing–Shanghai


@given(st.floats(-180, 180), st.floats(-90, 90), st.floats(-180, 180), st.floats(-90, 90))
def test_distance_is_symmetric_and_never_beyond_half_the_earth(
    a: float, b: float, c: float, d: float
) -> None:
    assert distance(a, b, c, d) == pytest.approx(distance(c, d, a, b), abs=1e-3)
    assert 0 <= distance(a, b, c, d) <= 20_016_000


def test_a_message_asks_the_database_for_no_place(db: Database) -> None:
    bring_in(db, small_town())
    with db.read():
        town()
    with statements(db) as asked, db.read():
        for _ in range(3):
            town().locate(Spot(estate="育英小区", building="3"))
    assert asked == ["SELECT version FROM town_version WHERE id = 1"]


def test_a_town_that_another_process_brings_in_is_seen_at_once(db: Database, tmp_path: Path) -> None:
    bring_in(db, small_town())
    with db.read():
        assert len(town().buildings) == 3
    sheets = small_town()
    sheets["楼栋"].append(["育英小区", 6, "", "", "", "", ""])
    done = hemei(
        *("town", "import", str(as_file(sheets, tmp_path / "t.xlsx"))),
        cwd=tmp_path,
        HEMEI__DATABASE__URL=plain_url(db),
        HEMEI__SERVER__SECRET_KEY=KEY,
    )
    assert done.returncode == 0, done.stderr
    with db.read():
        assert len(town().buildings) == 4


def test_a_transaction_that_fails_leaves_nothing_in_memory(db: Database) -> None:
    bring_in(db, small_town())

    def fails() -> None:
        estate = next(iter(town().estates.values()))
        session().get_one(Estate, estate.id).name = "改了名"
        raise_version()
        assert [place.name for place in town().estates.values()] == ["改了名"]
        raise RuntimeError

    with pytest.raises(RuntimeError):
        db.write(fails)
    with db.read():
        assert [place.name for place in town().estates.values()] == ["育英小区"]


def test_an_empty_town_knows_nothing_and_says_so(db: Database) -> None:
    assert locate(db, Spot(estate="育英小区", building="3")).missing == "estate"
    with db.read():
        assert isinstance(town(), Town)
        assert town().gazetteer.find("育英小区3号楼") is None


def test_names_of_buildings_are_counted_as_people_do() -> None:
    assert sorted(["10", "2", "A3", "1", "东楼"], key=in_order) == ["1", "2", "A3", "10", "东楼"]
    assert spoken_key("003") == spoken_key("3")
    assert spoken_key("a3") == spoken_key("A3")
    assert spoken_key("0") == "0"


def test_the_gazetteer_understands_aliases(db: Database) -> None:
    bring_in(db, small_town())
    with db.read():
        found = town().gazetteer.find("老育英3号楼灯不亮")
    assert found is not None
    assert found.name == "育英小区"
