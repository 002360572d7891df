"""Who has read it: numbers for the desk, names for the building's own staff, and nothing for anybody else."""

import pytest
from cast import Cast, Someone
from notices import handed_in, letters_of, tell_all
from page_phone import Phone
from sqlalchemy import select
from standing import standing

from models.base.clock import now
from models.base.links import personal_path
from models.base.orm import put, session
from models.base.privacy import seal
from models.duty.tables import Keeper, RungHolder
from models.history import steps_about
from models.notice import reading
from models.notice.tables import Notice
from models.person.arriving import move_in
from models.person.tables import Person
from models.place.tables import Building, BuildingGroup, Grid
from models.place.version import raise_version
from server.database import Database

ESTATE = {"estates": ["育英小区"]}


def page_of(someone: Someone, number: int, more: str = "") -> str:
    return "/" + personal_path("notice", someone.id, number) + more


def third() -> int:
    return session().scalars(select(Building.id).where(Building.name == "3")).one()


@pytest.fixture
def number(db: Database, town: Cast) -> int:
    """王 has read it, 张桂兰 was told by the service account, a third neighbour is reached by nothing."""

    def neighbours() -> list[int]:
        found = []
        for name, room in (("张桂兰", "502"), ("李秀英", "601")):
            public = f"p-{room}"
            sealed = seal(name, f"people.name/{public}")
            found.append(put(Person, public_id=public, name_sealed=sealed, is_rider=False))
            move_in(found[-1], building_id=third(), unit="2", room=room, proof="said")
        return found

    _, missed = db.write(neighbours)
    key = db.write(lambda: handed_in(town.zhao.id, ESTATE).id)
    tell_all(db)

    def became() -> None:
        for letter in letters_of(key):
            letter.state, letter.channel, letter.sent_at = "sent", "official", now()
            if letter.to_kind == "person" and letter.to_id == missed:
                letter.state, letter.reason, letter.sent_at = "by_hand", "no_way", None
        reading.opened(key, "person", town.wang.id)

    db.write(became)
    return key


def names(someone: Someone, number: int, db: Database) -> str:
    with db.read():
        return page_of(someone, number, f"/names/{third()}")


@pytest.mark.parametrize("who", ["li", "ma", "sun"])
def test_keepers_and_grid_worker_see_who_has_read_it_and_each_look_is_a_step(
    db: Database, phone: Phone, town: Cast, number: int, who: str
) -> None:
    someone = getattr(town, who)
    page = phone.open(names(someone, number, db)).text
    assert "1/3人看了" in page
    assert "501室" in page
    assert "看了，" in page
    assert "张**" in page
    assert "没看。服务号告诉的" in page
    assert "李**" in page
    assert "没告诉到：等人手工转达：现在没有一条路可以走" in page
    assert "张桂兰" not in page
    phone.open(names(someone, number, db))
    with db.read():
        looks = [one for one in steps_about("notice", number) if one.what == "names_seen"]
        assert [(one.by_id, one.facts["building"], one.facts["people"]) for one in looks] == [
            (someone.id, third(), 3)
        ] * 2
        assert "张" not in str([one.facts for one in looks])


def test_whoever_holds_a_higher_rung_of_its_grid_sees_it_too(
    db: Database, phone: Phone, town: Cast, number: int
) -> None:
    def promote() -> None:
        grid = session().scalars(select(Grid.id)).one()
        put(RungHolder, grid_id=grid, rung=3, person_id=town.zhou.id, since=now())
        raise_version()

    assert phone.open(names(town.zhou, number, db)).status_code == 404
    db.write(promote)
    assert phone.open(names(town.zhou, number, db)).status_code == 200


@pytest.mark.parametrize("who", ["zhao", "leader", "qian", "wu", "zhou", "wang", "sun_xiaoyu", "rider"])
def test_nobody_else_sees_names(db: Database, phone: Phone, town: Cast, number: int, who: str) -> None:
    assert phone.open(names(getattr(town, who), number, db)).status_code == 404
    with db.read():
        assert "names_seen" not in [one.what for one in steps_about("notice", number)]


def test_a_keeper_who_gave_the_building_up_sees_them_no_more(
    db: Database, phone: Phone, town: Cast, number: int
) -> None:
    def leave() -> None:
        session().scalars(select(Keeper).where(Keeper.person_id == town.li.id)).one().until = now()
        raise_version()

    db.write(leave)
    assert phone.open(names(town.li, number, db)).status_code == 404
    assert "名单" not in phone.open(page_of(town.li, number)).text


def test_units_stand_in_the_order_in_which_people_count(
    db: Database, phone: Phone, town: Cast, number: int
) -> None:
    def tenth() -> int:
        person = put(Person, public_id="p-10", is_rider=False)
        move_in(person, building_id=third(), unit="10", room="101", proof="said")
        return handed_in(town.zhao.id, ESTATE).id

    key = db.write(tenth)
    tell_all(db)
    page = phone.open(names(town.li, key, db)).text
    assert page.index("<h2>2单元</h2>") < page.index("<h2>10单元</h2>")


