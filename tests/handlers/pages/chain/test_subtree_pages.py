"""Two chains in one community: by no page and no form does a holder reach a case of the other chain (A9)."""

from secrets import token_urlsafe

import pytest
from cast import Cast, Someone
from factories import a_case, spot
from page_phone import Phone
from sqlalchemy import select

from models.base.clock import now
from models.base.links import personal_path
from models.base.orm import put, session
from models.duty.tables import RungHolder
from models.history import steps_about
from models.place.tables import Building, Grid
from models.place.version import raise_version
from server.database import Database

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)

FORMS = ("accept", "give_back", "transfer", "finish", "acknowledge", "correct", "add", "void", "take_over")


@pytest.fixture
def cases(db: Database, town: Cast) -> tuple[int, int]:
    """At 5号楼, over which 马 and 李 stand, and at 7号楼, over which 周 and 吴 do; nobody was offered
    either."""

    def work() -> tuple[int, int]:
        one = session().scalars(select(Grid)).one()
        other = put(Grid, name="育英二网格", community_id=one.community_id)
        session().scalars(select(Building).where(Building.name == "7")).one().grid_id = other
        session().flush()
        raise_version()
        found = tuple(
            a_case(
                reporter=town.wang,
                at=spot(building=name, unit=None),
                category="noise",
                text=f"{name}号楼太吵",
            ).id
            for name in ("5", "7")
        )
        for grid, above in ((one.id, (town.ma, town.li)), (other, (town.zhou, town.wu))):
            for rung, who in enumerate(above, 1):
                put(RungHolder, grid_id=grid, rung=rung, person_id=who.id, since=now())
        raise_version()
        return found[0], found[1]

    return db.write(work)


def link(someone: Someone, case_id: int) -> str:
    return "/" + personal_path("case", someone.id, case_id)


def test_the_page_of_a_case_opens_for_its_own_chain_alone(
    phone: Phone, town: Cast, cases: tuple[int, int]
) -> None:
    for one, sees in ((town.ma, 0), (town.li, 0), (town.zhou, 1), (town.wu, 1)):
        assert phone.open(link(one, cases[sees])).status_code == 200, one
        assert phone.open(link(one, cases[1 - sees])).status_code == 404, one
        assert "太吵" not in phone.open(link(one, cases[1 - sees])).text


@pytest.mark.parametrize("form", FORMS)
def test_no_form_of_the_other_chain_does_anything(
    db: Database, phone: Phone, town: Cast, cases: tuple[int, int], form: str
) -> None:
    with db.read():
        before = [one.what for one in steps_about("case", cases[0])]
    for one in (town.zhou, town.wu):
        answer = phone.send(f"{link(one, cases[0])}/{form}", once=token_urlsafe(9), words="x", reason="x")
        assert answer.status_code == 404, one
    with db.read():
        assert [one.what for one in steps_about("case", cases[0])] == before


def test_who_stands_over_a_case_reads_it_but_does_not_work_on_it(
    db: Database, phone: Phone, town: Cast, cases: tuple[int, int]
) -> None:
    with db.read():
        before = [one.what for one in steps_about("case", cases[0])]
    for form in ("accept", "finish", "transfer", "give_back", "void"):
        answer = phone.send(f"{link(town.ma, cases[0])}/{form}", once=token_urlsafe(9), words="x", reason="x")
        assert 400 <= answer.status_code < 500, form
    with db.read():
        assert [one.what for one in steps_about("case", cases[0])] == before
