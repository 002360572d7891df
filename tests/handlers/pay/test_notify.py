"""POST /pay/notify and /pay/refund-notify: only the truth pays (P1), and once (P2)."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pay_desk import Listening, PayDesk, pay_desk
from paying_homes import Payers, owing
from settings_files import plain_url
from sqlalchemy import func, select

from models.base.orm import session
from models.base.refusals import Unavailable
from models.fee.payments import Payment
from models.ledger.tables import Entry
from models.pay.tables import Order, Push, RefundState, State
from server import tally
from server.app import create_app
from server.database import Database
from server.pay import office
from server.paying import Paying, Started
from server.sandbox.pay_keys import CERTIFICATE_MODE, PUBLIC_MODE, new_key, signature

APP = "wx5a4db0c0ff1c1a10"
FEN = 45_00
Forgery = tuple[dict[str, str], bytes]


@dataclass
class Door:
    """hemei's door, the platform outside of it, and a home that owes within."""

    desk: PayDesk
    app: Flask
    client: FlaskClient
    home: Payers

    def tap(self, who: int = 0) -> Started:
        person = self.home.people[who]
        return self.home.paying.pay(self.home.home, person, f"openid-{person}", APP, self.home.bills)

    def said(self, number: str) -> dict[str, Any]:
        """The plain words of a notification that this order was paid, which it was not."""
        order = self.desk.pay.book.orders[number]
        return self.desk.pay.book.trade_json(order) | {
            "trade_state": "SUCCESS",
            "transaction_id": f"4200000000{number}",
            "success_time": "2026-11-21T10:00:00+08:00",
            "payer": {"openid": order.openid},
            "amount": {"total": order.fen, "payer_total": order.fen, "currency": "CNY"},
        }

    def body(self, said: dict[str, Any], event: str = "TRANSACTION.SUCCESS") -> bytes:
        return self.desk.pay.notification(event, said)

    def signed(self, body: bytes) -> dict[str, str]:
        return self.desk.pay.headers_for(body)

    def send(self, headers: dict[str, str], body: bytes, path: str = "/pay/notify") -> int:
        answer = self.client.post(path, data=body, headers=headers, content_type="application/json")
        if answer.status_code != 204:
            assert json.loads(answer.data)["code"] == "FAIL"
        return answer.status_code

    def paid(self) -> int:
        with self.home.db.read():
            return int(session().execute(select(func.count(Payment.id))).scalar_one())


@pytest.fixture
def mode() -> str:
    return PUBLIC_MODE


@pytest.fixture
def door(db: Database, tmp_path: Path, mode: str) -> Iterator[Door]:
    with pay_desk(tmp_path, mode) as desk:
        config = desk.config(plain_url(db))
        office.look_for_certificates(config, db)
        made = office.opened(config, db)
        assert made is not None
        home = owing(db, FEN, payers=12)
        home.paying = Paying(db, made.merchant)
        app = create_app(config, db)
        yield Door(desk, app, app.test_client(), home)


