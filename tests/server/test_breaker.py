"""When a platform is left alone, and what brings it back (F1, R5)."""

from datetime import UTC, datetime, timedelta

import pytest

from server.breaker import AT_ONCE, FAILURES, FIRST_PAUSE, LONGEST_PAUSE, SOON, Breaker

NOON = datetime(2026, 3, 23, 4, 0, tzinfo=UTC)


def later(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


@pytest.fixture
def down() -> Breaker:
    """A platform that has never answered."""
    breaker = Breaker()
    for _ in range(FAILURES):
        breaker.failed(NOON)
    return breaker


def test_a_few_failures_in_a_row_open_it_and_one_answer_closes_it(down):
    assert down.is_open
    assert down.rests_until(NOON) == NOON + FIRST_PAUSE
    down.answered(later(1))
    assert not down.is_open
    assert down.rests_until(later(1)) is None


def test_a_platform_that_answers_others_is_not_left_alone_for_a_few_cuts():
    breaker = Breaker()
    breaker.answered(NOON)
    for _ in range(AT_ONCE - 1):
        breaker.failed(later(0.1))
    assert not breaker.is_open
    breaker.failed(later(0.1))
    assert breaker.is_open


def test_silence_after_an_answer_opens_it_as_ever():
    breaker = Breaker()
    breaker.answered(NOON)
    for _ in range(FAILURES):
        breaker.failed(later(10))
    assert breaker.is_open


def test_pauses_grow_to_less_than_half_a_minute(down):
    at = NOON
    for _ in range(10):
        at = down.until
        down.trying(at)
        down.failed(at)
    assert down.until - at == LONGEST_PAUSE


def test_a_probe_puts_the_others_by_for_a_moment_only(down):
    """It is answered within milliseconds, and thirty thousand letters must not sleep on for half a minute."""
    at = later(4)
    down.trying(at)
    assert down.shut(at)
    assert down.rests_until(at) == at + SOON


def test_every_second_probe_is_a_letter_that_is_not_in_doubt(down):
    kinds = []
    for number in range(4):
        kinds.append(down.in_doubt_first)
        down.trying(later(30 * number))
    assert kinds == [True, False, True, False]


def test_a_letter_that_failed_while_others_were_answered_says_nothing_of_the_platform():
    breaker = Breaker()
    breaker.answered(later(5))
    for _ in range(AT_ONCE):
        breaker.failed(later(60), since=later(1))
    assert not breaker.is_open


def test_nor_does_it_keep_a_platform_shut_that_may_be_back(down):
    down.answered(later(5))
    for _ in range(FAILURES):
        down.failed(later(60))
    down.trying(down.until)
    down.failed(later(70), since=later(1))
    assert down.until == later(70) + SOON
