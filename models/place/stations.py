"""驿站: where anybody may rest, warm up, drink, charge (row 80)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from models.base.orm import Base, Numbered, session
from models.place.gazetteer import distance, town
from models.place.hours import Hours, Opening
from models.place.version import Remembered

NEAREST = 3


class Station(Numbered, Base):
    """A place that is open to all. `kinds` are codes of templates/labels/stations.toml."""

    __tablename__ = "stations"
    __table_args__ = (UniqueConstraint("community_id", "name"),)
    community_id: Mapped[int] = mapped_column(ForeignKey("communities.id"))
    estate_id: Mapped[int | None] = mapped_column(ForeignKey("estates.id"))
    name: Mapped[str]
    kinds: Mapped[list[str]] = mapped_column(default=list)
    address: Mapped[str | None]  # as people find it: 育英小区2号楼一层
    hours: Mapped[str | None]  # as models/place/hours.py reads it
    longitude: Mapped[float | None]  # GCJ-02
    latitude: Mapped[float | None]
    caretaker_id: Mapped[int | None]  # a person with a post: who looks after it
    active: Mapped[bool] = mapped_column(default=True)


@dataclass(frozen=True, slots=True)
class StationPlace:
    id: int
    name: str
    kinds: tuple[str, ...]
    address: str | None
    hours: str | None
    opening: Hours | None
    community_id: int
    estate_id: int | None
    point: tuple[float, float] | None  # its own, or its estate's: longitude, latitude


@dataclass(frozen=True, slots=True)
class Near:
    """A station as somebody hears of it. `metres` is None where a point is missing; `opening` is None where
    nobody wrote its hours down."""

    station: StationPlace
    metres: int | None
    opening: Opening | None


def stations() -> tuple[StationPlace, ...]:
    """Those in use, in the order in which they were written down."""
    return _remembered.current()


def nearest(
    point: tuple[float, float] | None,
    kinds: frozenset[str],
    *,
    at: datetime,
    community_id: int | None = None,
    limit: int = NEAREST,
) -> tuple[Near, ...]:
    """Stations that offer one of `kinds` (any, when empty), nearest first, the open ones before the closed.

    `point` is (longitude, latitude), GCJ-02. Without it those of the community come first. `at` is an aware
    moment.
    """
    offering = [one for one in stations() if not kinds or not kinds.isdisjoint(one.kinds)]
    found = [
        Near(one, _metres(point, one.point), one.opening.at(at) if one.opening is not None else None)
        for one in offering
    ]

    def rank(near: Near) -> tuple[bool, bool, float]:
        is_closed = near.opening is not None and not near.opening.is_open
        is_elsewhere = community_id is not None and near.station.community_id != community_id
        return is_closed, is_elsewhere and near.metres is None, near.metres or 0.0

    return tuple(sorted(found, key=rank)[:limit])


def _metres(point: tuple[float, float] | None, to: tuple[float, float] | None) -> int | None:
    return None if point is None or to is None else round(distance(*point, *to))


def _build() -> tuple[StationPlace, ...]:
    estates = town().estates
    found = []
    query = select(Station.__table__).where(Station.active).order_by(Station.id)
    for row in session().connection().execute(query):
        estate = estates.get(row.estate_id)
        spot = row if row.longitude is not None and row.latitude is not None else estate
        point = None if spot is None else (spot.longitude, spot.latitude)
        found.append(
            StationPlace(
                row.id,
                row.name,
                tuple(row.kinds),
                row.address,
                row.hours,
                Hours.read(row.hours) if row.hours else None,
                row.community_id,
                row.estate_id,
                point if point is not None and None not in point else None,  # type: ignore[arg-type]
            )
        )
    return tuple(found)


_remembered = Remembered("stations", _build)
