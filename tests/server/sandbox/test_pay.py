"""The simulator's WeChat Pay keeps the platform's rules: orders, refunds, notifications, bill files."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from pay_desk import accounts
from sandbox_desk import Clock

from server.pay import sealed
from server.pay.signing import Signer
from server.sandbox import control
from server.sandbox.accounts import Limits
from server.sandbox.phones import Phones
from server.sandbox.simulator import Simulator

APP = "wx5a4db0c0ff1c1a10"
JSAPI = "/v3/pay/transactions/jsapi"
OUT = "/v3/pay/transactions/out-trade-no/"
BACK = "/v3/refund/domestic/refunds"


class Ear:
    """Takes notifications and answers what it is told to."""

    def __init__(self) -> None:
        self.heard: list[tuple[dict[str, str], bytes]] = []
        self.status = 204
        ear = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                ear.heard.append((dict(self.headers), body))
                self.send_response(ear.status)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/pay/notify"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()


class Desk:
    """A merchant's till: signed calls to a simulator under a clock that the test turns."""

    def __init__(self, ear: Ear, **limits: Any) -> None:
        self.clock = Clock()
        made = accounts()
        assert made.pay is not None
        self.account = made.pay
        self.simulator = Simulator(made, Limits(**limits), self.clock)
        assert self.simulator.pay is not None
        self.pay = self.simulator.pay
        self.ear = ear
        self.signer = Signer(self.account.mch_id, self.account.serial, self.account.merchant)

    def call(
        self, method: str, path: str, query: dict[str, str] | None = None, data: object = None, **headers: str
    ) -> tuple[int, Any]:
        body = b"" if data is None else json.dumps(data).encode()
        target = path + ("?" + "&".join(f"{k}={v}" for k, v in query.items()) if query else "")
        self.signer._clock = lambda: datetime.fromtimestamp(self.clock(), UTC)
        signed = {"Authorization": self.signer.authorization(method, target, body)}
        status, _, said = self.simulator.handle("pay", method, path, query, body, signed | headers)
        if said[:1] == b"{":
            return status, json.loads(said)
        return status, said

    def order(self, number: str = "HM0000000001", fen: int = 18000, **more: Any) -> tuple[int, Any]:
        said = {
            "appid": APP,
            "mchid": self.account.mch_id,
            "description": "物业费",
            "out_trade_no": number,
            "notify_url": self.ear.url,
            "amount": {"total": fen, "currency": "CNY"},
            "payer": {"openid": "o-wang"},
        }
        return self.call("POST", JSAPI, data=said | more)

    def state(self, number: str = "HM0000000001") -> str:
        return self.call("GET", OUT + number, {"mchid": self.account.mch_id})[1]["trade_state"]

    def close(self, number: str = "HM0000000001") -> tuple[int, Any]:
        return self.call("POST", f"{OUT}{number}/close", data={"mchid": self.account.mch_id})

    def refund(self, number: str, fen: int, **more: Any) -> tuple[int, Any]:
        said = {
            "out_trade_no": "HM0000000001",
            "out_refund_no": number,
            "notify_url": self.ear.url,
            "amount": {"refund": fen, "total": 18000, "currency": "CNY"},
        }
        return self.call("POST", BACK, data=said | more)

    def told(self) -> list[tuple[str, dict[str, Any]]]:
        """Event and plain words of every notification that was not a probe."""
        assert self.pay.pushes.idle()
        found = []
        for headers, body in self.ear.heard:
            if "SIGNTEST" not in headers["Wechatpay-Signature"]:
                said = json.loads(body)
                key = self.account.api_v3_key.encode()
                found.append((said["event_type"], json.loads(sealed.opened(key, said["resource"]))))
        return found


@pytest.fixture
def ear() -> Iterator[Ear]:
    made = Ear()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def desk(ear: Ear) -> Iterator[Desk]:
    made = Desk(ear)
    yield made
    made.simulator.stop()


