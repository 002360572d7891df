"""The merchant's calls, against the simulator's WeChat Pay, in both modes."""

from __future__ import annotations

import base64
import gzip
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from pay_desk import PayDesk, pay_desk

from models.base.clock import local, now
from models.pay.said import RefundStatus, TradeState
from server.database import Database
from server.pay import wire
from server.pay.certificates import look
from server.pay.client import Merchant
from server.pay.office import Office
from server.pay.troubles import Forged, NotSent, Refused, Unknown
from server.pay.wire import FILE_BYTES
from server.sandbox.pay_keys import CERTIFICATE_MODE, PUBLIC_MODE

APP = "wx5a4db0c0ff1c1a10"
PAYER = "o-payer"


@pytest.fixture(params=[PUBLIC_MODE, CERTIFICATE_MODE])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[PayDesk]:
    with pay_desk(tmp_path, request.param, pay_refund_seconds=0.0, pay_bill_hours=-24) as made:
        yield made


@pytest.fixture
def office(desk: PayDesk, sqlite_template: Path, tmp_path: Path) -> Iterator[Office]:
    (tmp_path / "hemei.db").write_bytes(sqlite_template.read_bytes())
    database = Database(f"sqlite:///{tmp_path / 'hemei.db'}")
    made = Office(desk.config(), database)
    if desk.pay.certificates:
        assert look(database, made.wire, made.api_key, is_needed=True)
    yield made
    database.close()


@pytest.fixture
def merchant(office: Office) -> Merchant:
    return office.merchant


def order(merchant: Merchant, number: str = "HM0000000001", fen: int = 18000, minutes: int = 30) -> str:
    return merchant.order(
        number=number,
        app_id=APP,
        openid=PAYER,
        fen=fen,
        description="物业费 2026-Q4",
        expires_at=(now() + timedelta(minutes=minutes)).replace(microsecond=0),
    )


def test_an_order_is_opened_paid_and_asked_about(desk: PayDesk, merchant: Merchant):
    prepay = order(merchant)
    before = merchant.query("HM0000000001")
    assert before is not None
    assert (before.state, before.fen, before.transaction_id) == (TradeState.NOTPAY, 18000, None)

    desk.pay.pay(prepay, PAYER, "unheard")
    after = merchant.query("HM0000000001")
    assert after is not None
    assert (after.state, after.fen, after.openid) == (TradeState.SUCCESS, 18000, PAYER)
    assert (after.mch_id, after.app_id) == (merchant.mch_id, APP)
    assert after.transaction_id is not None
    assert after.paid_at is not None
    assert abs(after.paid_at - now()) < timedelta(seconds=5)


def test_nobody_knows_an_order_that_was_never_made(merchant: Merchant):
    assert merchant.query("HM0000000404") is None
    assert merchant.query_refund("HM0000000404") is None


def test_the_same_order_again_can_be_paid_and_another_sum_is_refused(merchant: Merchant):
    until = (now() + timedelta(minutes=30)).replace(microsecond=0)
    said = {"number": "HM0000000001", "app_id": APP, "openid": PAYER, "description": "物业费"}
    first = merchant.order(**said, fen=18000, expires_at=until)
    assert merchant.order(**said, fen=18000, expires_at=until) == first
    with pytest.raises(Refused) as no:
        merchant.order(**said, fen=18001, expires_at=until)
    assert no.value.code == "INVALID_REQUEST"
    assert not no.value.later


def test_what_is_closed_is_closed_again_without_harm_and_cannot_be_paid(desk: PayDesk, merchant: Merchant):
    prepay = order(merchant)
    merchant.close("HM0000000001")
    merchant.close("HM0000000001")
    with pytest.raises(ValueError, match="closed"):
        desk.pay.pay(prepay, PAYER)
    found = merchant.query("HM0000000001")
    assert found is not None
    assert found.state == TradeState.CLOSED


def test_what_is_paid_cannot_be_closed(desk: PayDesk, merchant: Merchant):
    desk.pay.pay(order(merchant), PAYER, "unheard")
    with pytest.raises(Refused) as no:
        merchant.close("HM0000000001")
    assert no.value.code == "ORDERPAID"


def test_money_goes_back_once_however_often_it_is_said(desk: PayDesk, merchant: Merchant):
    desk.pay.pay(order(merchant), PAYER, "unheard")
    facts = {"number": "R1", "trade_number": "HM0000000001", "fen": 5000, "of_fen": 18000, "why": "多付"}
    first = merchant.refund(**facts)
    assert (first.number, first.fen, first.of_fen, first.mch_id) == ("R1", 5000, 18000, merchant.mch_id)
    assert merchant.refund(**facts).refund_id == first.refund_id
    desk.pay.pushes.idle()
    done = merchant.query_refund("R1")
    assert done is not None
    assert done.status == RefundStatus.SUCCESS
    with pytest.raises(Refused) as no:
        merchant.refund(**facts | {"number": "R2", "fen": 13001})
    assert no.value.code == "NOT_ENOUGH"


