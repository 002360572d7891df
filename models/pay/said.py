"""What WeChat Pay says, after its signature was proved and its words were read (server/pay)."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


class TradeState(StrEnum):
    """trade_state of API v3."""

    SUCCESS = "SUCCESS"
    REFUND = "REFUND"  # paid, and some of it given back since
    NOTPAY = "NOTPAY"
    CLOSED = "CLOSED"
    USERPAYING = "USERPAYING"
    PAYERROR = "PAYERROR"
    REVOKED = "REVOKED"


class Trade(NamedTuple):
    """An order as the platform knows it. `fen` is amount.total; what is None was not said."""

    number: str  # out_trade_no
    state: TradeState
    mch_id: str
    app_id: str
    fen: int | None = None
    currency: str | None = None
    transaction_id: str | None = None
    openid: str | None = None
    paid_at: datetime | None = None  # success_time, aware


class RefundStatus(StrEnum):
    SUCCESS = "SUCCESS"
    CLOSED = "CLOSED"
    PROCESSING = "PROCESSING"
    ABNORMAL = "ABNORMAL"


class Returned(NamedTuple):
    """A refund as the platform knows it. `fen` is amount.refund, `of_fen` amount.total."""

    number: str  # out_refund_no
    trade_number: str
    status: RefundStatus
    mch_id: str
    fen: int | None = None
    of_fen: int | None = None
    refund_id: str | None = None
    transaction_id: str | None = None
    done_at: datetime | None = None


class Platform(NamedTuple):
    """What a deployment is at WeChat Pay: the merchant, and the apps whose users may pay it."""

    mch_id: str
    app_ids: frozenset[str]
