"""Who holds the phone, asked of WeChat: where, what is believed, and what is done without an answer."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from pay_desk import PayDesk, pay_desk
from settings_files import configuration

from models.base.refusals import NotAllowed
from server.cashier import Cashier
from server.sandbox.world import Phone

OFFICIAL = {"app_id": "wx0001", "app_secret": "s", "token": "t"}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[PayDesk]:
    with pay_desk(tmp_path) as made:
        made.simulator.add(Phone("wang", "wang", "resident", openid="o-wang"))
        yield made


def code(desk: PayDesk, who: str = "wang") -> str:
    return desk.simulator.codes.issue("page", who, desk.simulator.clock())


def test_the_real_platform_asks_on_its_own_page(tmp_path: Path) -> None:
    config = configuration(tmp_path, wechat_official=OFFICIAL, server={"base_url": "https://he.example/"})
    address = urlsplit(Cashier(config, None).login_address("/p/x/pay/7", "s1"))
    assert (address.scheme, address.netloc, address.path) == (
        "https", "open.weixin.qq.com", "/connect/oauth2/authorize",
    )  # fmt: skip
    assert address.fragment == "wechat_redirect"
    assert parse_qs(address.query) == {
        "appid": ["wx0001"],
        "redirect_uri": ["https://he.example/p/x/pay/7"],
        "response_type": ["code"],
        "scope": ["snsapi_base"],
        "state": ["s1"],
    }


def test_another_platform_address_is_asked_there(desk: PayDesk) -> None:
    address = Cashier(desk.config(), None).login_address("/p/x", "s1")
    assert address.startswith(f"{desk.server.base_url}/official/connect/oauth2/authorize?")


def test_a_code_says_who_it_is_once(desk: PayDesk) -> None:
    cashier = Cashier(desk.config(), None)
    given = code(desk)
    assert cashier.openid(given) == "o-wang"
    with pytest.raises(NotAllowed, match="pay_login"):
        cashier.openid(given)


@pytest.mark.parametrize("kind", ["cut", "http", "garbage"])
def test_without_an_answer_nobody_is_taken_for_anybody(desk: PayDesk, kind: str) -> None:
    cashier = Cashier(desk.config(), None)
    desk.simulator.fault(kind, platform="official", path="/sns/*", seconds=60)
    with pytest.raises(NotAllowed, match="pay_login"):
        cashier.openid(code(desk))


def test_a_platform_that_is_down_is_left_alone(desk: PayDesk) -> None:
    cashier = Cashier(desk.config(), None)
    fault = desk.simulator.fault("http", platform="official", path="/sns/*")
    for _ in range(8):
        with pytest.raises(NotAllowed, match="pay_login"):
            cashier.openid(code(desk))
    assert fault.struck < 8


def test_without_the_service_account_or_a_merchant_it_is_closed(tmp_path: Path) -> None:
    closed = Cashier(configuration(tmp_path), None)
    assert not closed.is_open()
    with pytest.raises(NotAllowed, match="pay_away"):
        closed.login_address("/p/x", "s")
    with pytest.raises(NotAllowed, match="pay_away"):
        closed.pay(1, 1, "o", [1])