def test_who_does_not_sign_is_nobody(desk: Desk):
    status, _, said = desk.simulator.handle("pay", "GET", OUT + "X", {"mchid": "1"})
    assert (status, json.loads(said)["code"]) == (401, "SIGN_ERROR")
    old = desk.signer.authorization
    desk.signer.authorization = lambda *a: old(*a).replace('signature="', 'signature="AAAA')  # type: ignore[method-assign]
    assert desk.order()[0] == 401


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"appid": "wx-not-bound"}, "APPID_MCHID_NOT_MATCH"),
        ({"out_trade_no": "short"}, "PARAM_ERROR"),
        ({"amount": {"total": 0}}, "PARAM_ERROR"),
        ({"amount": {"total": 1.5}}, "PARAM_ERROR"),
        ({"amount": {"total": True}}, "PARAM_ERROR"),
        ({"payer": {"openid": ""}}, "PARAM_ERROR"),
        ({"description": "x" * 128}, "PARAM_ERROR"),
        ({"notify_url": "http://127.0.0.1/pay?x=1"}, "PARAM_ERROR"),
        ({"notify_url": "https://example.org/pay"}, "PARAM_ERROR"),
        ({"time_expire": "2020-01-01T00:00:00+08:00"}, "PARAM_ERROR"),
        ({"time_expire": "tomorrow"}, "PARAM_ERROR"),
        ({"mchid": "1"}, "MCH_NOT_EXISTS"),
    ],
)
def test_an_order_with_a_mistake_is_refused_by_name(desk: Desk, change: dict[str, Any], code: str):
    status, said = desk.order(**change)
    assert (status, said["code"]) == (400, code)
    assert desk.pay.book.orders == {}


def test_an_order_is_paid_once_by_its_payer_and_hemei_is_told(desk: Desk):
    prepay = desk.order()[1]["prepay_id"]
    with pytest.raises(ValueError, match="another person"):
        desk.pay.pay(prepay, "o-li")
    paid = desk.pay.pay(prepay, "o-wang")
    with pytest.raises(ValueError, match="paid already"):
        desk.pay.pay(prepay, "o-wang")
    assert desk.state() == "SUCCESS"
    [(event, said)] = desk.told()
    assert event == "TRANSACTION.SUCCESS"
    assert (said["transaction_id"], said["amount"]["total"]) == (paid["transaction_id"], 18000)
    assert desk.order()[1]["code"] == "ORDERPAID"
    assert desk.close()[1]["code"] == "ORDERPAID"


def test_a_prepay_id_ends_after_two_hours_and_the_same_order_gives_another(desk: Desk):
    first = desk.order()[1]["prepay_id"]
    assert desk.order()[1]["prepay_id"] == first
    desk.clock.turn(7200)
    with pytest.raises(ValueError, match="over"):
        desk.pay.pay(first, "o-wang")
    second = desk.order()[1]["prepay_id"]
    assert second != first
    desk.pay.pay(second, "o-wang", "unheard")


def test_an_order_closes_by_its_time_and_by_word_and_may_be_paid_in_the_same_moment(desk: Desk):
    desk.order("HM0000000001")
    desk.clock.turn(7 * 86400)
    assert desk.state() == "CLOSED"
    prepay = desk.order("HM0000000002")[1]["prepay_id"]
    assert desk.close("HM0000000002") == (204, b"")
    assert desk.close("HM0000000002") == (204, b"")
    assert desk.order("HM0000000002")[1]["code"] == "ORDER_CLOSED"
    assert desk.pay.pay(prepay, "o-wang", "late")["state"] == "SUCCESS"
    assert len(desk.told()) == 1


def test_an_unanswered_notification_comes_again_by_the_documented_times(desk: Desk, ear: Ear):
    ear.status = 500
    desk.pay.pay(desk.order()[1]["prepay_id"], "o-wang")
    desk.pay.pushes.idle()
    pauses = [15, 15, 30, 180, 600, 1200, 1800, 1800, 1800, 3600, 10800, 10800, 10800, 21600, 21600]
    for count, pause in enumerate(pauses, 1):
        assert len(ear.heard) == count
        desk.clock.turn(pause - 1)
        assert desk.pay.pushes.idle()
        assert len(ear.heard) == count
        desk.clock.turn(1)
        assert desk.pay.pushes.idle()
    assert len(ear.heard) == 16
    desk.clock.turn(10 * 86400)
    assert desk.pay.pushes.idle()
    assert len(ear.heard) == 16
    assert len({json.loads(body)["id"] for _, body in ear.heard}) == 1
    assert len({headers["Wechatpay-Nonce"] for headers, _ in ear.heard}) == 16


