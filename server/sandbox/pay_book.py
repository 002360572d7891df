"""What WeChat Pay knows of one merchant: orders, payments, refunds, by the rules of its pages."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from models.base.clock import SHANGHAI
from server.sandbox.accounts import Limits
from server.sandbox.addresses import is_loopback

NUMBER = re.compile(r"[0-9A-Za-z_\-|*]{6,32}")
REFUND_NUMBER = re.compile(r"[0-9A-Za-z_\-|*@]{1,64}")


class No(Exception):  # noqa: N818 - reads as what the platform says
    """HTTP ``status`` with ``{"code", "message"}``."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(code)
        self.status, self.code, self.message = status, code, message


@dataclass
class Order:
    """``said`` is the request that opened it: repeated, it must be the same."""

    number: str
    said: dict[str, Any]
    app_id: str
    openid: str
    fen: int
    notify_url: str
    expires: float
    prepay_id: str
    prepay_until: float
    state: str = "NOTPAY"
    transaction_id: str = ""
    paid_at: float = 0.0
    refunds: list[Refund] = field(default_factory=list)


@dataclass
class Refund:
    number: str
    order: Order
    said: dict[str, Any]
    fen: int
    refund_id: str
    asked_at: float
    done_at: float
    notify_url: str
    outcome: str = "SUCCESS"
    status: str = "PROCESSING"


