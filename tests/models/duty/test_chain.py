"""Who stands where at a moment, told from terms and leaves alone."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from models.duty.chain import Chain, Leave, Post, RungName, Term, There

START = datetime(2026, 11, 1, tzinfo=UTC)
GRID, OTHER = 7, 8
ANN, BEN, COY, DAN = 1, 2, 3, 4


def day(number: float) -> datetime:
    return START + timedelta(days=number)


def chain(
    terms: dict[tuple[int, int], list[Term]] | None = None, leaves: dict[int, list[Leave]] | None = None
) -> Chain:
    return Chain(
        {place: tuple(rows) for place, rows in (terms or {}).items()},
        {person: tuple(rows) for person, rows in (leaves or {}).items()},
        {},
        ("one", "two"),
    )


def test_a_term_holds_from_its_first_moment_until_before_its_last() -> None:
    known = chain({(GRID, 0): [Term(ANN, None, day(1), day(3)), Term(BEN, None, day(3), None)]})
    assert known.there(GRID, 0, day(0.9)) == There((), "vacant")
    assert known.there(GRID, 0, day(1)) == There((ANN,), "holder")
    assert known.there(GRID, 0, day(2.9)) == There((ANN,), "holder")
    assert known.there(GRID, 0, day(3)) == There((BEN,), "holder")
    assert known.there(OTHER, 0, day(3)) == There((), "vacant")


def test_the_deputy_of_the_leave_comes_before_the_deputy_of_the_rung() -> None:
    terms = {(GRID, 0): [Term(ANN, BEN, day(0), None)]}
    own = chain(terms, {ANN: [Leave(COY, day(1), day(2))]})
    assert own.there(GRID, 0, day(0)) == There((ANN,), "holder")
    assert own.there(GRID, 0, day(1)) == There((COY,), "deputy")
    assert own.there(GRID, 0, day(2)) == There((ANN,), "holder")
    rungs = chain(terms, {ANN: [Leave(None, day(1), None)]})
    assert rungs.there(GRID, 0, day(1)) == There((BEN,), "deputy")


def test_a_deputy_who_is_away_too_stands_in_for_nobody() -> None:
    terms = {(GRID, 0): [Term(ANN, BEN, day(0), None)]}
    known = chain(terms, {ANN: [Leave(COY, day(1), None)], COY: [Leave(None, day(0), None)]})
    assert known.there(GRID, 0, day(1)) == There((BEN,), "deputy")
    nobody = chain(
        terms,
        {one: [Leave(DAN if one == COY else COY, day(0), None)] for one in (ANN, BEN, COY)},
    )
    assert nobody.there(GRID, 0, day(1)) == There((), "away")  # a deputy's deputy is not asked


def test_of_several_holders_those_who_are_there_count() -> None:
    both = {(GRID, 0): [Term(ANN, DAN, day(0), None), Term(BEN, None, day(0), None)]}
    assert chain(both).there(GRID, 0, day(1)).people == (ANN, BEN)
    assert chain(both, {ANN: [Leave(None, day(0), None)]}).there(GRID, 0, day(1)) == There((BEN,), "holder")


def test_what_a_person_answers_for() -> None:
    known = chain(
        {
            (GRID, 0): [Term(ANN, BEN, day(0), None)],
            (GRID, 1): [Term(BEN, None, day(0), None)],
            (OTHER, 1): [Term(COY, None, day(0), None)],
        },
        {ANN: [Leave(None, day(2), day(3))], COY: [Leave(BEN, day(2), day(3))]},
    )
    assert known.posts(BEN, day(1)) == [Post(GRID, 1, "holder")]
    assert known.posts(BEN, day(2)) == [
        Post(GRID, 0, "deputy"),
        Post(GRID, 1, "holder"),
        Post(OTHER, 1, "deputy"),
    ]
    assert known.posts(ANN, day(2)) == [Post(GRID, 0, "away")]
    assert known.posts(DAN, day(2)) == []


def test_somebody_for_those_who_are_away_or_nobody() -> None:
    known = chain({}, {ANN: [Leave(COY, day(0), None)], BEN: [Leave(None, day(0), None)]})
    assert known.here((ANN, BEN, DAN), day(1)) == (COY, DAN)
    assert known.here((ANN, COY), day(1)) == (COY,)
    assert known.here((BEN,), day(1)) == ()


def test_a_ladder_of_the_community_stands_for_itself_whole_from_its_day_on() -> None:
    known = Chain(
        {},
        {},
        {
            None: (RungName(1, "二", date(2026, 1, 1), None), RungName(0, "一", date(2026, 1, 1), None)),
            5: (
                RungName(0, "甲", date(2026, 6, 1), date(2026, 9, 1)),
                RungName(0, "乙", date(2026, 9, 1), None),
                RungName(1, "丙", date(2026, 9, 1), None),
                RungName(2, "丁", date(2026, 9, 1), None),
            ),
        },
        ("default",),
    )
    assert known.rungs(None, date(2025, 12, 31)) == ("default",)
    assert known.rungs(6, date(2026, 1, 1)) == ("一", "二")
    assert known.rungs(5, date(2026, 5, 31)) == ("一", "二")
    assert known.rungs(5, date(2026, 8, 31)) == ("甲",)
    assert known.rungs(5, date(2026, 9, 1)) == ("乙", "丙", "丁")


PEOPLE = st.integers(1, 5)
SPANS = st.tuples(st.integers(0, 20), st.integers(1, 20)).map(lambda one: (day(one[0]), day(one[0] + one[1])))


@given(
    st.lists(st.tuples(st.sampled_from([GRID, OTHER]), st.integers(0, 1), PEOPLE, PEOPLE, SPANS), max_size=8),
    st.lists(st.tuples(PEOPLE, PEOPLE, SPANS), max_size=8),
    st.floats(0, 45),
)
def test_nobody_stands_anywhere_who_is_away_and_both_ways_of_asking_agree(
    held: list[tuple[int, int, int, int, tuple[datetime, datetime]]],
    away: list[tuple[int, int, tuple[datetime, datetime]]],
    moment: float,
) -> None:
    terms: dict[tuple[int, int], list[Term]] = {}
    for grid, rung, person, deputy, (since, until) in held:
        terms.setdefault((grid, rung), []).append(Term(person, deputy, since, until))
    leaves: dict[int, list[Leave]] = {}
    for person, deputy, (since, until) in away:
        leaves.setdefault(person, []).append(Leave(deputy, since, until))
    known, at = chain(terms, leaves), day(moment)
    for grid in (GRID, OTHER):
        for rung in (0, 1):
            there = known.there(grid, rung, at)
            assert not any(known.is_away(one, at) for one in there.people)
            for person in range(1, 6):
                stands = [one for one in known.posts(person, at) if (one.grid_id, one.rung) == (grid, rung)]
                assert (person in there.people) <= bool([one for one in stands if one.how != "away"])
                assert not (known.is_away(person, at) and any(one.how != "away" for one in stands))
