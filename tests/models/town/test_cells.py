"""What a clerk writes into a cell."""

import pytest

from models.town.cells import Fault, read, shown
from models.town.shape import BY_CODE, Column, Kind

TEXT = Column("x")
ROOM = BY_CODE["households"].column("room")
BUILDING = BY_CODE["buildings"].column("building")


@pytest.mark.parametrize("cell", [3, 3.0, "3", " 3 ", "３", "\u30003\xa0", "3号楼", "3 栋", "3#"])
def test_the_number_three_is_the_text_three(cell: object) -> None:
    assert read(BUILDING, cell) == "3"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("written", "means"),
    [("501室", "501"), ("A3号楼", "A3"), ("号楼", "号楼"), ("甲", "甲"), ("东楼", "东楼")],
)
def test_only_what_stands_behind_a_number_is_taken_off(written: str, means: str) -> None:
    column = ROOM if written.endswith("室") else BUILDING
    assert read(column, written) == means


@pytest.mark.parametrize("cell", [None, "", "  ", "\u3000"])
def test_blanks_are_empty(cell: str | None) -> None:
    assert read(TEXT, cell) is None
    assert read(Column("x", Kind.LIST), cell) == []
    with pytest.raises(Fault, match="required"):
        read(Column("x", required=True), cell)


@pytest.mark.parametrize("written", ["a、b", "a, b", "a，b；", "a;b", "、a、、b"])
def test_lists_split_at_any_comma(written: str) -> None:
    assert read(Column("x", Kind.LIST), written) == ["a", "b"]


@pytest.mark.parametrize(
    ("kind", "cell", "value"),
    [
        (Kind.AREA, 63.5, 6350),
        (Kind.AREA, "63.50", 6350),
        (Kind.AREA, 0.1 + 0.2, 30),
        (Kind.PRICE, 0.3, 3000),
        (Kind.PRICE, "０.３", 3000),
        (Kind.LONGITUDE, "126.97", 126.97),
        (Kind.MOBILE, 13800000000.0, "13800000000"),
        (Kind.MOBILE, "１３８００００００００", "13800000000"),
        (Kind.STATUS, "停用", False),
    ],
)
def test_numbers_are_kept_exactly(kind: Kind, cell: object, value: object) -> None:
    assert read(Column("x", kind), cell) == value  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "cell", "code"),
    [
        (Kind.AREA, -0.01, "out_of_range"),
        (Kind.AREA, "63㎡", "not_a_number"),
        (Kind.AREA, "nan", "not_a_number"),
        (Kind.AREA, "1e999999", "out_of_range"),
        (Kind.AREA, float("inf"), "not_a_number"),
        (Kind.PRICE, "-1", "out_of_range"),
        (Kind.LONGITUDE, 180.1, "out_of_range"),
        (Kind.LATITUDE, -91, "out_of_range"),
        (Kind.WHOLE, 2.5, "not_whole"),
        (Kind.WHOLE, "二", "not_a_number"),
        (Kind.WHOLE, -1, "out_of_range"),
        (Kind.MOBILE, "1380000000", "not_a_mobile"),
        (Kind.MOBILE, "23800000000", "not_a_mobile"),
        (Kind.STATUS, "休息", "unknown_choice"),
        (Kind.TEXT, ("date",), "date"),
        (Kind.TEXT, "#REF!", "formula_error"),
        (Kind.TEXT, "长" * 201, "too_much_text"),
        (Kind.LIST, "a、a", "twice_in_cell"),
    ],
)
def test_what_cannot_be_meant_is_refused(kind: Kind, cell: object, code: str) -> None:
    with pytest.raises(Fault, match=code):
        read(Column("x", kind, most=99), cell)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "written", ["😀", "𠮷野家", "👨\u200d👩\u200d👧", "\u202eabc", "e\u0301", "阳光（一期）"]
)
def test_odd_characters_come_back_as_they_were(written: str) -> None:
    assert shown(TEXT, read(TEXT, written)) == written


def test_control_characters_go() -> None:
    assert read(TEXT, "张\x00三\r\n") == "张 三"
