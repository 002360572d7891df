"""The first administrator: nobody is there by default, and whoever runs the machine makes one."""

from sqlalchemy import select

from models.account import linking
from models.audit.noting import note
from models.base.actor import SYSTEM
from models.base.clock import now
from models.base.orm import public_id, put, session
from models.base.refusals import Invalid, NotAllowed
from models.person import grants
from models.person.tables import Person, Staff
from models.place.version import raise_version

ADMIN = "admin"
NUMBER, NAME = 40, 40


def create(number: str, name: str, *, again: bool = False) -> str:
    """Makes somebody of the staff whose only post is to administrate everything, and gives the token of a
    link to set a password. Raises NotAllowed: admin_there (unless `again`); Invalid: number_taken,
    admin_unnamed."""
    number, name = number.strip(), name.strip()
    if not 0 < len(number) <= NUMBER or not 0 < len(name) <= NAME or not (number + name).isprintable():
        raise Invalid("admin_unnamed")
    if not again and is_there():
        raise NotAllowed("admin_there")
    if session().scalar(select(Staff.id).where(Staff.number == number)) is not None:
        raise Invalid("number_taken")
    person = put(Person, public_id=public_id(), is_rider=False, created_at=now())
    put(Staff, number=number, person_id=person, name=name, roles=[ADMIN], teams=[], active=True)
    raise_version()
    note("rights", SYSTEM, ("account", person), facts={"what": "first_admin"})
    return linking.issue(person, SYSTEM)


def is_there() -> bool:
    """Whether anybody administrates, by the workbook or by a post that was granted and runs now."""
    rows = session().execute(select(Staff.person_id, Staff.roles).where(Staff.active)).all()
    granted = {person for person, held in grants.all_granted() if held.role == ADMIN}
    return any(ADMIN in row.roles or row.person_id in granted for row in rows)