class Book:
    """Orders by number. Times are seconds since the epoch; nothing here waits or sends."""

    def __init__(self, mch_id: str, app_ids: tuple[str, ...], limits: Limits, at: float) -> None:
        self.mch_id, self.app_ids, self.limits = mch_id, app_ids, limits
        self.orders: dict[str, Order] = {}
        self.refunds: dict[str, Refund] = {}
        self.refund_outcome = "SUCCESS"
        self._by_prepay: dict[str, Order] = {}
        # 28 digits that no simulator has given before, because a hemei may outlive its simulator
        self._next = 4_200 * 10**24 + int(at * 1_000_000)

    def open(self, said: dict[str, Any], at: float) -> Order:
        """POST /v3/pay/transactions/jsapi."""
        number = str(said.get("out_trade_no", ""))
        known = self.orders.get(number)
        if known is not None:
            return self._again(known, said, at)
        self._check(said)
        expires = _moment(said.get("time_expire"), at + self.limits.pay_order_life)
        if expires <= at:
            raise No(400, "PARAM_ERROR", "time_expire is over")
        order = Order(
            number,
            said,
            said["appid"],
            said["payer"]["openid"],
            said["amount"]["total"],
            said["notify_url"],
            expires,
            prepay_id="",
            prepay_until=0.0,
        )
        self.orders[number] = order
        self._hand_out(order, at)
        return order

    def _again(self, order: Order, said: dict[str, Any], at: float) -> Order:
        self.settle(order, at)
        if said != order.said:
            raise No(400, "INVALID_REQUEST", "268498688: the request was repeated with other parameters")
        if order.state in ("SUCCESS", "REFUND"):
            raise No(400, "ORDERPAID", "the order has been paid")
        if order.state == "CLOSED":
            raise No(400, "ORDER_CLOSED", "the order has been closed")
        if order.prepay_until <= at:
            self._hand_out(order, at)
        return order

    def _hand_out(self, order: Order, at: float) -> None:
        order.prepay_id = f"wx{secrets.token_hex(17)}"
        order.prepay_until = at + self.limits.pay_prepay_life
        self._by_prepay[order.prepay_id] = order

    def _check(self, said: dict[str, Any]) -> None:
        amount, payer = said.get("amount"), said.get("payer")
        total = amount.get("total") if isinstance(amount, dict) else None
        if not NUMBER.fullmatch(str(said.get("out_trade_no", ""))):
            raise No(400, "PARAM_ERROR", "out_trade_no")
        if said.get("mchid") != self.mch_id:
            raise No(400, "MCH_NOT_EXISTS", "mchid")
        if said.get("appid") not in self.app_ids:
            raise No(400, "APPID_MCHID_NOT_MATCH", "268445527: appid and mchid are not bound")
        if not isinstance(said.get("description"), str) or not 1 <= len(said["description"]) <= 127:
            raise No(400, "PARAM_ERROR", "description")
        if not isinstance(total, int) or isinstance(total, bool) or total < 1:
            raise No(400, "PARAM_ERROR", "amount.total")
        if not isinstance(payer, dict) or not 1 <= len(str(payer.get("openid") or "")) <= 128:
            raise No(400, "PARAM_ERROR", "268501013: payer.openid")
        check_url(said.get("notify_url"))

    def find(self, number: str, at: float) -> Order:
        order = self.orders.get(number)
        if order is None:
            raise No(404, "ORDER_NOT_EXIST", "268512771: no such order")
        self.settle(order, at)
        return order

    def settle(self, order: Order, at: float) -> None:
        """What the passing of time did to it."""
        if order.state == "NOTPAY" and order.expires <= at:
            order.state = "CLOSED"

    def close(self, number: str, at: float) -> bool:
        """Says whether it was open; again does no harm."""
        order = self.find(number, at)
        if order.state in ("SUCCESS", "REFUND"):
            raise No(400, "ORDERPAID", "the order has been paid")
        was_open = order.state == "NOTPAY"
        order.state = "CLOSED"
        return was_open

    def paid(self, name: str, openid: str, at: float, *, late: bool = False) -> Order:
        """A person pays on the phone. ``late``: while the order was being closed, so that it is paid after
        all. ValueError, with what the phone shows, when it cannot be."""
        order = self._by_prepay.get(name) or self.orders.get(name)
        if order is None:
            raise ValueError("no such order")
        self.settle(order, at)
        if openid and openid != order.openid:
            raise ValueError("this order is another person's")
        if order.state in ("SUCCESS", "REFUND"):
            raise ValueError("paid already")
        if not late and (order.state != "NOTPAY" or order.prepay_until <= at):
            raise ValueError("this order is closed, or its prepay_id is over")
        self._next += 1
        order.state, order.paid_at, order.transaction_id = "SUCCESS", at, str(self._next)
        return order

    def refund(self, said: dict[str, Any], at: float) -> tuple[Refund, bool]:
        """POST /v3/refund/domestic/refunds; whether it is new."""
        number = str(said.get("out_refund_no", ""))
        known = self.refunds.get(number)
        if known is not None:
            if said != known.said:
                raise No(400, "INVALID_REQUEST", "the request was repeated with other parameters")
            return known, False
        amount = said.get("amount")
        amount = amount if isinstance(amount, dict) else {}
        fen = amount.get("refund")
        if not REFUND_NUMBER.fullmatch(number):
            raise No(400, "PARAM_ERROR", "out_refund_no")
        if not isinstance(fen, int) or isinstance(fen, bool) or fen < 1:
            raise No(400, "PARAM_ERROR", "amount.refund")
        order = self._of(said)
        if amount.get("total") != order.fen:
            raise No(400, "INVALID_REQUEST", "amount.total is not that of the order")
        given = [one for one in order.refunds if one.status in ("PROCESSING", "SUCCESS")]
        if sum(one.fen for one in given) + fen > order.fen:
            raise No(403, "NOT_ENOUGH", "more than what was paid")
        if len(order.refunds) >= self.limits.pay_refunds_per_order:
            raise No(400, "INVALID_REQUEST", "too many refunds of one order")
        if "notify_url" in said:
            check_url(said["notify_url"])
        self._next += 1
        made = Refund(
            number,
            order,
            said,
            fen,
            str(self._next),
            at,
            at + self.limits.pay_refund_seconds,
            said.get("notify_url", ""),
            self.refund_outcome,
        )
        self.refunds[number] = made
        order.refunds.append(made)
        order.state = "REFUND"
        return made, True

    def _of(self, said: dict[str, Any]) -> Order:
        """The paid order that a refund is about."""
        number, transaction = said.get("out_trade_no"), said.get("transaction_id")
        order = self.orders.get(str(number)) if number else None
        if order is None and transaction:
            order = next((one for one in self.orders.values() if one.transaction_id == transaction), None)
        if order is None or not order.transaction_id:
            raise No(404, "RESOURCE_NOT_EXISTS", "no such paid order")
        return order

    def find_refund(self, number: str, at: float) -> Refund:
        refund = self.refunds.get(number)
        if refund is None:
            raise No(404, "RESOURCE_NOT_EXISTS", "no such refund")
        self.settle_refund(refund, at)
        return refund

    def settle_refund(self, refund: Refund, at: float) -> bool:
        """Whether it came to its end just now."""
        if refund.status != "PROCESSING" or refund.done_at > at:
            return False
        refund.status = refund.outcome
        return True

    def trade_json(self, order: Order) -> dict[str, Any]:
        """As a query answers and a notification holds."""
        said: dict[str, Any] = {
            "mchid": self.mch_id,
            "appid": order.app_id,
            "out_trade_no": order.number,
            "trade_state": order.state,
            "trade_state_desc": order.state,
            "amount": {"total": order.fen, "currency": "CNY"},
        }
        if order.transaction_id:
            said |= {
                "transaction_id": order.transaction_id,
                "trade_type": "JSAPI",
                "bank_type": "OTHERS",
                "attach": "",
                "success_time": stamp(order.paid_at),
                "payer": {"openid": order.openid},
            }
            said["amount"] |= {"payer_total": order.fen, "payer_currency": "CNY"}
        return said

    def refund_json(self, refund: Refund, *, notified: bool = False) -> dict[str, Any]:
        order = refund.order
        said: dict[str, Any] = {
            "refund_id": refund.refund_id,
            "out_refund_no": refund.number,
            "transaction_id": order.transaction_id,
            "out_trade_no": order.number,
            "user_received_account": "OTHERS",
            "amount": {
                "total": order.fen,
                "refund": refund.fen,
                "payer_total": order.fen,
                "payer_refund": refund.fen,
            },
        }
        if refund.status == "SUCCESS":
            said["success_time"] = stamp(refund.done_at)
        if notified:
            return said | {"mchid": self.mch_id, "refund_status": refund.status}
        said["amount"]["currency"] = "CNY"
        return said | {
            "status": refund.status,
            "create_time": stamp(refund.asked_at),
            "channel": "ORIGINAL",
        }


def check_url(url: Any) -> None:
    """A notify_url that may be called: 256 characters, no query; here also: this machine's."""
    good = isinstance(url, str) and len(url) <= 256 and not urlsplit(url).query and is_loopback(url)
    if not good:
        raise No(400, "PARAM_ERROR", "notify_url")


def stamp(at: float) -> str:
    return datetime.fromtimestamp(int(at), SHANGHAI).isoformat()


def _moment(text: Any, default: float) -> float:
    if text is None:
        return default
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        raise No(400, "PARAM_ERROR", "time_expire") from None
    if moment.tzinfo is None:
        raise No(400, "PARAM_ERROR", "time_expire")
    return moment.timestamp()
