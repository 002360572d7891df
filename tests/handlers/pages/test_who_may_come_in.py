"""Route by caller: who gets in by which link, and that everybody else finds nothing there (A9, A10, A6).

Every route by every caller: tests/handlers/test_rights.py with docs/rights.md. Here a notice, as a draft
and told. In: not 404; whether the moment is right is said elsewhere.
"""

import shutil
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cast import Cast
from factories import a_town
from notices import a_notice, handed_in, letters_of, tell_all
from page_phone import Phone
from pictures import photo
from settled_town import Settled, settled
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from handlers.pages.notice.groups import code_picture
from models.base.actor import By
from models.base.clock import now
from models.base.links import personal_path
from models.base.orm import put, session
from models.duty.tables import Keeper
from models.media.files import Files
from models.media.item import Item
from models.notice import enclosed
from models.notice.enclosed import PICTURE, Enclosure
from models.notice.tables import NoticeDoor
from models.person.tables import Staff
from models.place.customer_groups import JoinWay
from models.place.tables import Building, BuildingGroup
from server.app import create_app
from server.config import Config
from server.database import Database

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)

# The notice is of 育英社区 and for 育英3号楼. 王 was told; 孙小雨 holds a link and was not.
# 李 keeps the building, 马 kept it until yesterday, 吴 keeps one of another community.
# 赵 is its desk, as 周 was, who has left; 钱 is the desk of another community, 郑 the town's.
CALLERS = ("wang", "sun_xiaoyu", "li", "ma", "wu", "zhao", "qian", "leader", "zhou")
ALL, NOBODY = " ".join(CALLERS), ""
DESK, DESKS = "zhao leader", "zhao qian leader"


@dataclass(frozen=True, slots=True)
class Row:
    """Under a notice's or a desk's link: who gets in when the notice has been told (or to the desk), and who
    while it is a draft (None: as when it has been told)."""

    link: str
    path: str
    told: str
    draft: str | None = None
    posts: bool = False
    once: bool = False  # after the first who may, it is not there any more


ROWS = {
    "opened": Row("notice", "", ALL, DESK),
    "file": Row("notice", "/files/{item}", ALL, DESK),
    "progress": Row("notice", "/notice/progress", DESK),
    "notice_numbers": Row("notice", "/numbers", DESK),
    "notice_names": Row("notice", "/names/{building}", "li", NOBODY),
    "notice_visits": Row("notice", "/visits", "li wu zhao leader", DESK),
    "notice_visit": Row("notice", "/visits/{building}", "li zhao leader", NOBODY),
    "notice_groups": Row("notice", "/groups", DESK),
    "notice_picture": Row("notice", "/groups/{letter}.png", DESK, NOBODY),
    "notice_sheets": Row("notice", "/groups.pdf", DESK, NOBODY),
    "enclose": Row("notice", "/files", DESK, posts=True),
    "take_out": Row("notice", "/files/{item}", DESK, posts=True, once=True),
    "notice": Row("notice", "/notice/discard", DESK, posts=True),
    "keep": Row("notice", "/notice/keep/audience", DESK, posts=True),
    "notice_visited": Row("notice", "/visits/{building}/told", "li zhao leader", NOBODY, posts=True),
    "notice_pasted": Row("notice", "/groups/{letter}/pasted", DESK, NOBODY, posts=True),
    "fees": Row("notice", "/fees", DESK, posts=True),
    "notices": Row("desk", "/notices", DESKS),
    "moving": Row("desk", "/notices/progress", DESKS),
    "write": Row("desk", "/notices/write", DESKS, posts=True),
    "groups_act": Row("desk", "/groups/bind", DESKS, posts=True),
    "join_picture": Row("desk", "/groups/code/{group}.png", DESK),
    "join_sheet": Row("desk", "/groups/code/{group}.pdf", DESK),
    "desk_act": Row("desk", "/desk/enter", "li ma wu zhao qian leader", posts=True),
}
# Under a link of theirs to a case: test_case_page.py, test_desk_page.py; a claim that may be confirmed:
# notice/test_fees.py.
ELSEWHERE = {"medium": "media/x", "call": "call", "act": "add", "home_of": "fees/home"}


@dataclass(frozen=True, slots=True)
class Facts:
    town: Cast
    numbers: dict[str, Any]
    files: Path