def test_an_answered_notification_does_not_come_again(desk: Desk, ear: Ear):
    desk.pay.pay(desk.order()[1]["prepay_id"], "o-wang")
    desk.pay.pushes.idle()
    desk.clock.turn(86400)
    desk.pay.pushes.idle()
    assert len(ear.heard) == 1
    assert [push.answers for push in desk.pay.pushes.sent] == [[204]]


def test_notifications_may_get_lost(desk: Desk, ear: Ear):
    desk.simulator.fault("cut", platform="pay", path="/push/*", times=1)
    desk.pay.pay(desk.order()[1]["prepay_id"], "o-wang")
    desk.pay.pushes.idle()
    assert ear.heard == []
    desk.clock.turn(15)
    desk.pay.pushes.idle()
    assert len(ear.heard) == 1
    assert desk.state() == "SUCCESS"


def test_probes_are_signed_wrongly_on_purpose(ear: Ear):
    desk = Desk(ear, pay_probe_every=1)
    desk.pay.pay(desk.order()[1]["prepay_id"], "o-wang")
    desk.pay.pushes.idle()
    signatures = [headers["Wechatpay-Signature"] for headers, _ in ear.heard]
    assert sum(one.startswith("WECHATPAY/SIGNTEST/") for one in signatures) == 1
    assert len(desk.told()) == 1
    desk.simulator.stop()


def test_a_refund_takes_its_time_and_is_told_once(desk: Desk):
    desk.pay.pay(desk.order()[1]["prepay_id"], "o-wang", "unheard")
    status, said = desk.refund("R1", 5000)
    assert (status, said["status"]) == (200, "PROCESSING")
    assert desk.refund("R1", 5000)[1]["refund_id"] == said["refund_id"]
    assert desk.refund("R1", 5001)[1]["code"] == "INVALID_REQUEST"
    assert desk.refund("R2", 13001)[1]["code"] == "NOT_ENOUGH"
    assert desk.state() == "REFUND"
    desk.clock.turn(2)
    [(event, words)] = desk.told()
    assert (event, words["refund_status"], words["amount"]["refund"]) == ("REFUND.SUCCESS", "SUCCESS", 5000)
    assert desk.call("GET", f"{BACK}/R1")[1]["status"] == "SUCCESS"
    assert desk.call("GET", f"{BACK}/R9")[1]["code"] == "RESOURCE_NOT_EXISTS"


def test_a_refund_may_end_badly(desk: Desk):
    desk.pay.pay(desk.order()[1]["prepay_id"], "o-wang", "unheard")
    desk.pay.book.refund_outcome = "ABNORMAL"
    desk.refund("R1", 18000)
    desk.clock.turn(2)
    assert [event for event, _ in desk.told()] == ["REFUND.ABNORMAL"]
    assert desk.call("GET", f"{BACK}/R1")[1]["status"] == "ABNORMAL"


def test_what_was_never_paid_cannot_be_given_back(desk: Desk):
    desk.order()
    assert desk.refund("R1", 1)[1]["code"] == "RESOURCE_NOT_EXISTS"


def rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def bill(desk: Desk, path: str, day: str, **query: str) -> tuple[int, Any]:
    status, said = desk.call("GET", path, {"bill_date": day} | query)
    if status != 200:
        return status, said
    token = said["download_url"].rpartition("token=")[2]
    return desk.call("GET", "/v3/billdownload/file", {"token": token})