def test_before_it_is_told_there_is_no_list(db: Database, phone: Phone, town: Cast) -> None:
    number = db.write(lambda: handed_in(town.zhao.id, ESTATE).id)
    assert phone.open(names(town.li, number, db)).status_code == 404


def test_the_keepers_page_leads_to_the_list_and_the_residents_does_not(
    db: Database, phone: Phone, town: Cast, number: int
) -> None:
    page = phone.open(page_of(town.li, number)).text
    assert "1/3人看了" in page
    with db.read():
        assert f"/names/{third()}" in page
    assert "上门告诉：还有1家" in page
    for other in (town.wang, town.wu, town.rider):
        page = phone.open(page_of(other, number)).text
        assert "谁收到了" not in page
        assert "/names/" not in page


def test_the_desk_sees_numbers_by_building_and_unit(
    db: Database, phone: Phone, town: Cast, number: int
) -> None:
    page = phone.open(page_of(town.zhao, number)).text
    assert "1/3人看了" in page
    assert "现在没有一条路可以走" in page
    assert "/names/" not in page
    page = phone.open(page_of(town.zhao, number, "/numbers")).text
    assert "育英小区3号楼" in page
    assert "2单元" in page
    assert "1/3" in page
    assert standing("501", page) == []
    for words in ("张", "李**"):
        assert words not in page
    for other in (town.li, town.qian, town.wang):
        assert phone.open(page_of(other, number, "/numbers")).status_code == 404


def test_whom_nothing_reaches_of_the_staff_is_named_to_the_desk(
    db: Database, phone: Phone, town: Cast
) -> None:
    to = {"roles": ["keeper"], "communities": ["育英社区"]}
    number = db.write(lambda: handed_in(town.zhao.id, to).id)
    tell_all(db)

    def missed() -> None:
        letter = next(one for one in letters_of(number) if one.to_id == town.ma.id)
        letter.state, letter.reason = "by_hand", "no_address"

    db.write(missed)
    page = phone.open(page_of(town.zhao, number)).text
    assert "没联系上的同事：马师傅" in page
    assert "上门" not in page
    assert "没联系上的同事" not in phone.open(page_of(town.li, number)).text


def test_who_has_not_read_it_is_told_once_more_after_a_look(
    db: Database, phone: Phone, town: Cast, number: int
) -> None:
    page = phone.open(page_of(town.zhao, number)).text
    assert "没看的2人，换个办法再告诉一次" in page
    page = phone.sent_and_shown(page_of(town.zhao, number, "/notice/second_round"), once="b" * 16)
    assert "只给没看的人" in page
    assert "2人、0个群" in page
    with db.read():
        second = session().scalars(select(Notice).where(Notice.id != number)).one()
        assert second.audience == ESTATE | {"unread_of": number}
    assert phone.send(page_of(town.li, number, "/notice/second_round")).status_code == 404


def test_the_page_of_a_desk_says_what_to_do_about_it(
    db: Database, phone: Phone, town: Cast, number: int
) -> None:
    def by_hand() -> None:
        letter = next(one for one in letters_of(number) if one.to_kind == "group")
        letter.state, letter.reason = "by_hand", "by_hand"
        session().get_one(BuildingGroup, letter.to_id).owner_id = town.ma.id

    db.write(by_hand)

    def desk(someone: Someone) -> str:
        return phone.open("/" + personal_path("desk", someone.id)).text

    page = desk(town.sun)  # grid worker
    assert "1人要上门告诉" in page
    assert f"/console/notices/{number}/visits" in page
    assert "您管的楼里1/3人看了" in page
    assert f"/console/notices/{number}/groups" in desk(town.ma)  # owner of the group, too
    page = desk(town.zhao)
    assert "还有1个群要贴" in page
    assert "您管的楼" not in page
    for other in (town.wu, town.qian, town.zhou):
        assert "要您跑一趟的" not in desk(other)
    phone.send(page_of(town.zhao, number, "/notice/withdraw"))
    for someone in (town.sun, town.ma, town.zhao):
        assert "要您跑一趟的" not in desk(someone)


@pytest.mark.parametrize("more", ["/names/99999999999999999999", "/visits/2147483647", "/groups/1.png"])
def test_what_is_not_there_is_not_there(phone: Phone, town: Cast, number: int, more: str) -> None:
    assert phone.open(page_of(town.li, number, more)).status_code == 404


@pytest.mark.parametrize("start", ["-1", "99999999999999999999", "x"])
def test_a_strange_page_number_breaks_nothing(
    db: Database, phone: Phone, town: Cast, number: int, start: str
) -> None:
    assert phone.open(names(town.li, number, db) + f"?from={start}").status_code == 200
    assert phone.open(page_of(town.zhao, number, f"/groups?from={start}")).status_code == 200
    assert phone.open(page_of(town.zhao, number, f"/numbers?estate={start}")).status_code == 200
