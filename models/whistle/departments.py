"""Who speaks for a department: its contact, or who stands in for a contact who is away."""

from collections.abc import Iterable, Sequence

from sqlalchemy import exists, select

from models.base.orm import session
from models.duty.posts import present
from models.duty.tables import Department
from models.person.arriving import staff_of
from models.person.tables import Staff


def active() -> Sequence[Department]:
    """Those that can be called, in the order in which they take cases: not where the contact has left."""
    has_post = exists().where(Staff.person_id == Department.contact_id, Staff.active)
    query = select(Department).where(Department.active, has_post)
    return session().scalars(query.order_by(Department.id)).all()


def people_of(department: Department) -> tuple[int, ...]:
    """Whoever is there of them now; the contact himself where nobody stands in, unless he has left."""
    if department.contact_id is None:
        return ()
    contact = (department.contact_id,)
    return present().here(contact) or present().active(contact)


def spoken_for_by(person_id: int) -> frozenset[int]:
    """The departments for which this person answers: none for whoever has left the post."""
    if staff_of(person_id) is None:
        return frozenset()
    return frozenset(one.id for one in active() if person_id == one.contact_id or person_id in people_of(one))


def names(keys: Iterable[int]) -> dict[int, str]:
    query = select(Department.id, Department.name).where(Department.id.in_(list(keys)))
    return {row.id: row.name for row in session().execute(query)}
