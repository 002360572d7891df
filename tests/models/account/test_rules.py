"""What a password must be, by the rules of either book."""

from datetime import timedelta

import pytest

from models.account import rules
from models.account.rules import ASVS, MLPS
from models.base.clock import now
from models.base.refusals import Invalid


def refused(password: str, by: rules.Rules, *, with_second: bool = False) -> str | None:
    try:
        by.check(password, with_second=with_second, about=("C001", "赵主任"))
    except Invalid as why:
        return why.code
    return None


@pytest.mark.parametrize(
    "password", ["育英小区的灯总不亮了吧哦", "correct horse battery", "zxqvjk pfwbmt", "        a b c"]
)
def test_twelve_characters_of_any_kind_are_enough(password: str):
    assert refused(password, ASVS) is None


def test_eight_are_enough_with_a_second_factor():
    assert refused("灯又不亮了怎么办", ASVS) == "password_short"
    assert refused("灯又不亮了怎么办", ASVS, with_second=True) is None
    assert refused("灯又不亮了呀", ASVS, with_second=True) == "password_short"


def test_a_page_of_text_is_no_password():
    assert refused("灯又亮" * 50, ASVS) == "password_long"


@pytest.mark.parametrize(
    "password",
    ["123456789012", "password1234", "PASSWORD1234", "qwertyuiopas", "aaaaaaaaaaaa", "abcabcabcabc",
     "1qaz2wsx3edc", "dragon!!123456", "abcdefgh12345678", "135790135790"],
)  # fmt: skip
def test_what_everybody_takes_is_refused(password: str):
    assert refused(password, ASVS, with_second=True) == "password_known"


def test_the_whole_list_of_stolen_ones_is_refused():
    assert len(rules._stolen()) == 30_000
    assert all(rules.is_known(one) for one in rules._stolen())
    assert rules.is_known("PassWord")


@pytest.mark.parametrize("password", ["c001 lights on", "我是赵主任，请进来坐一坐"])
def test_what_anybody_knows_of_a_person_is_refused(password: str):
    assert refused(password, ASVS) == "password_own"


@pytest.mark.parametrize(
    ("password", "why"),
    [("Zx4fkqmw", None), ("zx4fkqm!", None), ("灯zx4fkqm", None), ("zxfkqmwp", "password_kinds"),
     ("zx4fkqmw", "password_kinds"), ("Zx4fkq!", "password_short"), ("Passw0rd", "password_known")],
)  # fmt: skip
def test_three_kinds_of_characters_by_the_other_book(password: str, why: str | None):
    assert refused(password, MLPS) == why


def test_only_one_of_them_knows_an_age():
    old = now() - timedelta(days=91)
    assert not ASVS.is_over(old)
    assert MLPS.is_over(old)
    assert not MLPS.is_over(now() - timedelta(days=89))
    assert MLPS.is_over(None)
