"""Which months a run charges a home (rows 53–55): one rule, whatever a home agreed on."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from models.base.months import in_rows, month_on, months_from
from models.contract.tables import Charging
from models.contract.terms import Held, charging_in, months_charged

JAN = date(2027, 1, 1)
YEAR = months_from(JAN, 12)
QUARTER, TRIAL = Charging.QUARTER, Charging.TRIAL


def held(charging: Charging, since: int, months: int | None) -> Held:
    """From the month so many after January 2027 on."""
    first = month_on(JAN, since)
    return Held(charging, first, None if months is None else month_on(first, months))


def charged(*contracts: Held, billed=(), proved=True, months=YEAR) -> list[int]:
    """Numbers of the months of 2027."""
    return [one.month for one in months_charged(months, contracts, set(billed), lambda _: proved)]


def test_a_home_that_agreed_to_nothing_is_charged_every_month():
    assert charged() == list(range(1, 13))


def test_a_month_that_stands_on_a_bill_is_not_charged_again():
    assert charged(billed=YEAR[:3]) == list(range(4, 13))


def test_nothing_is_charged_in_a_trial_and_silence_after_it_is_no_consent():
    assert charged(held(TRIAL, 3, 3)) == [1, 2, 3]


def test_whoever_says_yes_after_a_trial_is_charged_from_there_on():
    assert charged(held(TRIAL, 3, 3), held(QUARTER, 7, None)) == [1, 2, 3, 8, 9, 10, 11, 12]


def test_a_month_that_a_trial_only_touches_is_free():
    trial = Held(TRIAL, date(2027, 1, 20), date(2027, 4, 20))
    assert charged(trial, held(QUARTER, 0, None)) == list(range(5, 13))


def test_a_year_in_advance_is_charged_by_its_own_bill_and_the_next_month_as_before():
    assert charged(held(Charging.YEAR, -6, 12)) == [7, 8, 9, 10, 11, 12]


def test_service_first_is_charged_when_all_its_months_are_proved():
    contract = held(Charging.SERVICE_FIRST, 2, None)
    assert charged(contract, proved=False) == [1, 2]
    assert charged(contract, proved=True) == list(range(1, 13))
    only_march = months_charged(YEAR, [contract], set(), lambda month: month.month == 3)
    assert [one.month for one in only_march] == [1, 2]


def test_months_lie_in_rows_without_a_gap():
    assert list(in_rows([YEAR[0], YEAR[1], YEAR[4]])) == [(YEAR[0], 2), (YEAR[4], 1)]
    assert list(in_rows([])) == []


CONTRACTS = st.lists(
    st.builds(
        held,
        st.sampled_from(list(Charging)),
        st.integers(-14, 14),
        st.one_of(st.none(), st.integers(0, 14)),
    ),
    max_size=4,
)


@given(contracts=CONTRACTS, runs=st.lists(st.tuples(st.integers(0, 11), st.integers(1, 12)), max_size=6))
def test_no_month_is_charged_twice_and_none_inside_a_trial(contracts, runs):
    done: list[date] = []
    for first, count in runs:
        months = months_from(month_on(JAN, first), count)
        done += months_charged(months, contracts, set(done), lambda month: month.month % 2 == 0)
    assert len(done) == len(set(done))
    for month in done:
        assert charging_in(contracts, month) in (QUARTER, Charging.SERVICE_FIRST)
        for one in contracts:
            inside = one.since <= month and (one.until is None or month < one.until)
            assert not (one.charging == TRIAL and inside)
