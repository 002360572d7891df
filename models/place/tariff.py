"""物业费 from what the workbook says: the estate's price and, for a home that is bound, its area."""

from dataclasses import dataclass

from sqlalchemy import select

from models.base.orm import session
from models.place.tables import Estate, Household

_PER_FEN = 10_000  # 0.01 m² × 0.0001 yuan is a millionth of a yuan, a fen holds ten thousand of them
MONTHS = 12


@dataclass(frozen=True, slots=True)
class Tariff:
    """`rate` in 0.0001 yuan per m² and month; `management` is a code of templates/labels/management.toml."""

    estate: str
    rate: int
    management: str | None


def tariff_of(estate_id: int) -> Tariff | None:
    """None when nobody wrote a price down."""
    row = (
        session()
        .execute(select(Estate.name, Estate.fee_rate, Estate.management).where(Estate.id == estate_id))
        .first()
    )
    return Tariff(row.name, row.fee_rate, row.management) if row and row.fee_rate is not None else None


def has_tariffs() -> bool:
    """Whether any estate's price was written down."""
    return (
        session().execute(select(Estate.id).where(Estate.fee_rate.is_not(None)).limit(1)).first() is not None
    )


def area_of(building_id: int, unit: str, room: str) -> int | None:
    """The registered area of a home in 0.01 m², None when it is not known."""
    query = select(Household.area).where(
        Household.building_id == building_id,
        Household.unit_name == unit,
        Household.room == room,
        Household.active,
    )
    return session().execute(query).scalar()


def fee(area: int, rate: int, months: int = 1) -> int:
    """Fen for so many months, rounded once, half upwards: 50 m² at 0.30 yuan are 18 000 fen a year."""
    return (2 * area * rate * months + _PER_FEN) // (2 * _PER_FEN)
