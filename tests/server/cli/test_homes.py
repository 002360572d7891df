"""A home by its name on the command line: where two estates share one, the community is asked for."""

import pytest
from fee_homes import some_homes
from sqlalchemy import select

from models.base.orm import put, session
from models.place.tables import Building, Community, Estate, Household
from server.cli.homes import home_named, home_said
from server.cli.running import Refusal
from server.database import Database

NAME = "育英小区-3-1-101"


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_a_name_that_two_homes_have_is_not_guessed(db: Database) -> None:
    def made() -> tuple[int, int]:
        (home,) = some_homes(1)
        elsewhere = session().scalars(select(Community.id).where(Community.name == "建设社区")).one()
        estate = put(Estate, name="育英小区", community_id=elsewhere, active=True)
        building = put(Building, estate_id=estate, name="3", active=True)
        return home, put(Household, building_id=building, unit_name="1", room="101", active=True)

    ours, theirs = db.write(made)
    with db.read():
        assert home_said(ours) == home_said(theirs) == NAME
        with pytest.raises(Refusal, match="name the community as well"):
            home_named(NAME)
        assert home_named(NAME, "育英社区") == ours
        assert home_named(NAME, "建设社区") == theirs
        with pytest.raises(Refusal, match="there is no home"):
            home_named(NAME, "别的社区")
