"""Where a person says to live, with what is known of each home."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from models.base.orm import session
from models.person.proving import PROVEN
from models.person.tables import Home
from models.place.gazetteer import town
from models.place.spot import Spot


class Residence(NamedTuple):
    """`is_proven`: the register's telephone, staff, or somebody who lives there has said so."""

    home_id: int
    spot: Spot
    since: datetime
    is_proven: bool


def homes_said(person_id: int) -> list[Residence]:
    """The person's homes of now, the oldest first; those that the register no longer has are left out."""
    query = select(Home).where(Home.person_id == person_id, Home.until.is_(None)).order_by(Home.id)
    found = []
    for home in session().scalars(query):
        spot = town().spot_of_building(home.building_id, home.unit_name, home.room, how="home")
        if spot is not None:
            found.append(Residence(home.id, spot, home.since, home.proof in PROVEN))
    return found