def test_bills_come_the_next_day_at_ten_with_backticks_and_totals(desk: Desk):
    desk.pay.pay(desk.order(fen=18000)[1]["prepay_id"], "o-wang", "unheard")
    desk.pay.pay(desk.order("HM0000000002", fen=5)[1]["prepay_id"], "o-wang", "unheard")
    desk.refund("R1", 5000)
    assert bill(desk, "/v3/bill/tradebill", "2026-03-23")[1]["code"] == "STATEMENT_CREATING"
    desk.clock.turn(22 * 3600 - 1)
    assert bill(desk, "/v3/bill/tradebill", "2026-03-23")[1]["code"] == "STATEMENT_CREATING"
    desk.clock.turn(1)
    assert bill(desk, "/v3/bill/tradebill", "2026-03-22")[1]["code"] == "NO_STATEMENT_EXIST"

    heading, *trades, totals_heading, totals = rows(bill(desk, "/v3/bill/tradebill", "2026-03-23")[1])
    assert (heading[6], heading[12], heading[15]) == ("商户订单号", "应结订单金额", "商户退款单号")
    assert {len(row) for row in trades} == {len(heading)}
    assert all(cell.startswith("`") for row in trades for cell in row)
    assert [(row[6], row[9], row[24], row[25]) for row in trades] == [
        ("`HM0000000001", "`SUCCESS", "`180.00", "`0.00"),
        ("`HM0000000002", "`SUCCESS", "`0.05", "`0.00"),
        ("`HM0000000001", "`REFUND", "`0.00", "`50.00"),
    ]
    assert totals_heading[0] == "总交易单数"
    assert totals == ["`3", "`180.05", "`50.00", "`0.00", "`0.78000", "`180.05", "`50.00"]

    heading, *moves, totals_heading, totals = rows(bill(desk, "/v3/bill/fundflowbill", "2026-03-23")[1])
    assert {len(row) for row in moves} == {len(heading)}
    signed = [(1 if row[5] == "`收入" else -1) * round(float(row[6][1:]) * 100) for row in moves]
    assert sum(signed) == round(float(moves[-1][7][1:]) * 100) == 18000 - 108 + 5 - 5000 + 30
    assert totals[0] == f"`{len(moves)}"


def test_a_packed_bill_has_the_hash_of_the_plain_one(desk: Desk):
    desk.pay.pay(desk.order()[1]["prepay_id"], "o-wang", "unheard")
    desk.clock.turn(86400)
    query = {"bill_date": "2026-03-23", "tar_type": "GZIP"}
    said = desk.call("GET", "/v3/bill/tradebill", query)[1]
    packed = bill(desk, "/v3/bill/tradebill", "2026-03-23", tar_type="GZIP")[1]
    assert hashlib.sha1(gzip.decompress(packed)).hexdigest() == said["hash_value"]


def test_the_control_interface_pays_and_shows(desk: Desk):
    phones = Phones(desk.simulator)
    prepay = desk.order()[1]["prepay_id"]

    def ask(method: str, path: str, **data: Any) -> tuple[int, Any]:
        return control.dispatch(phones, method, path, {}, json.dumps(data).encode())

    assert ask("POST", "pay", prepay_id=prepay, outcome="cancel") == (200, {"state": "NOTPAY"})
    assert ask("POST", "pay", prepay_id=prepay, openid="o-li")[0] == 400
    assert ask("POST", "pay", number="HM0000000001", openid="o-wang")[1]["state"] == "SUCCESS"
    assert ask("POST", "pay", number="HM0000000001")[0] == 400
    assert ask("POST", "pay/probe", url="https://example.org/")[0] == 400
    assert ask("POST", "pay/probe", url=desk.ear.url) == (200, {"status": 204})
    desk.pay.pushes.idle()
    shown = ask("GET", "pay")[1]
    assert [one["trade_state"] for one in shown["orders"]] == ["SUCCESS"]
    assert [one["answers"] for one in shown["pushes"]] == [[204]]


def test_the_ledger_shows_who_paid_for_what(desk: Desk):
    desk.order()
    desk.order()
    entries = desk.simulator.ledger.read(platform="pay")
    assert [(one.who, one.key, one.effective) for one in entries] == [
        ("o-wang", "HM0000000001", True),
        ("o-wang", "HM0000000001", False),
    ]
    assert desk.close("HM0000000404")[0] == 404
    assert desk.simulator.ledger.unknown() == []
    assert desk.call("GET", "/v3/nothing")[0] == 404
    assert len(desk.simulator.ledger.unknown()) == 1
