import pytest

from models.base.checkdigit import with_check
from models.understanding import case_number_in

NUMBER = with_check(10234)


@pytest.mark.parametrize(
    "text",
    [
        NUMBER,
        f"{NUMBER}咋样了",
        f"单号{NUMBER[:3]} {NUMBER[3:]}",
        f"办结 {NUMBER[:2]}-{NUMBER[2:]}",
        "".join(chr(ord(digit) + 0xFEE0) for digit in NUMBER),
        f"我家3号楼,{NUMBER}",
    ],
)
def test_a_case_number_is_found(text):
    assert case_number_in(text) == NUMBER


def test_a_wrong_digit_is_no_case():
    wrong = NUMBER[:-1] + str((int(NUMBER[-1]) + 1) % 10)
    assert case_number_in(wrong) is None


def phone_with_right_check() -> str:
    return next(phone for n in range(10) if (phone := f"1384567890{n}") == with_check(1384567890))


def test_phones_are_never_cases():
    seven = with_check(334567)
    assert case_number_in(phone_with_right_check()) is None
    assert case_number_in(f"电话{seven}") is None
    assert case_number_in(with_check(400123456)) is None


@pytest.mark.parametrize(
    "text", ["", "灯不亮", "12", "3-2-501", "3-2-502", "3-2-503", "2026-11-21", "9" * 5000, "1 " * 5000]
)
def test_other_numbers_are_no_cases(text):
    assert case_number_in(text) is None
