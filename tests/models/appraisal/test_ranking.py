"""The first seven: exact scores, ties by stated rule, who has too few is listed apart."""

import random
from fractions import Fraction

from models.appraisal.ranking import FEW, NOTHING, Rules, Steward, ranked, rules
from models.indicator.figures import Figure

RULES = Rules(7, "prompt_handling_rate", 10, ("votes", "cases", "number"),
              (("prompt_handling_rate", 60), ("rework_rate", 20), ("votes", 20)))  # fmt: skip


def a_steward(
    number: str, prompt: tuple[int, int], rework: tuple[int, int] = (0, 0), votes: int = 0, cast: int = 0
) -> Steward:
    rates = {"prompt_handling_rate": Figure("prompt_handling_rate", *prompt),
             "rework_rate": Figure("rework_rate", *rework)}  # fmt: skip
    return Steward(int(number[1:]), number, f"管家{number}", rates, votes, cast)


TEN = [a_steward(f"K{n:02}", (100 - n, 100)) for n in range(1, 11)]


def names(stewards: list[Steward], by: Rules = RULES) -> list[str]:
    return [one.steward.number for one in ranked(stewards, by)[0]]


def test_the_first_seven_of_ten():
    lines, out = ranked(TEN, RULES)
    assert [one.steward.number for one in lines[: RULES.places]] == [f"K{n:02}" for n in range(1, 8)]
    assert [one.place for one in lines] == list(range(1, 11))
    assert out == []


def test_the_order_in_which_they_are_read_changes_nothing():
    mixed = [*TEN, a_steward("K11", (99, 100)), a_steward("K12", (99, 100), votes=1, cast=2)]
    first = names(mixed)
    for seed in range(20):
        shuffled = list(mixed)
        random.Random(seed).shuffle(shuffled)
        assert names(shuffled) == first


def test_less_rework_is_better_and_what_has_nothing_to_count_weighs_nothing():
    (good,), _ = ranked([a_steward("K1", (9, 10), (1, 10))], RULES)
    assert good.score == Fraction(60 * 9 + 20 * 9, 10 * 80)
    (alone,), _ = ranked([a_steward("K1", (9, 10))], RULES)
    assert alone.score == Fraction(9, 10)


def test_of_the_same_score_more_votes_come_first_then_more_cases_then_the_smaller_number():
    even = RULES._replace(parts=(("prompt_handling_rate", 100),))
    several = [
        a_steward("K4", (9, 10)),
        a_steward("K3", (9, 10)),
        a_steward("K2", (18, 20)),
        a_steward("K1", (9, 10), votes=2, cast=9),
    ]
    assert names(several, even) == ["K1", "K2", "K3", "K4"]


def test_who_has_too_few_cases_is_listed_with_the_reason():
    bare = RULES._replace(least=0, parts=(("rework_rate", 100),))
    assert [(one.steward.number, one.why) for one in ranked([a_steward("K1", (9, 9)), TEN[0]], RULES)[1]] == [
        ("K1", FEW)
    ]
    assert [one.why for one in ranked([TEN[0]], bare)[1]] == [NOTHING]


def test_the_version_names_the_rules():
    known = rules()
    assert sum(percent for _, percent in known.parts) == 100
    assert known.places == 7
    assert known.version == rules().version
    assert known._replace(least=11).version != known.version
