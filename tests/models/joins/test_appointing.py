"""Who gives which post to whom; and that giving cannot be turned against who is above."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from cast import Cast, Someone
from factories import a_case, a_town, spot, unit_of_work
from sqlalchemy import select

from models.account import accounts, linking, sessions
from models.account.rules import ASVS
from models.audit.noting import Who
from models.audit.tables import Act
from models.base.actor import By
from models.base.clock import now
from models.base.orm import session
from models.base.refusals import Invalid, NotAllowed, NotFound, Refused
from models.case.lifecycle import State
from models.duty.overseeing import decides
from models.history import steps_about
from models.joins import appointing
from models.joins.appointing import Part, end, give, prolong
from models.joins.passing_on import pass_on_one
from models.joins.staffing import Newcomer, enter, let_go, reassign
from models.person.arriving import staff_of
from models.person.tables import Grant
from models.place.tables import Community
from models.place.version import raise_version
from server.database import Database


@pytest.fixture
def cast(db: Database) -> Iterator[Cast]:
    """郑 is administrator of the town; 吴 is given the street in which both communities lie."""
    with unit_of_work(db):
        people = a_town()
        post(people.leader).roles = ["admin"]
        raise_version()
        yield people


def post(one: Someone):
    staff = staff_of(one.id)
    assert staff is not None
    return staff


def by(one: Someone) -> Who:
    return Who(By.staff(one.id), origin="127.0.0.0/24")


def at(name: str) -> Part:
    return Part(community_id=session().scalars(select(Community.id).where(Community.name == name)).one())


STREET = Part(district="北林区", street="东兴街道")
WHY = "顶班"


def refused(code: str, kind: type[Refused], verb, *said, **more) -> None:
    with pytest.raises(kind) as why:
        verb(*said, **more)
    assert why.value.code == code


def test_a_post_is_given_prolonged_and_ended(cast: Cast) -> None:
    there, soon = at("建设社区"), now() + timedelta(days=3)
    key = give(cast.zhao.id, "community", there, by(cast.leader), until=soon, reason=WHY)
    assert give(cast.zhao.id, "community", there, by(cast.leader), until=soon, reason=WHY) == key
    assert decides(cast.zhao.id, there.community_id)
    prolong(key, None, by(cast.leader), WHY)
    assert session().get_one(Grant, key).until is None
    assert end(key, by(cast.leader), WHY)
    assert not end(key, by(cast.leader), WHY)
    assert not decides(cast.zhao.id, there.community_id)
    assert [one.what for one in steps_about("staff", post(cast.zhao).id)] == [
        "post_given", "post_prolonged", "post_ended",
    ]  # fmt: skip
    acts = session().scalars(select(Act).where(Act.act == "rights")).all()
    assert [(one.about_id, one.whom_id, one.purpose) for one in acts] == [("C001", cast.zhao.id, WHY)] * 3


def test_nobody_gives_more_than_they_hold(cast: Cast) -> None:
    give(cast.wu.id, "street", STREET, by(cast.leader), reason=WHY)
    street, here = by(cast.wu), at("育英社区")
    assert give(cast.sun.id, "community", here, street, reason=WHY)
    assert give(cast.sun.id, "street", STREET, street, reason=WHY)
    refused("post_not_yours_to_give", NotAllowed, give, cast.sun.id, "admin", here, street, reason=WHY)
    refused("post_not_yours_to_give", NotAllowed, give, cast.sun.id, "community", Part(), street, reason=WHY)
    for nobody in (cast.zhao, cast.li):  # a desk gives nothing, and sees nobody to give it to
        refused("no_such_number", NotFound, give, cast.sun.id, "community", here, by(nobody), reason=WHY)


def test_nobody_gives_to_themselves(cast: Cast) -> None:
    refused("post_own", NotAllowed, give, cast.leader.id, "supervisor", Part(), by(cast.leader), reason=WHY)
    refused("post_own", NotAllowed, reassign, cast.leader.id, ["street"], None, by(cast.leader), WHY)
    refused("post_own", NotAllowed, let_go, cast.leader.id, by(cast.leader), WHY)


def test_one_administrator_always_stays(cast: Cast) -> None:
    key = give(cast.zhao.id, "admin", Part(), by(cast.leader), reason=WHY)
    reassign(cast.leader.id, ["street"], None, by(cast.zhao), WHY)
    refused("last_admin", NotAllowed, end, key, by(cast.zhao), WHY)
    reassign(cast.leader.id, ["admin"], None, by(cast.zhao), WHY)
    refused("post_own", NotAllowed, prolong, key, now() + timedelta(days=1), by(cast.zhao), WHY)
    assert end(key, by(cast.zhao), WHY)
    soon = now() + timedelta(days=1)
    give(cast.zhao.id, "admin", Part(), by(cast.leader), until=soon, reason=WHY)
    refused("last_admin", NotAllowed, let_go, cast.leader.id, by(cast.zhao), WHY)


def test_what_cannot_be_meant_is_refused(cast: Cast) -> None:
    admin, here, early = by(cast.leader), at("育英社区"), now() - timedelta(days=1)
    refused("post_role", Invalid, give, cast.zhao.id, "keeper", here, admin, reason=WHY)
    refused("post_part", Invalid, give, cast.zhao.id, "street", Part(street="x"), admin, reason=WHY)
    refused("post_part", Invalid, give, cast.zhao.id, "street", Part(grid_id=99), admin, reason=WHY)
    refused("post_term", Invalid, give, cast.zhao.id, "street", here, admin, until=early, reason=WHY)
    refused("reason_needed", Invalid, give, cast.zhao.id, "street", here, admin, reason="  ")
    refused("no_such_number", NotFound, give, cast.wang.id, "street", here, admin, reason=WHY)
    refused("post_not_found", NotFound, end, 99, admin, WHY)


def test_a_post_of_another_street_is_not_there(cast: Cast) -> None:
    key = give(cast.zhou.id, "supervisor", Part(), by(cast.leader), reason=WHY)
    give(cast.wu.id, "street", at("建设社区"), by(cast.leader), reason=WHY)
    mine = give(cast.zhao.id, "supervisor", at("育英社区"), by(cast.leader), reason=WHY)
    for one in (key, mine, 999):
        refused("post_not_found", NotFound, end, one, by(cast.wu), WHY)
    refused("no_such_number", NotFound, reassign, cast.sun.id, ["keeper"], None, by(cast.wu), WHY)


def test_somebody_new_comes_with_a_number_and_somebody_leaves(cast: Cast) -> None:
    here = at("育英社区").community_id
    new = Newcomer("C009", "新来的", ["community"], here, "13900000099", userid="new")
    person = enter(new, by(cast.leader), WHY)
    assert decides(person, here)
    assert staff_of(person).number == "C009"
    refused("number_taken", Invalid, enter, new, by(cast.leader), WHY)
    refused("userid_taken", Invalid, enter, new._replace(number="C010"), by(cast.leader), WHY)
    refused("phone_wrong", Invalid, enter, new._replace(number="C1", phone="1390"), by(cast.leader), WHY)
    refused("post_not_yours_to_give", NotAllowed, enter, new._replace(number="C1"), by(cast.qian), WHY)
    token = sessions.begin(person, "work", strong=True)
    key = give(person, "supervisor", Part(), by(cast.leader), reason=WHY)
    assert sessions.holder(token) is None  # another post is another session (A5)
    let_go(person, by(cast.leader), WHY)
    assert staff_of(person) is None
    assert session().get_one(Grant, key).until <= now()
    assert enter(new._replace(roles=["keeper"]), by(cast.leader), WHY) == person
    assert not decides(person, here)


def test_a_number_that_was_left_opens_nothing_to_whoever_had_it(cast: Cast) -> None:
    new = Newcomer("C009", "新来的", ["community"], at("育英社区").community_id)
    person = enter(new, by(cast.leader), WHY)
    accounts.set_password(person, "a-hash", ASVS)
    link = linking.issue(person, By.staff(cast.leader.id))
    let_go(person, by(cast.leader), WHY)
    refused("number_taken", Invalid, enter, new._replace(name="另一个人"), by(cast.leader), WHY)
    assert enter(new, by(cast.leader), WHY) == person
    account = accounts.account_of(person)
    assert account is not None
    assert (account.password_hash, account.old_hashes) == (None, [])
    assert linking.owner_by(link) is None


def test_what_lay_with_a_desk_goes_on_when_its_term_is_over(cast: Cast) -> None:
    key = give(cast.wu.id, "community", at("育英社区"), by(cast.leader), reason=WHY)
    nobodys = a_case(reporter=cast.wang, category="other", at=spot(building="7", unit=None))
    assert nobodys.state == State.DISPATCHED
    nobodys.accept(cast.wu.id)
    end(key, by(cast.leader), WHY)
    assert pass_on_one()
    assert nobodys.taker_id != cast.wu.id


def test_the_page_asks_what_may_be_given(cast: Cast) -> None:
    give(cast.wu.id, "street", STREET, by(cast.leader), reason=WHY)
    assert appointing.roles_to_give(by(cast.leader)) == [
        "admin", "community", "property", "street", "supervisor",
    ]  # fmt: skip
    assert "admin" not in appointing.roles_to_give(by(cast.wu))
    assert appointing.roles_to_give(by(cast.zhao)) == []
    assert appointing.giving_over(by(cast.leader)) is None
    assert len(appointing.giving_over(by(cast.wu)) or ()) == 2
