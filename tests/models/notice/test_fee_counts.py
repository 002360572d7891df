"""What numbers tell, taken by themselves and against each other (X05)."""

import random
from itertools import combinations

from models.notice.fee_counts import Count, tells_nobody


def count(paid: int, owing: int, begin: int = 0) -> Count:
    return Count(frozenset(range(begin, begin + paid)), frozenset(range(begin + paid, begin + paid + owing)))


def test_five_on_either_side_may_be_said_and_four_may_not() -> None:
    assert tells_nobody(count(5, 5), ())
    assert not tells_nobody(count(4, 56), ())
    assert not tells_nobody(count(56, 4), ())
    assert not tells_nobody(count(60, 0), ())
    assert not tells_nobody(count(0, 60), ())


def test_a_number_is_not_said_again_before_five_homes_have_moved() -> None:
    first = count(41, 19)
    assert not tells_nobody(count(41, 19), [first])
    assert not tells_nobody(count(45, 15), [first])
    assert tells_nobody(count(46, 14), [first])


def test_who_paid_and_who_took_it_back_are_counted_both() -> None:
    first = count(20, 20)
    swapped = Count(frozenset({*range(17), 20, 21, 22}), frozenset({17, 18, 19, *range(23, 40)}))
    assert len(swapped.paid) == len(first.paid)
    assert tells_nobody(swapped, [first])  # the same number, and six homes between which nobody can choose


def test_a_book_that_leaves_out_three_homes_would_tell_of_these_three() -> None:
    whole = count(30, 30)
    without_three = Count(whole.paid - {0, 1}, whole.owing - {30})
    assert not tells_nobody(without_three, [whole])


def test_every_earlier_number_counts_and_not_only_the_last() -> None:
    first, second = count(20, 40), count(28, 32)
    back_again = count(21, 39)
    assert tells_nobody(back_again, [second])
    assert not tells_nobody(back_again, [second, first])


def test_of_a_hundred_generated_buildings_no_two_numbers_tell_of_fewer_than_five() -> None:
    dice = random.Random(20261121)
    said_at_all = 0
    for _ in range(100):
        homes = list(range(dice.choice((3, 9, 12, 24, 60))))
        paid: set[int] = set()
        said: list[Count] = []
        for _ in range(12):
            paid |= set(dice.sample(homes, k=dice.randrange(0, 1 + min(len(homes), 9))))
            if dice.random() < 0.2 and paid:
                paid.discard(dice.choice(sorted(paid)))  # a payment that was booked wrongly
            named = set(homes) if dice.random() < 0.8 else set(dice.sample(homes, k=len(homes) * 9 // 10))
            now = Count(frozenset(paid & named), frozenset(named - paid))
            if tells_nobody(now, said):
                said.append(now)
        said_at_all += len(said)
        assert all(min(len(one.paid), len(one.owing)) >= 5 for one in said)
        for one, other in combinations(said, 2):
            assert len(one.paid.symmetric_difference(other.paid)) >= 5
            assert len(one.owing.symmetric_difference(other.owing)) >= 5
    assert said_at_all > 100  # it is not kept by saying nothing
