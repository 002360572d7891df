"""By which account its holder came in, as a token says it and nobody else can."""

import pytest

from models.client import tokens

OPENID = "o" * 128  # the longest that we take


def test_a_token_says_by_which_account_its_holder_came_and_shows_it_to_nobody() -> None:
    for token in (tokens.new_token(OPENID), tokens.newcomers_token("mini", OPENID, "u" * 128)):
        assert tokens.openid_of(token) == OPENID
        assert "o" * 9 not in token  # three of them come by chance
        assert len(token) < 1000  # what is read of a cookie
    assert tokens.new_token(OPENID) != tokens.new_token(OPENID)


@pytest.mark.parametrize("token", ["", "n.", "n.x", "n.AAAA", "a.b", "a.é", "a.b.c", "a." + "A" * 80])
def test_what_is_made_up_says_nothing(token: str) -> None:
    assert tokens.openid_of(token) is None


def test_a_token_without_an_account_or_with_anothers_words_says_nothing() -> None:
    assert tokens.openid_of(tokens.new_token()) is None
    random, _, sealed = tokens.new_token(OPENID).partition(".")
    assert tokens.openid_of(f"{random}.{sealed[:-4]}AAAA") is None
    newcomers = tokens.newcomers_token("mini", OPENID, None).partition(".")[2]
    assert tokens.openid_of(f"{random}.{newcomers}") is None  # sealed for something else
