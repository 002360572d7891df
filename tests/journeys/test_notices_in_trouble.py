"""Notices at a small size, with real processes: what `make chaos` plays for a city (R4, O7, row 101)."""

import pytest
from chaos_rig.boundaries import Boundaries
from chaos_rig.crowd import RULES, TEMPLATES
from chaos_rig.herd import Herd, Rush
from chaos_rig.house import house
from chaos_rig.platform import platform
from chaos_rig.rollcall import RollCall
from chaos_rig.tokens import CONNECTIONS, Tokens
from chaos_rig.town import town
from chaos_rig.wire import wire
from settings_files import plain_url

NOWHERE = "http://127.0.0.1:9"
SEED = 20_261_121


@pytest.fixture
def quiet(db, tmp_path):
    """The web service alone."""
    with house(
        tmp_path / "house", plain_url(db), NOWHERE, town(50), senders=0, warm=True, rules=RULES
    ) as home:
        yield home


def must_hold(verdict):
    print(*(f"{name}: {value}" for name, value in verdict.figures.items()), sep="\n")
    assert verdict.problems == []


def test_213_answers_to_a_call_at_once_are_all_taken_and_count_once(quiet):
    must_hold(RollCall(quiet, people=250, answers=213, seed=SEED).run())


def test_whoever_writes_letters_may_die_before_and_after_every_commit(quiet):
    must_hold(Boundaries(quiet, people=1_200, kills=1, seed=SEED).run())


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_everybody_opens_the_page_and_is_counted_once(quiet):
    must_hold(Herd(quiet, Rush(people=400, openers=80, per_second=100), seed=SEED).run())


@pytest.mark.parametrize("db", ["postgres"], indirect=True)
def test_a_token_that_dies_is_fetched_once_and_costs_nobody_a_try(db, tmp_path):
    with (
        platform(warm=True) as outside,
        wire(outside.url) as line,
        house(
            tmp_path / "house",
            plain_url(db),
            line.url,
            town(20),
            warm=True,
            wechat_official=TEMPLATES,
            rules=RULES,
            letters={"connections": CONNECTIONS},
        ) as home,
    ):
        must_hold(Tokens(home, outside, line, people=1_200, deaths=2).run())
