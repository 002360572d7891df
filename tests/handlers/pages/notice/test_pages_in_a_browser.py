"""What staff do with a notice, in a real browser: on a small phone, a wide screen, without a script."""

from collections.abc import Callable

import pytest
from browsers import CHROMIUM, SIZES, assert_fits, open_all
from cast import Cast
from factories import unit_of_work
from notices import handed_in, letters_of, tell_all
from playwright.sync_api import BrowserContext
from sqlalchemy import select

from models.base.actor import By
from models.base.clock import now
from models.base.links import personal_path
from models.base.orm import put, session
from models.base.privacy import seal
from models.joins.carrying import carried
from models.notice import reading
from models.person.arriving import move_in
from models.person.tables import Person
from models.place.tables import Building, BuildingGroup, Household
from server.database import Database

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs chromium"),
    pytest.mark.parametrize("db", ["sqlite"], indirect=True),
]
NEIGHBOURS = (
    ("张桂兰", "3", "1", "101"), ("李秀英", "3", "1", "302"), ("欧阳修竹", "3", "2", "402"),
    ("", "3", "2", "601"), ("钱多多", "3", "3", None), ("孙有福", "5", "1", "101"), ("", "7", "1", "201"),
)  # fmt: skip


@pytest.fixture
def number(db: Database, town: Cast) -> int:
    """Told to an estate: some have read it, some are reached by nothing, some groups wait for hands."""
    with unit_of_work(db):
        houses = {
            one.name: one.id for one in session().scalars(select(Building).where(Building.estate_id == 1))
        }
        people = []
        for name, house, unit, room in NEIGHBOURS:
            public = f"p-{house}-{unit}-{room}"
            sealed = seal(name, f"people.name/{public}") if name else None
            people.append(put(Person, public_id=public, name_sealed=sealed, is_rider=False))
            move_in(people[-1], building_id=houses[house], unit=unit, room=room, proof="said")
        for unit in ("1", "2", "3"):
            for floor in range(1, 7):
                put(Household, building_id=houses["3"], unit_name=unit, room=f"{floor}01", active=True)
        group = session().scalars(select(BuildingGroup)).one()
        group.owner_id = town.li.id
        for name in ("育英大群", "育英5号楼老年活动群"):
            put(BuildingGroup, name=name, estate_id=1, active=True)
        key = handed_in(town.zhao.id, {"estates": ["育英小区"]}, kind="urgent").id
    tell_all(db)
    with unit_of_work(db):
        for letter in letters_of(key):
            letter.state, letter.channel, letter.sent_at = "sent", "official", now()
            if letter.to_kind == "group":
                letter.state, letter.reason, letter.channel, letter.sent_at = "by_hand", "by_hand", None, None
            elif letter.to_id in people[1:4]:
                letter.state, letter.reason, letter.channel, letter.sent_at = "by_hand", "no_way", None, None
            elif letter.to_id == people[4]:
                letter.state, letter.reason, letter.sent_at = "failed", "43004 require subscribe", None
            letter.settled_at = now()
        for person in (town.wang.id, people[0], people[5]):
            reading.opened(key, "person", person)
    with unit_of_work(db):
        letters = letters_of(key)
        carried(next(one.id for one in letters if one.to_id == people[1]), By.staff(town.li.id))
        carried(next(one.id for one in letters if one.to_kind == "group"), By.staff(town.li.id))
    return key


def test_every_page_fits_a_small_phone_and_a_wide_screen(
    address: str, number: int, town: Cast, chromium: Callable[..., BrowserContext]
) -> None:
    complaints: list[str] = []

    def path(person: int, more: str = "") -> str:
        return f"/{personal_path('notice', person, number)}{more}"

    pages = {
        "notice-desk": path(town.zhao.id),
        "notice-keeper": path(town.li.id),
        "notice-numbers": path(town.zhao.id, "/numbers"),
        "notice-names": path(town.li.id, "/names/1"),
        "notice-visits": path(town.sun.id, "/visits"),
        "notice-visit": path(town.sun.id, "/visits/1"),
        "notice-groups": path(town.zhao.id, "/groups"),
    }
    page = chromium(*SIZES[0]).new_page()
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda trouble: complaints.append(str(trouble)))
    for name, where in pages.items():
        page.goto(address + where)
        open_all(page)
        assert_fits(page, name)
    assert complaints == []


def test_a_home_is_ticked_without_any_script(
    address: str, number: int, town: Cast, chromium: Callable[..., BrowserContext]
) -> None:
    page = chromium(360, 800, script=False).new_page()
    page.goto(f"{address}/{personal_path('notice', town.sun.id, number)}/visits")
    page.get_by_text("育英小区3号楼").click()
    before = page.get_by_role("button", name="已上门告诉").count()
    page.get_by_role("button", name="已上门告诉").first.click()
    assert "这一家告诉到了" in page.inner_text("main")
    assert page.get_by_role("button", name="已上门告诉").count() == before - 1


def test_words_for_a_group_are_copied_with_one_tap(
    address: str, number: int, town: Cast, chromium: Callable[..., BrowserContext]
) -> None:
    context = chromium(360, 800)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{address}/{personal_path('notice', town.zhao.id, number)}/groups")
    page.get_by_role("button", name="复制文字").first.click()
    page.get_by_text("复制好了").wait_for()
    assert "周二停水" in page.evaluate("navigator.clipboard.readText()")
    without = chromium(360, 800, script=False).new_page()
    without.goto(f"{address}/{personal_path('notice', town.zhao.id, number)}/groups")
    assert without.get_by_role("button", name="复制文字").count() == 0
    assert "周二停水" in without.locator("textarea").first.input_value()
