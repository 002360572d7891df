"""The platform's JSON as our own words (models/pay/said.py). Nothing here is believed because of its form:
whoever calls has proved the signature first, and compares with our own order afterwards.
"""

import json
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

from models.pay.said import RefundStatus, Returned, Trade, TradeState

E = TypeVar("E", bound=StrEnum)
LONGEST = 128  # of any text that we keep
MOST_FEN = 10**12


class Unreadable(Exception):  # noqa: N818
    """It is not what the pages describe; `args[0]` names the field."""


def table(body: bytes) -> dict[str, Any]:
    """A JSON object. Raises Unreadable."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise Unreadable("json") from None
    if not isinstance(found, dict):
        raise Unreadable("json")
    return found


def trade(said: dict[str, Any]) -> Trade:
    """An order, from a query or a notification."""
    amount, payer = _part(said, "amount"), _part(said, "payer")
    return Trade(
        number=_must(said, "out_trade_no"),
        state=_one_of(TradeState, said, "trade_state"),
        mch_id=_must(said, "mchid"),
        app_id=_must(said, "appid"),
        fen=_fen(amount, "total"),
        currency=_text(amount, "currency"),
        transaction_id=_text(said, "transaction_id"),
        openid=_text(payer, "openid"),
        paid_at=_moment(said, "success_time"),
    )


def returned(said: dict[str, Any], mch_id: str | None = None) -> Returned:
    """A refund. A notification names merchant and `refund_status`; an answer to our own call names neither,
    and says `status`: there `mch_id` is ours."""
    amount = _part(said, "amount")
    return Returned(
        number=_must(said, "out_refund_no"),
        trade_number=_must(said, "out_trade_no"),
        status=_one_of(RefundStatus, said, "status" if mch_id else "refund_status"),
        mch_id=mch_id or _must(said, "mchid"),
        fen=_fen(amount, "refund"),
        of_fen=_fen(amount, "total"),
        refund_id=_text(said, "refund_id"),
        transaction_id=_text(said, "transaction_id"),
        done_at=_moment(said, "success_time"),
    )


def text(said: dict[str, Any], name: str, longest: int = LONGEST) -> str:
    """A text that must be there. Raises Unreadable."""
    return _must(said, name, longest)


def _must(said: dict[str, Any], name: str, longest: int = LONGEST) -> str:
    found = _text(said, name, longest)
    if found is None:
        raise Unreadable(name)
    return found


def _text(said: dict[str, Any], name: str, longest: int = LONGEST) -> str | None:
    found = said.get(name)
    if found is None or found == "":
        return None
    # NUL and halves of a pair are no text for a database
    if not isinstance(found, str) or len(found) > longest or not found.isprintable():
        raise Unreadable(name)
    return found


def _part(said: dict[str, Any], name: str) -> dict[str, Any]:
    found = said.get(name)
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise Unreadable(name)
    return found


def _fen(amount: dict[str, Any], name: str) -> int | None:
    found = amount.get(name)
    if found is None:
        return None
    if not isinstance(found, int) or isinstance(found, bool) or not 0 <= found <= MOST_FEN:
        raise Unreadable(name)
    return found


def _one_of(kind: type[E], said: dict[str, Any], name: str) -> E:
    try:
        return kind(_must(said, name))
    except ValueError:
        raise Unreadable(name) from None


def _moment(said: dict[str, Any], name: str) -> datetime | None:
    found = _text(said, name)
    if found is None:
        return None
    try:
        moment = datetime.fromisoformat(found)
    except ValueError:
        raise Unreadable(name) from None
    if moment.tzinfo is None:
        raise Unreadable(name)
    return moment
