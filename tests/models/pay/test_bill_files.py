"""A bill file is taken whole or not at all."""

from datetime import date

import pytest
from bill_files import FUND, TRADE, TRADE_TOTALS, Back, Flow, Paid, fund_file, trade_file
from hypothesis import given, settings
from hypothesis import strategies as st

from models.base.refusals import Invalid
from models.pay import bill_files
from models.pay.bill_files import Kind, Line, What, fen_of, read

DAY = date(2026, 3, 23)
TWO = (Paid("o-1", 180_00), Paid("o-2", 1))


def _refused(data: bytes) -> tuple[str, dict]:
    with pytest.raises(Invalid) as refusal:
        read(data)
    return refusal.value.code, refusal.value.facts


def test_a_trade_bill_has_its_payments_and_refunds_in_fen():
    file = read(trade_file(DAY, [*TWO, Back("r-1", 80_00), Back("r-2", 5, "PROCESSING")]))
    assert (file.kind, file.day, file.rows, file.fen) == (Kind.TRADE, DAY, 4, 180_01 - 80_05)
    assert file.merchants == {"1900000001"}
    assert file.lines == [
        Line(2, What.PAID, "o-1", "42o-1", 180_00),
        Line(3, What.PAID, "o-2", "42o-2", 1),
        Line(4, What.REFUND, "r-1", "50r-1", 80_00, of="o-of"),
        Line(5, What.REFUND, "r-2", "50r-2", 5, done=False, of="o-of"),
    ]


def test_a_refund_that_came_back_is_no_refund():
    assert [one.what for one in read(trade_file(DAY, [Back("r-1", 5, "CHANGE")])).lines] == [What.RETURNED]


def test_a_fund_bill_has_what_the_platform_kept_and_gave_back():
    words = "退款总金额80.00元;含手续费0.48元"
    rows = [
        Flow("交易", "o-1", 180_00),
        Flow("扣除交易手续费", "o-1", -1_08),
        Flow("退款", "r-1", -79_52, words),
        Flow("提现", "", -99_40, platform="tx"),
    ]
    file = read(fund_file(DAY, rows))
    assert (file.kind, file.rows, file.fen) == (Kind.FUND, 4, 180_00 - 1_08 - 79_52 - 99_40)
    assert [(one.what, one.number, one.fen) for one in file.lines] == [
        (What.PAID, "o-1", 180_00),
        (What.FEE, "o-1", -1_08),
        (What.FEE, "r-1", 48),
        (What.REFUND, "r-1", 80_00),
        (What.OTHER, "flow-3", -99_40),
    ]


def test_columns_are_found_by_their_headings():
    plain = trade_file(DAY, TWO).decode("utf-8-sig").replace("\r\n", "\n")
    lines = plain.strip().split("\n")
    turned = [",".join(reversed(TRADE.split(",")))]
    turned += ["`" + ",`".join(reversed(line[1:].split(",`"))) for line in lines[1:3]]
    assert read("\n".join([*turned, *lines[3:]]).encode()).lines == read(plain.encode()).lines


def test_headings_may_stand_behind_backticks_as_cells_do():
    plain = trade_file(DAY, TWO).decode("utf-8-sig")
    marked = plain
    for heading in (TRADE, TRADE_TOTALS):
        marked = marked.replace(heading, "`" + heading.replace(",", ",`"))
    assert read(marked.encode()).lines == read(plain.encode()).lines


SOUND = [
    trade_file(DAY, [*TWO, Back("r-1", 80_00)]),
    fund_file(DAY, [Flow("交易", "o-1", 180_00), Flow("扣除交易手续费", "o-1", -1_08)]),
]


@given(
    st.sampled_from(SOUND),
    st.integers(0, 2000),
    st.integers(0, 12),
    st.one_of(st.binary(max_size=6), st.sampled_from([b"`", b",`", b"\n", b"9", b"-", b'"', b"0.01"])),
)
@settings(max_examples=400)
def test_a_file_that_was_tampered_with_is_refused_or_still_its_totals(data, at, cut, put):
    changed = data[:at] + put + data[at + cut :]
    try:
        file = read(changed)
    except Invalid:
        return
    sums = {what: sum(one.fen for one in file.lines if one.what == what) for what in What}
    assert file.rows == len(file.lines)
    if file.kind == Kind.TRADE:
        assert file.fen == sums[What.PAID] - sums[What.REFUND]
    else:
        assert file.fen == sums[What.PAID] + sums[What.FEE] + sums[What.OTHER] - sums[What.REFUND]


def test_a_cell_without_end_is_no_bill():
    assert _refused(b"x" * 200_000)[0] == "bill_file_kind"


def test_a_file_larger_than_any_is_not_read(monkeypatch):
    monkeypatch.setattr(bill_files, "MOST_BYTES", 100)
    assert _refused(trade_file(DAY, TWO))[0] == "bill_file_big"


def test_a_file_without_lines_does_not_say_its_day():
    empty = trade_file(DAY, [])
    assert (read(empty).day, read(empty).rows) == (None, 0)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "bill_file_kind"),
        (b"\xff\xfe\x00", "bill_file_kind"),
        ("小区,楼号\n育英小区,3".encode(), "bill_file_kind"),
        (TRADE.encode(), "bill_file_cut"),
        (f"{TRADE}\n{TRADE_TOTALS}".encode(), "bill_file_cut"),
        (trade_file(DAY, TWO)[:600], "bill_file_row"),
        (trade_file(DAY, [*TWO, TWO[0]]), "bill_file_twice"),
        (trade_file(DAY, TWO, fen="180.02"), "bill_file_totals"),
        (trade_file(DAY, TWO, rows="3"), "bill_file_totals"),
        (trade_file(DAY, [*TWO, Back("r-1", 5)], refund_fen="0.04"), "bill_file_totals"),
        (trade_file(DAY, TWO, fen="many"), "bill_file_row"),
        (trade_file(DAY, TWO).replace(b"`0.01", b"`0.011"), "bill_file_row"),
        (trade_file(DAY, TWO).replace(b"`o-2", b"`"), "bill_file_row"),
        (trade_file(DAY, TWO).replace(b"2026-03-23 10", b"2026-03-32 10", 1), "bill_file_row"),
        (trade_file(DAY, TWO).replace(b"2026-03-23 10", b"2026-03-22 10", 1), "bill_file_days"),
        (fund_file(DAY, [Flow("交易", "o-1", 1)]).replace("`收入".encode(), "`借".encode()), "bill_file_row"),
        (fund_file(DAY, [Flow("退款", "r-1", -5, "退款总金额0.09元;含手续费0.03元")]), "bill_file_row"),
        (FUND.encode() + b"\n`1,`2", "bill_file_row"),
    ],
)  # fmt: skip
def test_a_broken_file_is_refused_with_its_reason(data: bytes, code: str):
    assert _refused(data)[0] == code


def test_the_refusal_names_row_and_column():
    broken = trade_file(DAY, TWO).replace(b"`0.01,", b"`1e2,")
    assert _refused(broken) == ("bill_file_row", {"row": 3, "column": "订单金额"})


@pytest.mark.parametrize(
    ("written", "fen"),
    [("0.01", 1), ("0.0", 0), ("180", 180_00), ("-3.00", -3_00), ("0.00600", None), ("0.10000", 10),
     ("1e3", None), ("", None), ("NaN", None), ("１", None), ("1,000.00", None), ("0.29", 29)],
)  # fmt: skip
def test_yuan_become_fen_exactly_or_not_at_all(written: str, fen: int | None):
    assert fen_of(written) == fen
