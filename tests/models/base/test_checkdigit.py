import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.base.checkdigit import with_check, without_check


def test_the_published_example_of_damm():
    assert with_check(572) == "5724"
    assert without_check("5724") == 572


@given(st.integers(min_value=0, max_value=10**12))
def test_what_was_given_a_check_digit_is_read_back(n):
    assert without_check(with_check(n)) == n


@given(st.integers(min_value=1, max_value=10**9), st.data())
def test_any_single_wrong_digit_is_noticed(n, data):
    digits = with_check(n)
    at = data.draw(st.integers(min_value=0, max_value=len(digits) - 1))
    wrong = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != digits[at]]))
    assert without_check(digits[:at] + wrong + digits[at + 1 :]) is None


@given(st.integers(min_value=10, max_value=10**9), st.data())
def test_any_swap_of_neighbours_is_noticed(n, data):
    digits = with_check(n)
    at = data.draw(st.integers(min_value=0, max_value=len(digits) - 2))
    swapped = digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :]
    assert swapped == digits or without_check(swapped) is None


def test_full_width_digits_are_digits():
    assert without_check(" ５７２４ ") == 572


@pytest.mark.parametrize("text", ["", "5", "5723", "57a4", "五七二四", "-5724", "²", "5724" * 40])
def test_what_is_no_checked_number(text):
    assert without_check(text) is None


def test_a_negative_number_is_refused():
    with pytest.raises(ValueError, match="never negative"):
        with_check(-1)
