"""What somebody is told who asks for the price."""

from datetime import UTC, date, datetime

import time_machine
from factories import a_town
from sqlalchemy import select

from models.base.orm import session
from models.fee.asking import Known, has_tariffs, tariff_of
from models.fee.tables import Basis
from models.fee.tariffs import set_price
from models.place.tables import Building, Estate


def test_the_price_of_today_of_the_building_before_the_estates(db):
    def asked() -> list[Known | None]:
        a_town()
        estate = session().scalars(select(Estate.id).where(Estate.name == "育英小区")).one()
        third = session().scalars(select(Building.id).where(Building.estate_id == estate)).first()
        assert not has_tariffs()
        set_price(estate, 3000, date(2026, 1, 1))
        set_price(estate, 3500, date(2026, 12, 1))
        set_price(estate, 1_200_000, date(2026, 3, 1), building_id=third, basis=Basis.YEAR)
        assert has_tariffs()
        other = session().scalars(select(Estate.id).where(Estate.name == "建设小区")).one()
        return [tariff_of(estate, None), tariff_of(estate, third), tariff_of(other, None)]

    with time_machine.travel(datetime(2026, 11, 21, tzinfo=UTC), tick=False):
        assert db.write(asked) == [
            Known("育英小区", Basis.AREA, 3000, None),
            Known("育英小区", Basis.YEAR, 1_200_000, None),
            None,
        ]
