"""The merchant: what hemei asks of WeChat Pay. Not inside a transaction, ever.

Each call may be repeated: the platform knows an order and a refund by the number that we gave it. Errors are
those of server/pay/troubles.py.
"""

import hashlib
import logging
import zlib
from collections.abc import Callable
from datetime import date, datetime
from typing import Any, Final, TypeVar

from models.base.clock import local
from models.pay.said import Returned, Trade
from server.pay import reading
from server.pay.signing import Signer
from server.pay.troubles import Refused, Unknown
from server.pay.wire import FILE_BYTES, Wire

log = logging.getLogger(__name__)
T = TypeVar("T")

LONGEST_DESCRIPTION: Final = 127
LONGEST_REASON: Final = 80
# Its pages and its answers spell them in more than one way.
NO_ORDER: Final = {"ORDER_NOT_EXIST", "ORDERNOTEXIST", "RESOURCE_NOT_EXISTS"}
NO_REFUND: Final = {"REFUND_NOT_EXISTS", "REFUNDNOTEXIST", "RESOURCE_NOT_EXISTS"}
NO_BILL: Final = {"NO_STATEMENT_EXIST"}


class Merchant:
    """One for each process. `mch_id` is whose money it is."""

    def __init__(self, mch_id: str, wire: Wire, signer: Signer, base_url: str) -> None:
        self.mch_id = mch_id
        self._wire = wire
        self._signer = signer
        self._notify_url = f"{base_url}/pay/notify"
        self._refund_notify_url = f"{base_url}/pay/refund-notify"

    def order(
        self, *, number: str, app_id: str, openid: str, fen: int, description: str, expires_at: datetime
    ) -> str:
        """Opens an order and returns its prepay_id, good for two hours. A person waits: 3 s in all.

        The same number with the same facts again gives a prepay_id that can be used; with others it is
        refused (INVALID_REQUEST).
        """
        said = self._post(
            "/v3/pay/transactions/jsapi",
            {
                "appid": app_id,
                "mchid": self.mch_id,
                "description": description[:LONGEST_DESCRIPTION],
                "out_trade_no": number,
                "time_expire": local(expires_at).isoformat(timespec="seconds"),
                "notify_url": self._notify_url,
                "amount": {"total": fen, "currency": "CNY"},
                "payer": {"openid": openid},
            },
            person_waits=True,
        )
        return _understood(lambda: reading.text(reading.table(said), "prepay_id"))

    def parameters(self, app_id: str, prepay_id: str) -> dict[str, str]:
        """For wx.requestPayment or WeixinJSBridge. What the phone says afterwards proves nothing."""
        return self._signer.parameters(app_id, prepay_id)

    def query(self, number: str, *, person_waits: bool = False) -> Trade | None:
        """The order as the platform knows it; None: it knows none of that number."""
        path, query = f"/v3/pay/transactions/out-trade-no/{number}", {"mchid": self.mch_id}
        try:
            said = self._wire.call("GET", path, query, person_waits=person_waits)
        except Refused as no:
            if no.status == 404 and no.code in NO_ORDER:
                return None
            raise
        return _understood(lambda: _same(reading.trade(reading.table(said)), number))

    def close(self, number: str, *, person_waits: bool = False) -> None:
        """From now on it cannot be paid; again does no harm. Refused(ORDERPAID): it has been paid."""
        path = f"/v3/pay/transactions/out-trade-no/{number}/close"
        self._post(path, {"mchid": self.mch_id}, person_waits=person_waits)

    def refund(self, *, number: str, trade_number: str, fen: int, of_fen: int, why: str) -> Returned:
        """Gives `fen` of an order of `of_fen` back. Mostly PROCESSING; repeat with the same `number` only."""
        said = self._post(
            "/v3/refund/domestic/refunds",
            {
                "out_trade_no": trade_number,
                "out_refund_no": number,
                "reason": why[:LONGEST_REASON],
                "notify_url": self._refund_notify_url,
                "amount": {"refund": fen, "total": of_fen, "currency": "CNY"},
            },
        )
        return self._returned(said, number)

    def query_refund(self, number: str) -> Returned | None:
        """None: the platform knows no refund of that number."""
        try:
            said = self._wire.call("GET", f"/v3/refund/domestic/refunds/{number}")
        except Refused as no:
            if no.status == 404 and no.code in NO_REFUND:
                return None
            raise
        return self._returned(said, number)

    def trade_bill(self, day: date) -> bytes | None:
        """All trades and refunds of a day, as the platform's own file; None: there were none.

        To be had from about 10 o'clock of the next day on, for three months.
        """
        return self._bill("/v3/bill/tradebill", {"bill_date": day.isoformat(), "bill_type": "ALL"})

    def fund_bill(self, day: date) -> bytes | None:
        """Every movement of the merchant's account on a day; None: there was none."""
        query = {"bill_date": day.isoformat(), "account_type": "BASIC"}
        return self._bill("/v3/bill/fundflowbill", query)

    def _bill(self, path: str, query: dict[str, str]) -> bytes | None:
        try:
            said = self._wire.call("GET", path, query)
        except Refused as no:
            if no.code in NO_BILL:
                return None
            raise
        facts = _understood(lambda: reading.table(said))
        address = _understood(lambda: reading.text(facts, "download_url", 4096))
        wanted = _understood(lambda: reading.text(facts, "hash_value")).lower()
        content = self._wire.file(address)
        if content[:2] == b"\x1f\x8b":
            content = _unpacked(content)
        if (
            facts.get("hash_type") != "SHA1"
            or hashlib.sha1(content, usedforsecurity=False).hexdigest() != wanted
        ):
            raise Unknown("hash")
        return content

    def _post(self, path: str, data: dict[str, Any], *, person_waits: bool = False) -> bytes:
        return self._wire.call("POST", path, data=data, person_waits=person_waits)

    def _returned(self, said: bytes, number: str) -> Returned:
        return _understood(lambda: _same(reading.returned(reading.table(said), self.mch_id), number))


def _same(found: T, number: str) -> T:
    """A proved answer about another order is none to our question."""
    if getattr(found, "number", None) != number:
        raise reading.Unreadable("number")
    return found


def _understood(read: Callable[[], T]) -> T:
    try:
        return read()
    except reading.Unreadable as field:
        raise Unknown(f"garbage: {field}") from None


def _unpacked(content: bytes) -> bytes:
    """Of a GZIP file no more than a bill may have. Raises Unknown."""
    try:
        stream = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        plain = stream.decompress(content, FILE_BYTES)
    except zlib.error:
        raise Unknown("garbage") from None
    if stream.unconsumed_tail or not stream.eof:
        raise Unknown("garbage")
    return plain