def test_the_days_bill_comes_as_the_platform_wrote_it(desk: PayDesk, merchant: Merchant):
    today = local(now()).date()
    assert merchant.trade_bill(today) is None
    assert merchant.fund_bill(today) is None
    desk.pay.pay(order(merchant), PAYER, "unheard")
    trades, funds = merchant.trade_bill(today), merchant.fund_bill(today)
    assert trades is not None
    assert funds is not None
    assert trades.startswith("\ufeff交易时间".encode())
    assert b"`HM0000000001" in trades
    assert b"`180.00" in funds


def test_a_bill_that_was_changed_on_the_way_is_no_bill(
    desk: PayDesk, office: Office, merchant: Merchant, monkeypatch: pytest.MonkeyPatch
):
    desk.pay.pay(order(merchant), PAYER, "unheard")
    monkeypatch.setattr(office.wire, "file", lambda _address: b"`another file")
    with pytest.raises(Unknown, match="hash"):
        merchant.trade_bill(local(now()).date())


def test_a_bill_may_come_packed_but_not_without_end(
    desk: PayDesk, office: Office, merchant: Merchant, monkeypatch: pytest.MonkeyPatch
):
    desk.pay.pay(order(merchant), PAYER, "unheard")
    today = local(now()).date()
    plain = merchant.trade_bill(today)
    assert plain is not None
    monkeypatch.setattr(office.wire, "file", lambda _address: gzip.compress(plain))
    assert merchant.trade_bill(today) == plain
    for broken in (gzip.compress(plain)[:-9], gzip.compress(b"0" * (FILE_BYTES + 1)), b"\x1f\x8bnothing"):
        monkeypatch.setattr(office.wire, "file", lambda _address, broken=broken: broken)
        with pytest.raises(Unknown, match="garbage"):
            merchant.trade_bill(today)


def test_parameters_for_the_phone_are_signed_as_the_merchant(desk: PayDesk, merchant: Merchant):
    found = merchant.parameters(APP, "wx1")
    assert (found["appId"], found["package"], found["signType"]) == (APP, "prepay_id=wx1", "RSA")
    said = f"{APP}\n{found['timeStamp']}\n{found['nonceStr']}\nprepay_id=wx1\n".encode()
    desk.pay.account.merchant.public_key().verify(
        base64.b64decode(found["paySign"]), said, PKCS1v15(), SHA256()
    )


QUERY = "/v3/pay/transactions/out-trade-no/*"
ORDER = "/v3/pay/transactions/jsapi"


def test_an_answer_that_nobody_signed_is_not_believed(desk: PayDesk, merchant: Merchant):
    desk.pay.pay(order(merchant), PAYER, "unheard")
    desk.fault("unsigned", QUERY, times=1)
    with pytest.raises(Forged):
        merchant.query("HM0000000001")
    assert merchant.query("HM0000000001") is not None


@pytest.mark.parametrize(
    ("kind", "facts"),
    [("cut", {}), ("http", {"status": 502}), ("garbage", {}), ("cut", {"effect": True})],
)
def test_what_is_no_answer_leaves_it_open_and_the_same_order_goes_on(
    desk: PayDesk, merchant: Merchant, kind: str, facts: dict[str, object]
):
    until = (now() + timedelta(minutes=30)).replace(microsecond=0)
    said = {"number": "HM0000000001", "app_id": APP, "openid": PAYER, "fen": 1, "description": "物业费"}
    desk.fault(kind, ORDER, times=1, **facts)
    with pytest.raises(Unknown):
        merchant.order(**said, expires_at=until)
    assert merchant.order(**said, expires_at=until).startswith("wx")
    assert len(desk.pay.book.orders) == 1


def test_who_waits_does_not_wait_for_long(desk: PayDesk, merchant: Merchant, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(wire, "PERSON_SECONDS", 0.3)
    desk.fault("delay", ORDER, times=1, seconds_late=4.0)
    began = now()
    with pytest.raises(Unknown, match="timeout"):
        order(merchant)
    assert timedelta(seconds=0.25) < now() - began < timedelta(seconds=3)


def test_a_platform_that_is_away_is_left_alone_for_a_while(desk: PayDesk, merchant: Merchant):
    desk.server.stop()
    reasons: list[str] = []
    while "resting" not in reasons:
        with pytest.raises(NotSent) as trouble:
            merchant.query("HM0000000001")
        reasons.append(trouble.value.reason)
        assert len(reasons) <= 42
    assert reasons[:5] == ["network"] * 5