@pytest.fixture(scope="module")
def sqlite_template(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Settled[Facts]:
    folder = tmp_path_factory.mktemp("who")

    def furnish(db: Database) -> Facts:
        town = db.write(a_town)
        return Facts(town, told_and_draft(db, town, folder / "files"), folder / "files")

    return settled(sqlite_template, folder, furnish)


@pytest.fixture
def town(sqlite_template: Settled[Facts]) -> Cast:
    return sqlite_template.facts.town


@pytest.fixture
def numbers(sqlite_template: Settled[Facts], config: Config) -> dict[str, Any]:
    facts = sqlite_template.facts
    shutil.copytree(facts.files, config.storage.dir)
    return facts.numbers


def told_and_draft(db: Database, town: Cast, files: Path) -> dict[str, Any]:
    """A notice that was told, with one home that nothing reaches and a group by hand; and a draft."""

    def enclose(notice: Any) -> str:
        file = Files(files).keep(photo(), "image/jpeg")
        by = By.staff(town.zhao.id)
        enclosed.enclose(notice, [Enclosure(PICTURE, file, "image/jpeg")], by)
        return session().scalars(select(Item.public_id).order_by(Item.id.desc())).first() or ""

    def work() -> dict[str, Any]:
        kept = update(Keeper).where(Keeper.person_id == town.ma.id)
        session().execute(kept.values(until=now() - timedelta(days=1)))
        left = update(Staff).where(Staff.person_id == town.zhou.id)
        session().execute(left.values(roles=["community"], community_id=1, active=False))
        group = session().scalars(select(BuildingGroup.id)).one()
        put(JoinWay, group_id=group, state="s", wanted_at=now(), next_try_at=now(), picture=code_picture("x"))
        draft = a_notice(town.zhao.id)
        items = {"draft": enclose(draft)}
        told = handed_in(town.zhao.id)
        told.state = "draft"  # because only a draft takes files
        items["told"] = enclose(told)
        told.state = "waiting"
        building = session().scalars(select(Building.id).where(Building.name == "3")).one()
        return {
            "told": told.id,
            "draft": draft.id,
            "items": items,
            "building": building,
            "group": group,
        }

    made = db.write(work)
    tell_all(db)

    def hands() -> None:
        for letter in letters_of(made["told"]):
            letter.state, letter.reason, letter.settled_at = "by_hand", "no_way", now()
            if letter.to_kind == "group":
                made["letter"] = letter.id

    db.write(hands)
    return made


def address(token: str, row: Row, numbers: dict[str, Any], state: str) -> str:
    return token + row.path.format(**numbers, item=numbers["items"][state])


def token(row: Row, person: int, numbers: dict[str, Any], state: str) -> str:
    return "/" + personal_path(row.link, person, numbers[state] if row.link == "notice" else 0)


def asked(phone: Phone, row: Row, path: str) -> TestResponse:
    return phone.send(path, unit="2", room="501") if row.posts else phone.open(path)


def cells() -> list[tuple[str, str]]:
    of_notices = [name for name, row in ROWS.items() if row.link == "notice"]
    return [*((name, "told") for name in ROWS), *((name, "draft") for name in of_notices)]


@pytest.mark.parametrize(("name", "state"), cells())
def test_who_gets_in(phone: Phone, town: Cast, numbers: dict[str, Any], name: str, state: str) -> None:
    row = ROWS[name]
    may = (row.told if state == "told" or row.draft is None else row.draft).split()
    # whoever may not comes first, because what the others do may change what is there
    for who in sorted(CALLERS, key=lambda one: one in may):
        path = address(token(row, getattr(town, who).id, numbers, state), row, numbers, state)
        status = asked(phone, row, path).status_code
        assert (status != 404) is (who in may), (who, status)
        assert status < 500, who
        if row.once and status == 303:
            break


@pytest.mark.parametrize("name", [*ROWS, *ELSEWHERE])
def test_a_link_that_is_not_ours_or_is_of_another_kind_opens_nothing(
    phone: Phone, town: Cast, numbers: dict[str, Any], name: str
) -> None:
    row = ROWS.get(name) or Row("notice", f"/{ELSEWHERE[name]}", "", posts=name != "medium")
    good = token(row, town.zhao.id, numbers, "told")
    other = "/" + personal_path("case", town.zhao.id, 1)
    for bad in ("/p/x", good[:-2] + ("AA" if not good.endswith("AA") else "BB"), other):
        assert asked(phone, row, address(bad, row, numbers, "told")).status_code in (404, 405)


@pytest.mark.parametrize("name", [one for one, row in ROWS.items() if row.posts] + ["home_of"])
@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://else.example"}],
    ids=["cross", "sister", "origin"],
)
def test_no_other_site_sends_a_form_in_somebodys_name(
    phone: Phone, town: Cast, numbers: dict[str, Any], name: str, headers: dict[str, str]
) -> None:
    row = ROWS.get(name) or Row("notice", f"/{ELSEWHERE[name]}", "")
    path = address(token(row, town.leader.id, numbers, "draft"), row, numbers, "draft")
    assert phone.send(path, headers=headers).status_code == 403


def test_a_groups_address_opens_its_own_notice_and_no_other(
    db: Database, phone: Phone, numbers: dict[str, Any]
) -> None:
    with db.read():
        code = session().scalars(select(NoticeDoor.code)).one()
    assert len(code) == 22
    assert phone.open(f"/q/{code}").status_code == 200
    told, draft = numbers["items"]["told"], numbers["items"]["draft"]
    assert phone.open(f"/q/{code}/files/{told}").status_code == 200
    assert phone.open(f"/q/{code}/files/{draft}").status_code == 404
    for more in ("numbers", "visits", "groups", f"names/{numbers['building']}"):
        assert phone.open(f"/q/{code}/{more}").status_code == 404


def test_what_a_row_sends_is_what_its_route_takes(db: Database, config: Config) -> None:
    rules = {one.endpoint: one for one in create_app(config, db).url_map.iter_rules()}
    assert {name for name, row in ROWS.items() if row.posts} == {
        name for name in ROWS if "POST" in (rules[f"pages.{name}"].methods or ())
    }