def flipped(data: bytes, bit: int) -> bytes:
    changed = bytearray(data)
    changed[bit // 8 % len(data)] ^= 1 << bit % 8
    return bytes(changed)


def altered_headers(door: Door, good: dict[str, str], body: bytes) -> Iterator[Forgery]:
    for name in good:
        if name != "Wechatpay-Signature-Type":
            yield {one: value for one, value in good.items() if one != name}, body
            yield good | {name: ""}, body
            yield good | {name: good[name][:-1]}, body
            yield good | {name: good[name] + "0"}, body
            yield good | {name: "ü"}, body
    yield good | {"Wechatpay-Signature-Type": "WECHATPAY2-SM2-WITH-SM3"}, body
    yield good | {"Wechatpay-Signature": "WECHATPAY/SIGNTEST/" + good["Wechatpay-Signature"][19:]}, body
    for serial in ("0", "5A4DB0C0FF", "PUB_KEY_ID_2", "x" * 2000, "../../etc/passwd"):
        yield good | {"Wechatpay-Serial": serial}, body
    signed = base64.b64decode(good["Wechatpay-Signature"])
    for bit in range(0, len(signed) * 8, 5):
        yield good | {"Wechatpay-Signature": base64.b64encode(flipped(signed, bit)).decode()}, body
    other = new_key()
    stamp, nonce = good["Wechatpay-Timestamp"], good["Wechatpay-Nonce"]
    yield good | {"Wechatpay-Signature": signature(other, stamp, nonce, body)}, body
    key = door.desk.pay.certificates[-1].key if door.desk.pay.certificates else door.desk.pay.account.platform
    for seconds in (-301, -3600, 400, 86_400):
        late = str(int(stamp) + seconds)
        yield (
            good | {"Wechatpay-Timestamp": late, "Wechatpay-Signature": signature(key, late, nonce, body)},
            body,
        )


def altered_bodies(good: dict[str, str], body: bytes) -> Iterator[Forgery]:
    for bit in range(0, len(body) * 8, len(body) * 8 // 400):
        yield good, flipped(body, bit)
    for odd in (b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 60_000, body[:-1], body + b" ", body * 2):
        yield good, odd


def altered_seals(door: Door, body: bytes) -> Iterator[Forgery]:
    """Signed by the platform itself, but not what it sealed: somebody holds its key and not ours."""
    said = json.loads(body)
    sealed = base64.b64decode(said["resource"]["ciphertext"])
    parts: list[dict[str, Any]] = [
        {"ciphertext": base64.b64encode(flipped(sealed, bit)).decode()}
        for bit in range(0, len(sealed) * 8, 13)
    ]
    parts += [
        {"associated_data": "refund"}, {"associated_data": None}, {"nonce": "000000000000"}, {"nonce": "0"},
        {"algorithm": "AEAD_AES_128_GCM"}, {"ciphertext": "="}, {"ciphertext": None}, {"nonce": 1},
    ]  # fmt: skip
    for change in parts:
        changed = json.dumps(said | {"resource": said["resource"] | change}).encode()
        yield door.signed(changed), changed
    wholes: list[Any] = [
        {}, [], None, 1, "x", {"id": "1"}, float("nan"), [[[[]]]] * 100,
        said | {"resource": None}, said | {"resource": []},
        said | {"id": 7}, said | {"id": "x" * 65}, said | {"id": "\x00"}, said | {"id": "\ud800"},
        *(said | {"event_type": event} for event in ("PAYSCORE.X", None, "REFUND.SUCCESS")),
    ]  # fmt: skip
    for whole in wholes:
        changed = json.dumps(whole).encode()
        yield door.signed(changed), changed
    deep = b'{"id":' + b"[" * 30_000 + b"]" * 30_000 + b"}"
    yield door.signed(deep), deep


@pytest.mark.parametrize("mode", [PUBLIC_MODE, CERTIFICATE_MODE])
def test_a_thousand_forged_and_altered_notifications_pay_nothing_and_the_true_one_pays(door: Door):
    number = door.tap().number
    body = door.body(door.said(number))
    good = door.signed(body)
    calls = len(door.desk.simulator.ledger)
    forgeries = [
        *altered_headers(door, good, body),
        *altered_bodies(good, body),
        *altered_seals(door, body),
    ]
    assert len(forgeries) >= 1000
    statuses = [door.send(headers, sent) for headers, sent in forgeries]
    assert {status for status in statuses if not 400 <= status < 500} == set()
    assert door.paid() == 0
    assert len(door.desk.simulator.ledger) == calls  # nobody was called
    assert door.send(good, body) == 204
    assert door.paid() == 1
    assert door.home.bill().state == "paid"


@pytest.mark.parametrize("mode", [CERTIFICATE_MODE])
@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_a_flood_of_strange_serials_makes_us_ask_the_platform_once_at_most(door: Door):
    config = door.app.extensions["hemei.config"]
    before = door.desk.pay.fetched_certificates
    honest = door.signed(b"{}")
    for number in range(300):
        assert door.send(honest | {"Wechatpay-Serial": f"5A4D{number:08X}"}, b"{}") == 401
    tally.flush(door.home.db)
    for _ in range(5):
        office.look_for_certificates(config, door.home.db)
    assert door.desk.pay.fetched_certificates - before <= 1


WRONG: list[Callable[[dict[str, Any]], dict[str, Any]]] = [
    lambda said: said | {"mchid": "1900000999"},
    lambda said: said | {"mchid": None},
    lambda said: said | {"appid": "wx0000000000000000"},
    lambda said: said | {"out_trade_no": "HM-nobody-knows"},
    lambda said: said | {"out_trade_no": None},
    lambda said: said | {"out_trade_no": ["HM"]},
    lambda said: said | {"trade_state": "NOTPAY"},
    lambda said: said | {"trade_state": "USERPAYING"},
    lambda said: said | {"trade_state": "PAYERROR"},
    lambda said: said | {"trade_state": "success"},
    lambda said: said | {"trade_state": None},
    lambda said: said | {"amount": {"total": str(FEN), "currency": "CNY"}},
    lambda said: said | {"amount": {"total": float(FEN), "currency": "CNY"}},
    lambda said: said | {"amount": {"total": True, "currency": "CNY"}},
    lambda said: said | {"amount": {"total": -FEN, "currency": "CNY"}},
    lambda said: said | {"amount": {"total": 10**19, "currency": "CNY"}},
    lambda said: said | {"amount": {"total": float("inf"), "currency": "CNY"}},
    lambda said: said | {"amount": [FEN]},
    lambda said: said | {"success_time": "yesterday"},
    lambda said: said | {"success_time": "2026-11-21T10:00:00"},
    lambda said: said | {"transaction_id": "42\x00"},
    lambda said: said | {"payer": "o-wang"},
]
# These are about a real order and a real transaction: a person has to look, nothing is booked meanwhile.
DOUBTFUL: list[Callable[[dict[str, Any]], dict[str, Any]]] = [
    lambda said: said | {"amount": {"total": FEN + 1, "currency": "CNY"}},
    lambda said: said | {"amount": {"total": FEN - 1, "currency": "CNY"}},
    lambda said: said | {"amount": {"total": 0, "currency": "CNY"}},
    lambda said: said | {"amount": {"total": FEN, "currency": "USD"}},
    lambda said: said | {"amount": {"total": FEN}},
    lambda said: said | {"amount": {"currency": "CNY"}},
    lambda said: said | {"amount": None},
    lambda said: said | {"transaction_id": None},
    lambda said: said | {"trade_state": "REFUND"},
]


def test_what_the_platform_signed_about_something_else_pays_nothing(door: Door):
    number = door.tap().number
    for wrong in WRONG:
        body = door.body(wrong(door.said(number)))
        assert door.send(door.signed(body), body) in (204, 400)
        assert door.paid() == 0
    assert door.home.order(number).state == State.OPEN


def test_what_was_paid_otherwise_than_ordered_is_held_and_not_booked(door: Door):
    for who, doubtful in enumerate(DOUBTFUL):
        number = door.tap(who).number
        body = door.body(doubtful(door.said(number)))
        assert door.send(door.signed(body), body) == 204
        assert door.paid() == 0
        assert door.home.order(number).state == State.HELD
    assert door.home.bill().paid_fen == 0


def test_the_same_notification_many_times_at_once_is_one_entry(door: Door):
    """A thousand times, over real connections: `make chaos`."""
    body = door.body(door.said(door.tap().number))
    entries = door.home.db

    def repeat(times: int) -> set[int]:
        client = door.app.test_client()
        headers = door.signed(body) | {"Content-Type": "application/json"}
        return {client.post("/pay/notify", data=body, headers=headers).status_code for _ in range(times)}

    with ThreadPoolExecutor(32) as many:
        statuses = set().union(*many.map(repeat, [8] * 32))
    # 503 would be no fault either: the platform repeats
    assert statuses == {204}
    with entries.read():
        assert session().execute(select(func.count(Push.id))).scalar_one() == 1
        paid = select(func.count(Entry.id)).where(Entry.kind == "paid")
        assert session().execute(paid).scalar_one() == 1
    assert door.paid() == 1


def test_new_notifications_of_one_payment_are_one_entry_too(door: Door):
    said = door.said(door.tap().number)
    for _ in range(5):
        body = door.body(said)
        assert door.send(door.signed(body), body) == 204
    assert door.paid() == 1


def test_what_could_not_be_kept_is_not_acknowledged_and_comes_again(
    door: Door, monkeypatch: pytest.MonkeyPatch
):
    body = door.body(door.said(door.tap().number))
    with monkeypatch.context() as away:

        def write(*_: Any, **__: Any) -> None:
            raise Unavailable("database is locked")

        away.setattr(door.home.db, "write", write)
        assert door.send(door.signed(body), body) == 503
    assert door.send(door.signed(body), body) == 204
    assert door.paid() == 1


def test_probes_are_refused_and_alarm_nobody(door: Door, caplog: pytest.LogCaptureFixture):
    for _ in range(50):
        headers = door.signed(b"{}")
        headers["Wechatpay-Signature"] = "WECHATPAY/SIGNTEST/" + headers["Wechatpay-Signature"][19:]
        assert door.send(headers, b"{}") == 401
    assert "callbacks refused" not in caplog.text
    for _ in range(20):
        assert door.send(door.signed(b"{}") | {"Wechatpay-Nonce": "0"}, b"{}") == 401
    assert "callbacks refused" in caplog.text


def test_a_body_that_is_too_large_is_not_read(door: Door):
    body = b"x" * (64 * 1024 + 1)
    assert door.send(door.signed(body), body) == 413


def test_nobody_looks_at_the_door_with_get(door: Door):
    assert door.client.get("/pay/notify").status_code == 405


def test_a_payer_pays_the_platform_tells_and_the_money_goes_back(door: Door):
    """The whole way over real connections: order, payment, notification, refund, notification."""
    door.desk.simulator.limits.pay_refund_seconds = 0.0
    with Listening() as listening:
        config = door.desk.config(plain_url(door.home.db), base_url=listening.address)
        door.home.paying = Paying(door.home.db, office.Office(config, door.home.db).merchant)
        listening.hear(create_app(config, door.home.db))
        first, second = door.tap(0), door.tap(1)
        door.desk.pay.pay(first.number, f"openid-{door.home.people[0]}")
        assert door.desk.pay.pushes.idle()
        assert door.home.bill().state == "paid"
        # the other one paid the same bill before he was told
        door.desk.pay.pay(second.number, f"openid-{door.home.people[1]}")
        assert door.desk.pay.pushes.idle()
        door.home.paying.give_back()
        assert door.desk.pay.pushes.idle()
    assert [refund.state for refund in door.home.refunds()] == [RefundState.DONE]
    assert [push.answers for push in door.desk.pay.pushes.sent] == [[204]] * 3
    with door.home.db.read():
        events = session().scalars(select(Push.event).order_by(Push.id)).all()
        assert "openid" not in str(session().scalars(select(Push.facts)).all())
        orders = session().scalars(select(Order.state)).all()
    assert events == ["TRANSACTION.SUCCESS", "TRANSACTION.SUCCESS", "REFUND.SUCCESS"]
    assert orders == [State.PAID, State.PAID]
    door.home.in_order()


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_where_wechat_pay_is_off_its_door_is_not_there(db: Database, tmp_path: Path):
    with pay_desk(tmp_path) as desk:
        assert create_app(desk.config(plain_url(db)), db).test_client().post("/pay/notify").status_code == 401
        for change in ({"mch_id": ""}, {"api_v3_key": ""}, {"private_key_file": "not-there.pem"}):
            client = create_app(desk.config(plain_url(db), wechat_pay=change), db).test_client()
            assert client.post("/pay/notify", data=b"{}").status_code == 404, change
