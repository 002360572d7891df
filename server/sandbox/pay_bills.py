"""The platform's bill files of a day: every cell behind a backtick, amounts in yuan, totals at the end.

Headings are in templates/sandbox/pay_bills.toml.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from models.base.clock import SHANGHAI
from models.base.resources import table
from server.sandbox.pay_book import Book, No, Order, Refund

HEADINGS = "sandbox/pay_bills.toml"
END = "\r\n"


def check_day(text: str, at: float, ready_hours: int) -> date:
    """The day asked for. STATEMENT_CREATING until ``ready_hours`` after its end, 3 months back at most."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise No(400, "PARAM_ERROR", "bill_date") from None
    there = datetime.fromtimestamp(at, SHANGHAI)
    ready = datetime.combine(day + timedelta(days=1), time(), SHANGHAI) + timedelta(hours=ready_hours)
    if there < ready:
        raise No(400, "STATEMENT_CREATING", "the bill is still being made")
    if there.date() - day > timedelta(days=92):
        raise No(400, "INVALID_REQUEST", "bill_date is more than three months back")
    return day


def trade_bill(book: Book, day: date) -> bytes:
    """bill_type=ALL. NO_STATEMENT_EXIST on a day without trade."""
    words = table(HEADINGS)["trade"]
    paid = sorted((one for one in book.orders.values() if _on(one.paid_at, day)), key=lambda one: one.paid_at)
    back = sorted((one for one in _given_back(book) if _on(one.asked_at, day)), key=lambda one: one.asked_at)
    if not paid and not back:
        raise No(404, "NO_STATEMENT_EXIST", "no trade on that day")
    rate = book.limits.pay_fee_rate
    rows = [_trade_row(book, one, None, rate) for one in paid]
    rows += [_trade_row(book, one.order, one, rate) for one in back]
    fees = sum(_fee(one.fen, rate) for one in paid) - sum(_fee(one.fen, rate) for one in back)
    gone = sum(one.fen for one in back)
    came = sum(one.fen for one in paid)
    totals = [str(len(rows)), yuan(came), yuan(gone), "0.00", f"{fees / 100:.5f}", yuan(came), yuan(gone)]
    return _file(words["headings"], rows, words["totals"], totals)


def fund_bill(book: Book, day: date) -> bytes:
    """Every movement of the account, fees of their own. NO_STATEMENT_EXIST when nothing moved."""
    words = table(HEADINGS)["fund"]
    rate = book.limits.pay_fee_rate
    moves: list[tuple[float, str, str, str, int, str]] = []  # at, business, flow, word, signed fen, voucher
    for order in book.orders.values():
        if order.paid_at:
            moves.append((order.paid_at, order.transaction_id, "1", "paid", order.fen, order.number))
            if fee := _fee(order.fen, rate):
                moves.append((order.paid_at, order.transaction_id, "2", "fee", -fee, order.number))
    for refund in _given_back(book):
        moves.append((refund.asked_at, refund.refund_id, "1", "refund", -refund.fen, refund.number))
        if fee := _fee(refund.fen, rate):
            moves.append((refund.asked_at, refund.refund_id, "2", "fee_back", fee, refund.number))
    moves.sort(key=lambda move: (move[0], move[2]))
    rows, balance = [], 0
    came: list[int] = []
    gone: list[int] = []
    for at, business, part, word, fen, voucher in moves:
        balance += fen
        if not _on(at, day):
            continue
        (came if fen > 0 else gone).append(abs(fen))
        row = [
            _when(at),
            business,
            f"{business}{part}",
            words["names"][word],
            words["kinds"][word],
            words["in"] if fen > 0 else words["out"],
            yuan(abs(fen)),
            yuan(balance),
            words["by"],
            "",
            voucher,
        ]
        rows.append(row)
    if not rows:
        raise No(404, "NO_STATEMENT_EXIST", "nothing moved on that day")
    totals = [str(len(rows)), str(len(came)), yuan(sum(came)), str(len(gone)), yuan(sum(gone))]
    return _file(words["headings"], rows, words["totals"], totals)


def yuan(fen: int) -> str:
    """
    >>> yuan(18005)
    '180.05'
    """
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def _trade_row(book: Book, order: Order, refund: Refund | None, rate: int) -> list[str]:
    words = table(HEADINGS)["trade"]
    fen = refund.fen if refund else order.fen
    fee = _fee(fen, rate)
    return [
        _when(refund.asked_at if refund else order.paid_at),
        order.app_id,
        book.mch_id,
        "0",
        "",
        order.transaction_id,
        order.number,
        order.openid,
        "JSAPI",
        "REFUND" if refund else "SUCCESS",
        "OTHERS",
        "CNY",
        "0.00" if refund else yuan(order.fen),
        "0.00",
        refund.refund_id if refund else "0",
        refund.number if refund else "0",
        yuan(refund.fen) if refund else "0.00",
        "0.00",
        "ORIGINAL" if refund else "",
        refund.status if refund else "",
        str(order.said["description"]).replace(",", " "),
        "",
        f"{(-fee if refund else fee) / 100:.5f}",
        f"{rate / 100:.2f}%",
        "0.00" if refund else yuan(order.fen),
        yuan(refund.fen) if refund else "0.00",
        words["rate_note"],
    ]


def _given_back(book: Book) -> list[Refund]:
    return [one for one in book.refunds.values() if one.status in ("SUCCESS", "PROCESSING")]


def _fee(fen: int, rate: int) -> int:
    """``rate`` in hundredths of a per cent, rounded half up to fen."""
    return (fen * rate * 2 + 10_000) // 20_000


def _on(at: float, day: date) -> bool:
    return bool(at) and datetime.fromtimestamp(at, SHANGHAI).date() == day


def _when(at: float) -> str:
    return datetime.fromtimestamp(at, SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")


def _file(headings: str, rows: list[list[str]], total_headings: str, totals: list[str]) -> bytes:
    lines = [headings, *(_line(row) for row in rows), total_headings, _line(totals)]
    return ("\ufeff" + END.join(lines) + END).encode()


def _line(cells: list[str]) -> str:
    return ",".join(f"`{cell}" for cell in cells)
