"""The platform's certificates (certificate mode), kept where all processes read them; only the clock asks for
new ones."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Mapped, mapped_column

from models.base import tallies
from models.base.orm import Base, session, upsert
from models.outbox.meters import Meters

UNKNOWN = "pay_unknown_serials"  # a tally: somebody named a certificate that we have not
ROUTINE = timedelta(hours=12)  # as the platform advises; a new one comes days before the old one ends
SELDOM = timedelta(minutes=10)  # whatever strangers send us
_METER = "pay/certificates"


class Certificate(Base):
    """平台证书. `pem` proves what the platform says while it holds."""

    __tablename__ = "pay_certificates"
    serial: Mapped[str] = mapped_column(primary_key=True)
    pem: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    seen_at: Mapped[datetime]  # when the platform named it last


class Held(NamedTuple):
    serial: str
    pem: str
    starts_at: datetime
    ends_at: datetime


def holding(at: datetime) -> list[Held]:
    """Those that hold at this moment: several at once while one follows another."""
    query = select(Certificate.serial, Certificate.pem, Certificate.starts_at, Certificate.ends_at).where(
        Certificate.starts_at <= at, Certificate.ends_at > at
    )
    return [Held(*row) for row in session().connection().execute(query)]


def take_look(at: datetime, *, is_needed: bool) -> bool:
    """Whether the platform is to be asked now; who gets True asks, nobody else for ten minutes.

    `is_needed`: there is no other key of the platform's. Then it is asked twice a day; else only when
    something was signed by a certificate that we have not.
    """
    seen = session().execute(select(func.max(Certificate.seen_at))).scalar()
    is_due = is_needed and (seen is None or at - seen >= ROUTINE or not holding(at))
    if not is_due:
        missed = tallies.last_seen(UNKNOWN)
        is_due = missed is not None and (seen is None or missed > seen)
    if not is_due:
        return False
    meters = Meters([_METER], at)
    is_free = meters.pace(_METER, 1, SELDOM) is None
    meters.save()
    return is_free


def keep(found: Sequence[Held], at: datetime) -> None:
    """What the platform has now; those that ended go."""
    for one in sorted(found):
        statement = upsert(Certificate).values(**one._asdict(), seen_at=at)
        session().connection().execute(
            statement.on_conflict_do_update(
                index_elements=[Certificate.serial], set_={"pem": one.pem, "seen_at": at}
            )
        )
    session().connection().execute(delete(Certificate).where(Certificate.ends_at <= at))
