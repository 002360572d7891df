"""The own telephones of colleagues (手机 of the workbook), for the gateway alone: nobody is shown them."""

from collections.abc import Collection, Mapping

from sqlalchemy import select

from models.base.orm import session
from models.base.privacy import unseal
from models.person.tables import Person, Staff


def telephones(people: Collection[int]) -> Mapping[int, str]:
    """Person → mobile number of 11 digits, of those who are active staff and have one."""
    query = (
        select(Person.id, Person.public_id, Person.phone_sealed)
        .join(Staff, Staff.person_id == Person.id)
        .where(Person.id.in_(people), Staff.active, Person.phone_sealed.is_not(None))
    )
    rows = session().connection().execute(query) if people else ()
    opened = {row.id: unseal(row.phone_sealed, f"people.phone/{row.public_id}") for row in rows}
    return {person: phone for person, phone in opened.items() if phone}
