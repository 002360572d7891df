"""A colleague without WeCom is let in by the desk."""

from collections.abc import Iterator

import pytest
from cast import Cast
from factories import a_town, unit_of_work

from models.base.orm import put
from models.base.refusals import NotAllowed
from models.joins.introducing import introduce
from models.person.binding import redeem_code
from models.person.tables import Person, Staff
from server.database import Database


@pytest.fixture
def cast(db: Database) -> Iterator[Cast]:
    with unit_of_work(db):
        yield a_town()


def newcomer(cast: Cast, *, community: int | None) -> int:
    person = put(Person)
    put(Staff, number="K009", person_id=person, name="新来的", roles=["keeper"], community_id=community)
    return person


def community_of(cast: Cast) -> int:
    from models.person.arriving import staff_of

    staff = staff_of(cast.zhao.id)
    assert staff is not None
    assert staff.community_id is not None
    return staff.community_id


def test_the_desk_gets_a_code_that_makes_its_holder_the_colleague(cast: Cast) -> None:
    person = newcomer(cast, community=community_of(cast))
    staff, code = introduce(cast.zhao.id, "K009")
    assert staff.name == "新来的"
    assert redeem_code(code) == person
    assert redeem_code(code) is None


def test_nobody_else_gets_one(cast: Cast) -> None:
    newcomer(cast, community=community_of(cast))
    for other in (cast.li, cast.qian, cast.wang):
        with pytest.raises(NotAllowed, match="no_such_number"):
            introduce(other.id, "K009")


def test_a_desk_lets_in_its_own_colleagues_only(cast: Cast) -> None:
    newcomer(cast, community=None)
    for number in ("K009", "K003", "X999"):
        with pytest.raises(NotAllowed, match="no_such_number"):
            introduce(cast.zhao.id, number)


def test_no_code_is_given_for_a_colleague_who_is_connected(cast: Cast) -> None:
    with pytest.raises(NotAllowed, match="already_connected"):
        introduce(cast.zhao.id, "G001")
