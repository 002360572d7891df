"""Route by caller: whose chain somebody gets to see."""

from collections.abc import Callable

import pytest
from cast import Cast, Someone
from page_phone import Phone

from models.base.links import personal_path

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)

# 孙 is the grid worker of 育英一网格; 赵 is the desk of its community, 钱 of another one, 郑 of the street.
ALL = ("zhao", "qian", "leader", "sun", "li", "ma", "wu", "zhou", "wang", "sun_xiaoyu")


def test_the_chain_is_seen_by_those_above_a_grid_and_by_its_holders(
    phone: Phone, town: Cast, desk: Callable[[Someone], str]
) -> None:
    for one in ALL:
        answer = phone.open(f"{desk(getattr(town, one))}/chain")
        assert (answer.status_code == 200) is (one in {"zhao", "qian", "leader", "sun"}), one
        assert ("育英一网格" in answer.text) is (one in {"zhao", "leader", "sun"}), one


@pytest.mark.parametrize("kind", ["case", "notice", "fees", "books"])
def test_a_link_of_another_kind_opens_none_of_it(phone: Phone, town: Cast, kind: str) -> None:
    assert phone.open("/" + personal_path(kind, town.leader.id, 1) + "/chain").status_code in (404, 405)
