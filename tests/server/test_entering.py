"""Who holds the telephone, asked of WeCom: with the token that all share, in three seconds, or not at all."""

import time
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from pay_desk import PayDesk, pay_desk
from settings_files import configuration, plain_url

from models.base.clock import now
from models.base.refusals import NotAllowed
from models.outbox import tokens
from server import entering
from server.config import Config
from server.database import Database
from server.entering import Ways
from server.sandbox.simulator import QR_LOGIN
from server.sandbox.world import Phone

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)
REAL = {"corp_id": "ww1", "agent_id": 7, "secret": "s"}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[PayDesk]:
    with pay_desk(tmp_path) as made:
        made.simulator.add(Phone("zhao", "赵主任", "staff", userid="zhao"))
        made.simulator.add(Phone("wang", "王阿姨", "resident", openid="o-wang"))
        yield made


@pytest.fixture
def config(desk: PayDesk, db: Database) -> Config:
    return desk.config(plain_url(db))


def code(desk: PayDesk, who: str = "zhao", kind: str = "work") -> str:
    return desk.simulator.codes.issue(kind, who, desk.simulator.clock())


def fetched(desk: PayDesk) -> int:
    return sum(1 for line in desk.simulator.ledger if line.path == "/cgi-bin/gettoken")


@pytest.mark.parametrize(
    ("way", "inside", "page", "more"),
    [
        ("work", True, "https://open.weixin.qq.com/connect/oauth2/authorize", {"scope": ["snsapi_base"]}),
        ("work", False, "https://login.work.weixin.qq.com/wwlogin/sso/login", {"login_type": ["CorpApp"]}),
        ("official", True, "https://open.weixin.qq.com/connect/oauth2/authorize", {"appid": ["wx1"]}),
    ],
)
def test_the_real_platforms_ask_on_their_own_pages(
    tmp_path: Path, db: Database, way: str, inside: bool, page: str, more: dict[str, list[str]]
) -> None:
    config = configuration(
        tmp_path, server={"base_url": "https://he.example/"}, wechat_work=REAL,
        wechat_official={"app_id": "wx1", "app_secret": "s"},
    )  # fmt: skip
    address = urlsplit(Ways(config, db).address(way, "/console/login/x/back", "s1", inside=inside))
    assert f"{address.scheme}://{address.netloc}{address.path}" == page
    asked = parse_qs(address.query)
    assert asked["redirect_uri"] == ["https://he.example/console/login/x/back"]
    assert asked["state"] == ["s1"]
    assert asked.items() >= more.items()


def test_a_code_says_who_it_is_once(desk: PayDesk, db: Database, config: Config) -> None:
    ways, given = Ways(config, db), code(desk)
    assert ways.who("work", given) == "zhao"
    with pytest.raises(NotAllowed, match="login_platform"):
        ways.who("work", given)
    assert ways.who("official", code(desk, "wang", "page")) == "o-wang"


def test_the_token_is_fetched_once_and_shared(desk: PayDesk, db: Database, config: Config) -> None:
    for _ in range(3):
        assert Ways(config, db).who("work", code(desk)) == "zhao"
    assert fetched(desk) == 1


def test_a_token_that_is_refused_is_fetched_anew(desk: PayDesk, db: Database, config: Config) -> None:
    ways = Ways(config, db)
    ways.who("work", code(desk))
    desk.simulator.forget_tokens("work")
    assert ways.who("work", code(desk)) == "zhao"
    assert fetched(desk) == 2


@pytest.mark.parametrize("kind", ["cut", "http", "garbage"])
@pytest.mark.parametrize("path", ["/cgi-bin/gettoken", "/cgi-bin/auth/getuserinfo"])
def test_without_an_answer_nobody_is_taken_for_anybody(
    desk: PayDesk, db: Database, config: Config, kind: str, path: str
) -> None:
    desk.simulator.fault(kind, platform="work", path=path)
    with pytest.raises(NotAllowed, match="login_platform"):
        Ways(config, db).who("work", code(desk))


def test_whoever_waits_for_anothers_token_waits_no_longer_than_a_call(
    desk: PayDesk, db: Database, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entering, "SECONDS", 0.5)
    work = config.wechat.work
    assert work is not None
    row = f"work/{work.corp_id}/app"
    db.write(tokens.begin_refresh, row, "somebody", 0, now(), timedelta(minutes=5))
    began = time.monotonic()
    with pytest.raises(NotAllowed, match="login_platform"):
        Ways(config, db).who("work", code(desk))
    assert time.monotonic() - began < 60


def test_what_is_off_is_not_offered(tmp_path: Path, db: Database) -> None:
    ways = Ways(configuration(tmp_path), db)
    assert ways.offered() == ()
    with pytest.raises(NotAllowed):
        ways.who("work", "x")


def test_the_sandbox_asks_whose_phone_scans(desk: PayDesk, db: Database, config: Config) -> None:
    address = Ways(config, db).address("work", "/console/login/work/back", "s1", inside=False)
    assert urlsplit(address).path.endswith(QR_LOGIN)
    with urllib.request.urlopen(address) as answer:
        page = answer.read().decode()
    assert "赵主任" in page
    assert "王阿姨" not in page
    back = page.partition('<a href="')[2].partition('"')[0].replace("&amp;", "&")
    assert parse_qs(urlsplit(back).query)["state"] == ["s1"]
    assert Ways(config, db).who("work", parse_qs(urlsplit(back).query)["code"][0]) == "zhao"
