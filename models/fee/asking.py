"""What a home is charged, for whoever asks."""

from typing import NamedTuple

from sqlalchemy import select

from models.base.clock import local, now
from models.base.orm import session
from models.fee.tables import Basis, Tariff
from models.fee.tariffs import Tariffs
from models.place.tables import Estate, Household


class Known(NamedTuple):
    """`price` in 0.0001 yuan, per m² and month or per home and year; `management` is a code of
    templates/labels/management.toml."""

    estate: str
    basis: Basis
    price: int
    management: str | None


def tariff_of(estate_id: int, building_id: int | None) -> Known | None:
    """What holds today. None when nobody wrote a price down."""
    estate = session().get(Estate, estate_id)
    rate = Tariffs(estate_id).on(estate_id, building_id or 0, local(now()).date())
    return Known(estate.name, rate.basis, rate.price, estate.management) if estate and rate else None


def has_tariffs() -> bool:
    """Whether any estate's price was written down."""
    return session().execute(select(Tariff.id).limit(1)).first() is not None


def area_of(building_id: int, unit: str, room: str) -> int | None:
    """The registered area of a home in 0.01 m², None when it is not known."""
    query = select(Household.area).where(
        Household.building_id == building_id,
        Household.unit_name == unit,
        Household.room == room,
        Household.active,
    )
    return session().execute(query).scalar()
