"""What is kept of a station beside what models/place/stations.py says of it: what broke, and its medicine."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base.clock import now
from models.base.orm import Base, Numbered


class StationFault(Numbered, Base):
    """Something of a station that somebody found broken. It counts as broken while its case is unfinished and
    nobody who looks after the station has said that it works."""

    __tablename__ = "station_faults"
    __table_args__ = (Index("ix_station_faults_station", "station_id", "kind", "works_at"),)
    station_id: Mapped[int] = mapped_column(ForeignKey("stations.id"))
    kind: Mapped[str]  # a code of templates/labels/stations.toml
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), unique=True)
    at: Mapped[datetime] = mapped_column(default=now)
    works_at: Mapped[datetime | None]
    works_by: Mapped[int | None]


class StationMedicine(Numbered, Base):
    """One batch in a station's medicine box. Rows end (`gone_at`), they are not removed."""

    __tablename__ = "station_medicines"
    __table_args__ = (
        UniqueConstraint("station_id", "name", "expires_on"),
        Index(  # what the clock looks through
            "ix_station_medicines_there",
            "expires_on",
            sqlite_where=text("gone_at IS NULL"),
            postgresql_where=text("gone_at IS NULL"),
        ),
    )
    station_id: Mapped[int] = mapped_column(ForeignKey("stations.id"))
    name: Mapped[str]
    amount: Mapped[int]  # of boxes, rolls, bottles: as it is counted there
    expires_on: Mapped[date]  # the last day on which it may be used
    told_on: Mapped[date | None]  # when its caretaker last heard that it expires
    gone_at: Mapped[datetime | None]
    by_id: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(default=now)
