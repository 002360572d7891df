"""Payments at a small size, with real processes: what `make chaos` plays for a city (P2, P3, P5)."""

from contextlib import contextmanager

import pytest
from chaos_rig.crowd import RULES
from chaos_rig.house import house
from chaos_rig.notified import Notified
from chaos_rig.paying import Paying
from chaos_rig.platform import platform
from chaos_rig.rivals import Rivals
from chaos_rig.town import town
from settings_files import plain_url

SEED = 20_261_121


@contextmanager
def till(db, folder, *, senders=1):
    keys = folder / "keys"
    keys.mkdir()
    with (
        platform(keys, warm=True) as outside,
        house(
            folder / "house",
            plain_url(db),
            outside.url,
            town(5),
            senders=senders,
            warm=True,
            rules=RULES,
            wechat_pay=outside.merchant,
        ) as home,
    ):
        yield home, outside


def must_hold(verdict):
    print(*(f"{name}: {value}" for name, value in verdict.figures.items()), sep="\n")
    assert verdict.problems == []


def test_everybody_pays_once_to_the_fen_whatever_dies(db, tmp_path):
    with till(db, tmp_path) as (home, outside):
        must_hold(Paying(home, outside, homes=30, kills=3, seed=SEED).run())


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_what_is_said_two_hundred_times_is_booked_once(db, tmp_path):
    with till(db, tmp_path, senders=0) as (home, outside):
        must_hold(Notified(home, outside, times=200).run())


@pytest.mark.parametrize("db", ["postgres"], indirect=True)
def test_who_pays_what_another_one_pays_has_it_back(db, tmp_path):
    with till(db, tmp_path) as (home, outside):
        must_hold(Rivals(home, outside, bills=12, seed=SEED, watched=0).run())
