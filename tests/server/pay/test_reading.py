"""Whatever a signed body holds, reading it gives our words or says that it cannot be read."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.pay.said import RefundStatus, Returned, Trade, TradeState
from server.pay.reading import Unreadable, returned, table, trade

# As the platform's pages show them.
PAID: dict[str, Any] = {
    "mchid": "1230000109",
    "appid": "wxd678efh567hg6787",
    "out_trade_no": "WY2026-000001",
    "transaction_id": "4200000000000000000000000001",
    "trade_type": "JSAPI",
    "trade_state": "SUCCESS",
    "attach": "",
    "success_time": "2026-03-01T10:00:00+08:00",
    "payer": {"openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"},
    "amount": {"total": 12050, "payer_total": 12050, "currency": "CNY", "payer_currency": "CNY"},
}
BACK: dict[str, Any] = {
    "mchid": "1900000100",
    "transaction_id": "1008450740201411110005820873",
    "out_trade_no": "20150806125346",
    "refund_id": "50200207182018070300011301001",
    "out_refund_no": "7752501201407033233368018",
    "refund_status": "SUCCESS",
    "success_time": "2018-06-08T10:34:56+08:00",
    "amount": {"total": 999, "refund": 999, "payer_total": 999, "payer_refund": 999},
}
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


def test_a_payment_becomes_our_words():
    assert trade(PAID) == Trade(
        "WY2026-000001",
        TradeState.SUCCESS,
        "1230000109",
        "wxd678efh567hg6787",
        12050,
        "CNY",
        "4200000000000000000000000001",
        "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o",
        datetime(2026, 3, 1, 2, tzinfo=UTC),
    )


def test_an_order_that_nobody_paid_says_less():
    rest = {name: PAID[name] for name in ("mchid", "appid", "out_trade_no")}
    found = trade(rest | {"trade_state": "NOTPAY"})
    assert (found.fen, found.transaction_id, found.openid, found.paid_at) == (None, None, None, None)


def test_a_refund_becomes_our_words_and_our_own_call_needs_no_merchant():
    told = returned(BACK)
    assert told == Returned(
        "7752501201407033233368018",
        "20150806125346",
        RefundStatus.SUCCESS,
        "1900000100",
        999,
        999,
        "50200207182018070300011301001",
        "1008450740201411110005820873",
        datetime(2018, 6, 8, 2, 34, 56, tzinfo=UTC),
    )
    own = {name: value for name, value in BACK.items() if name not in ("mchid", "refund_status")}
    assert returned(own | {"status": "SUCCESS"}, "1900000100") == told


@given(st.sampled_from([*PAID, "other"]), ANYTHING)
def test_any_value_anywhere_is_read_or_refused(name: str, value: Any):
    for said in (
        PAID | {name: value},
        PAID | {"amount": {"total": value}},
        PAID | {"payer": {"openid": value}},
    ):
        try:
            found = trade(said)
        except Unreadable:
            continue
        assert found.fen is None or (type(found.fen) is int and found.fen >= 0)
        assert all("\x00" not in str(part) for part in found)


@given(st.sampled_from([*BACK, "other"]), ANYTHING)
def test_any_refund_is_read_or_refused(name: str, value: Any):
    for said in (BACK | {name: value}, BACK | {"amount": {"refund": value, "total": value}}):
        try:
            found = returned(said)
        except Unreadable:
            continue
        assert found.fen is None or (type(found.fen) is int and found.fen >= 0)


@given(ANYTHING)
def test_only_an_object_is_a_table(value: Any):
    body = json.dumps(value).encode()
    if isinstance(value, dict):
        assert isinstance(table(body), dict)
    else:
        with pytest.raises(Unreadable):
            table(body)


@pytest.mark.parametrize(
    "body",
    [b"", b"\xff\xfe\x00", b"[" * 100_000, b'{"a":' + b"9" * 5000 + b"}", b'{"a"', "ü".encode("utf-16")],
)
def test_bytes_that_are_no_json_are_refused(body: bytes):
    with pytest.raises(Unreadable):
        table(body)
