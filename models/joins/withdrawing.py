"""Somebody takes an agreement back (X03): what hung on it ends at once, and what was kept for it goes.

Cases, bills and receipts stay: they are evidence and books, and do not stand on consent.
"""

from sqlalchemy import delete, select, update

from models.base.actor import By
from models.base.orm import session
from models.case.case import Case
from models.client import settings, tokens
from models.client.tables import Upload
from models.consent.consents import BASIC
from models.outbox.address import Address, Channel, Consent
from models.person import proving
from models.person.tables import Home, Person, Staff

PLACE = "precise_place"


def withdrawn(person_id: int, kind: str) -> None:
    """After the answer no was kept."""
    if kind == BASIC:
        _gone(person_id)
    if kind == PLACE:
        _nowhere_exact(person_id)


def _gone(person_id: int) -> None:
    """Whoever withdraws the first notice is no longer known to the program, nor by telephone or home."""
    tokens.end_all(person_id, "withdrawn")
    settings.forget(person_id)
    _nowhere_exact(person_id)
    homes = session().scalars(select(Home.id).where(Home.person_id == person_id, Home.until.is_(None)))
    for home in homes.all():
        proving.end(home, By.person(person_id))
    run = session().execute
    unused = Upload.state.in_(("open", "kept"))
    run(update(Upload).where(Upload.person_id == person_id, unused).values(state="refused"))
    mine = (Address.owner_kind == "person", Address.owner_id == person_id, Address.channel == Channel.MINI)
    run(delete(Consent).where(Consent.address_id.in_(select(Address.id).where(*mine))))
    run(delete(Address).where(*mine))
    has_post = select(Staff.id).where(Staff.person_id == person_id, Staff.active)
    if session().execute(has_post).first() is None:
        forgotten = {"phone_sealed": None, "phone_hash": None, "name_sealed": None}
        run(
            update(Person)
            .where(Person.id == person_id)
            .values(unionid=None, consented_at=None, **forgotten)
            .execution_options(synchronize_session=False)
        )


def _nowhere_exact(person_id: int) -> None:
    """Where a report was made to the metre; which estate and building it is about stays with the case."""
    exact = (Case.reporter_id == person_id) & Case.longitude.is_not(None)
    run = session().execute
    run(update(Case).where(exact).values(longitude=None, latitude=None))
