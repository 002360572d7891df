"""A home has another owner: what the former one and those of that one's word could read ends (A9, X05)."""

import pytest
from sqlalchemy import select
from town_workbooks import bring_in, small_town

from models.base.clock import now
from models.base.orm import public_id, put, session
from models.person.proving import homes_of
from models.person.tables import Home, Person
from models.place.tables import Household
from server.database import Database

PROOFS = ("register_phone", "member", "staff", "said")


def lived_in(db: Database) -> dict[str, int]:
    """By proof, somebody who lives in 501."""

    def work() -> dict[str, int]:
        there = session().scalars(select(Household).where(Household.room == "501")).one()
        people = {}
        for proof in PROOFS:
            people[proof] = put(Person, public_id=public_id(), is_rider=False, created_at=now())
            put(
                Home, person_id=people[proof], building_id=there.building_id, unit_name=there.unit_name,
                room=there.room, proof=proof, since=now(),
            )  # fmt: skip
        return people

    return db.write(work)


def open_homes(db: Database, people: dict[str, int]) -> tuple[list[str], list[str]]:
    """Whose home is still open, and who reads its money."""
    with db.read():
        still = set(session().scalars(select(Home.person_id).where(Home.until.is_(None))))
        return (
            [proof for proof in PROOFS if people[proof] in still],
            [proof for proof in PROOFS if homes_of(people[proof])],
        )


@pytest.mark.parametrize(
    ("owner", "phone", "is_sold"),
    [
        ("李四", "13900000009", True),
        ("张三", "13900000009", False),  # the same owner has a new number
        ("张三", "", False),  # or none that we know
        ("张三丰", "13900000001", False),  # a slip in the name was put right
        ("李四", "", True),  # nobody knows the new one's number yet
    ],
)
def test_another_name_and_another_number_are_another_owner(
    db: Database, owner: str, phone: str, is_sold: bool
) -> None:
    sheets = small_town()
    bring_in(db, sheets)
    people = lived_in(db)
    bring_in(db, sheets)
    assert open_homes(db, people) == (list(PROOFS), ["register_phone", "member", "staff"])
    sheets["住户"][1][5:7] = [owner, phone]
    bring_in(db, sheets)
    still = (
        (["staff", "said"], ["staff"]) if is_sold else (list(PROOFS), ["register_phone", "member", "staff"])
    )
    assert open_homes(db, people) == still
