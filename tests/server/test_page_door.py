"""Who opens a page of the service account, asked of WeChat: what is believed, and what is done without it."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from pay_desk import PayDesk, pay_desk
from settings_files import configuration, plain_url

from models.base.refusals import NotAllowed
from server.database import Database
from server.page_door import Known, PageDoor
from server.sandbox.world import Phone

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[PayDesk]:
    with pay_desk(tmp_path) as made:
        made.simulator.add(Phone("wang", "wang", "resident", openid="o-wang", unionid="u-wang"))
        yield made


def code(desk: PayDesk) -> str:
    return desk.simulator.codes.issue("page", "wang", desk.simulator.clock())


def asked(desk: PayDesk, path: str) -> int:
    return sum(1 for line in desk.simulator.ledger if line.path == path)


def test_the_real_platform_asks_on_its_own_page(tmp_path: Path, db: Database) -> None:
    official = {"app_id": "wx1", "app_secret": "s", "token": "t"}
    server = {"base_url": "https://he.example/"}
    config = configuration(tmp_path, plain_url(db), wechat_official=official, server=server)
    address = urlsplit(PageDoor(config, db).address("/me/back", "s1"))
    assert (address.hostname, address.path) == ("open.weixin.qq.com", "/connect/oauth2/authorize")
    query = parse_qs(address.query)
    assert (query["redirect_uri"], query["state"]) == (["https://he.example/me/back"], ["s1"])
    assert query["scope"] == ["snsapi_base"]


def test_whoever_follows_is_known_by_the_unionid_too(desk: PayDesk, db: Database) -> None:
    door = PageDoor(desk.config(plain_url(db)), db)
    for _ in range(2):
        assert door.who(code(desk)) == Known("o-wang", "u-wang")
    assert asked(desk, "/cgi-bin/stable_token") == 1, "a token for each"


def test_without_the_unionid_one_comes_in_all_the_same(desk: PayDesk, db: Database) -> None:
    door = PageDoor(desk.config(plain_url(db)), db)
    desk.simulator.world.phones["wang"].follows = False
    assert door.who(code(desk)) == Known("o-wang", None)
    desk.simulator.fault("http", platform="official", path="/cgi-bin/*", seconds=60)
    assert door.who(code(desk)) == Known("o-wang", None)


def test_where_there_is_no_other_account_no_unionid_is_asked_for(desk: PayDesk, db: Database) -> None:
    sections = desk.simulator.accounts.settings(desk.server.base_url, desk.folder)
    door = PageDoor(configuration(desk.folder, plain_url(db), wechat_official=sections["official"]), db)
    assert door.who(code(desk)) == Known("o-wang", None)
    assert asked(desk, "/cgi-bin/user/info") == 0


def test_a_code_works_once(desk: PayDesk, db: Database) -> None:
    door, given = PageDoor(desk.config(plain_url(db)), db), code(desk)
    door.who(given)
    with pytest.raises(NotAllowed, match="page_login_away"):
        door.who(given)


def test_without_the_account_there_is_no_way_in(tmp_path: Path, db: Database) -> None:
    door = PageDoor(configuration(tmp_path, plain_url(db)), db)
    assert not door.is_open()
    with pytest.raises(NotAllowed, match="page_login_away"):
        door.address("/me/back", "s")
