"""What a home is charged, for whoever asks."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import func, select

from models.base.clock import local, now
from models.base.orm import session
from models.fee.tables import Basis, Bill, State, Tariff
from models.fee.tariffs import Tariffs
from models.person.proving import homes_of
from models.place.tables import Building, Estate, Household


class Known(NamedTuple):
    """`price` in 0.0001 yuan, per m² and month or per home and year; `management` is a code of
    templates/labels/management.toml."""

    estate: str
    basis: Basis
    price: int
    management: str | None


class Year(NamedTuple):
    """A home's bills of this year together, in fen."""

    estate: str
    building: str
    unit: str
    room: str
    bills: int
    fen: int
    paid_fen: int


def tariff_of(estate_id: int, building_id: int | None) -> Known | None:
    """What holds today. None when nobody wrote a price down."""
    estate = session().get(Estate, estate_id)
    rate = Tariffs(estate_id).on(estate_id, building_id or 0, local(now()).date())
    return Known(estate.name, rate.basis, rate.price, estate.management) if estate and rate else None


def has_tariffs() -> bool:
    """Whether any estate's price was written down."""
    return session().execute(select(Tariff.id).limit(1)).first() is not None


def own_year(person_id: int) -> Sequence[Year]:
    """What the homes in which this person lives beyond doubt are billed this year, and have paid."""
    year = local(now()).year
    query = (
        select(Estate.name, Building.name, Household.unit_name, Household.room,
               func.count(Bill.id), func.sum(Bill.amount_fen), func.sum(Bill.paid_fen))
        .join(Household, Household.id == Bill.household_id)
        .join(Building, Building.id == Household.building_id)
        .join(Estate, Estate.id == Building.estate_id)
        .where(
            Bill.household_id.in_(homes_of(person_id)),
            Bill.first >= date(year, 1, 1),
            Bill.first < date(year + 1, 1, 1),
            Bill.state != State.VOID,
        )
        .group_by(Household.id, Estate.name, Building.name, Household.unit_name, Household.room)
        .order_by(Household.id)
    )  # fmt: skip
    return [Year(*row[:4], int(row[4]), int(row[5]), int(row[6])) for row in session().execute(query)]


def area_of(building_id: int, unit: str, room: str) -> int | None:
    """The registered area of a home in 0.01 m², None when it is not known."""
    query = select(Household.area).where(
        Household.building_id == building_id,
        Household.unit_name == unit,
        Household.room == room,
        Household.active,
    )
    return session().execute(query).scalar()
