"""WeChat Pay as a till in memory, by the platform's rules: for tests that are about what we make of its words
and not about signatures (for those the simulator plays it)."""

import random
import threading
from dataclasses import dataclass
from datetime import datetime

from models.base.clock import now
from models.pay.hearing import heard, refund_heard
from models.pay.said import RefundStatus, Returned, Trade, TradeState
from server.database import Database
from server.pay.troubles import Refused, Unknown

MCH, APP = "1900000001", "wx-official"


@dataclass
class Slip:
    """An order as the till knows it."""

    fen: int
    openid: str
    app_id: str
    expires_at: datetime
    description: str
    state: TradeState = TradeState.NOTPAY
    transaction_id: str | None = None
    paid_at: datetime | None = None
    given_back: int = 0


@dataclass
class Back:
    trade_number: str
    fen: int
    of_fen: int
    status: RefundStatus = RefundStatus.PROCESSING


class Till:
    """`doubt`: so often, of 1, a call is cut, as often after it was done as before; `events` is what it did,
    in order: ("order", number) …"""

    mch_id = MCH

    def __init__(self, *, doubt: float = 0.0, seed: int = 1) -> None:
        self.slips: dict[str, Slip] = {}
        self.backs: dict[str, Back] = {}
        self.events: list[tuple[str, str]] = []
        self.doubt = doubt
        self.is_away = False
        self._chance = random.Random(seed)
        self._lock = threading.RLock()

    # what hemei asks

    def order(
        self, *, number: str, app_id: str, openid: str, fen: int, description: str, expires_at: datetime
    ) -> str:
        with self._lock:
            self._maybe_lost()
            known = self.slips.get(number)
            if known is None:
                self.slips[number] = Slip(fen, openid, app_id, expires_at, description)
                self.events.append(("order", number))
            elif (known.fen, known.openid, known.app_id, known.expires_at) != (
                fen, openid, app_id, expires_at,
            ):  # fmt: skip
                raise Refused(400, "INVALID_REQUEST", "")
            elif known.state != TradeState.NOTPAY:
                paid = known.state == TradeState.SUCCESS
                raise Refused(403, "ORDERPAID" if paid else "ORDERCLOSED", "")
            self._maybe_lost()
            return f"wx-{number}"

    def parameters(self, app_id: str, prepay_id: str) -> dict[str, str]:
        return {"appId": app_id, "package": f"prepay_id={prepay_id}"}

    def query(self, number: str, *, person_waits: bool = False) -> Trade | None:
        with self._lock:
            self._maybe_lost()
            self.events.append(("query", number))
            return self.trade(number) if number in self.slips else None

    def close(self, number: str, *, person_waits: bool = False) -> None:
        with self._lock:
            self._maybe_lost()
            slip = self.slips.get(number)
            if slip is None:
                raise Refused(404, "ORDER_NOT_EXIST", "")
            if slip.state == TradeState.SUCCESS:
                raise Refused(400, "ORDERPAID", "")
            slip.state = TradeState.CLOSED
            self.events.append(("close", number))
            self._maybe_lost()

    def refund(self, *, number: str, trade_number: str, fen: int, of_fen: int, why: str) -> Returned:
        with self._lock:
            self._maybe_lost()
            slip, known = self.slips[trade_number], self.backs.get(number)
            if known is None:
                if slip.state != TradeState.SUCCESS or slip.given_back + fen > slip.fen or of_fen != slip.fen:
                    raise Refused(403, "INVALID_REQUEST", "")
                slip.given_back += fen
                self.backs[number] = Back(trade_number, fen, of_fen)
                self.events.append(("refund", number))
            elif (known.trade_number, known.fen) != (trade_number, fen):
                raise Refused(400, "INVALID_REQUEST", "")
            self._maybe_lost()
            return self.returned(number)

    def query_refund(self, number: str) -> Returned | None:
        with self._lock:
            self._maybe_lost()
            return self.returned(number) if number in self.backs else None

    # what people and time do there

    def pay(self, number: str, *, at: datetime | None = None) -> Trade:
        """Somebody confirms on the phone; what is closed or too late cannot be paid."""
        with self._lock:
            slip = self.slips[number]
            assert slip.state == TradeState.NOTPAY
            assert slip.expires_at > now()
            slip.state, slip.paid_at = TradeState.SUCCESS, at or now()
            slip.transaction_id = f"42{len(self.events):08d}{number[:12]}"
            self.events.append(("pay", number))
            return self.trade(number)

    def pay_out(self, number: str, status: RefundStatus = RefundStatus.SUCCESS) -> Returned:
        with self._lock:
            self.backs[number].status = status
            return self.returned(number)

    def trade(self, number: str) -> Trade:
        slip = self.slips[number]
        is_paid = slip.state == TradeState.SUCCESS
        state = TradeState.REFUND if is_paid and slip.given_back else slip.state
        return Trade(
            number, state, MCH, slip.app_id, slip.fen if is_paid else None, "CNY" if is_paid else None,
            slip.transaction_id, slip.openid, slip.paid_at,
        )  # fmt: skip

    def returned(self, number: str) -> Returned:
        back = self.backs[number]
        return Returned(
            number, back.trade_number, back.status, MCH, back.fen, back.of_fen, f"50{number}", done_at=now()
        )

    def _maybe_lost(self) -> None:
        if self.is_away or self._chance.random() < self.doubt / 2:
            raise Unknown("cut")


def push(database: Database, trade: Trade, key: str | None = None) -> None:
    """The platform's notification of a payment."""
    database.write(heard, trade, key=key or f"EV-{trade.number}", event="TRANSACTION.SUCCESS")


def refund_push(database: Database, returned: Returned, key: str | None = None) -> None:
    event = f"REFUND.{returned.status}"
    database.write(refund_heard, returned, key=key or f"EV-{returned.number}", event=event)
