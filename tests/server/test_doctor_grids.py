"""What the doctor says of grids, keepers and micro-grids."""

from datetime import timedelta

import pytest
from factories import a_town, spot
from grid_town import a_micro_grid, keeps, someone
from sqlalchemy import update

from models.base.clock import now
from models.base.orm import session
from models.duty.tables import Keeper
from models.grid import terms
from models.place.gazetteer import town
from models.place.tables import Building
from server.database import Database
from server.doctor import grids

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)


def found(db: Database) -> dict[str, str]:
    with db.read():
        return {one.code: one.says for one in grids.examine()}


def test_a_town_without_grids_hears_nothing(db: Database) -> None:
    assert found(db) == {}


def test_what_is_not_whole_is_said(db: Database) -> None:
    def work() -> None:
        cast = a_town()
        terms.follow(now() - timedelta(days=1))
        a_micro_grid(cast.zhou.id)

    db.write(work)
    said = found(db)
    assert set(said) == {"grid_faults", "keepers_uneven", "micro_grids_broken"}
    assert said["grid_faults"].startswith("2栋楼")
    assert "合计2栋，楼栋册4栋，0栋有两家管，2栋没人管" in said["keepers_uneven"]
    assert "一号" in said["micro_grids_broken"]


def test_when_all_is_whole_that_is_said(db: Database) -> None:
    def work() -> None:
        a_town()
        grid = spot().grid_id
        session().execute(update(Building).where(Building.estate_id == spot().estate_id).values(grid_id=grid))
        others = [one.id for one in town().buildings.values() if one.estate_id != spot().estate_id]
        session().execute(update(Building).where(Building.id.in_(others)).values(active=False))
        session().execute(update(Keeper).values(until=now()))
        houses = [one.id for one in town().buildings.values() if one.id not in others]
        keeps(someone("新", "keeper", employer="住建局"), *houses, since=now() - timedelta(days=1))
        terms.follow(now())

    db.write(work)
    assert found(db) == {"grids_whole": "3栋楼都正好在一个网格里"}
