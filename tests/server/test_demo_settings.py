"""What the throw-away town of `hemei demo` is set to, so that all of it can be seen at any hour."""

import tomllib
from datetime import datetime, time

import pytest

from models.base.clock import SHANGHAI
from models.notice.audience import LETTER_KINDS
from models.outbox.routing import morning
from server.demo.stage import _posts
from server.demo.town import SETTINGS

DEMO = tomllib.loads(SETTINGS.format(base="http://127.0.0.1:1", key="k", secret="s", aes="a"))


@pytest.mark.parametrize("hour", [0, 3, 7, 12, 21, 23])
def test_nothing_waits_for_the_morning(hour: int) -> None:
    start, end = (time.fromisoformat(DEMO["rules"][one]) for one in ("quiet_from", "quiet_until"))
    assert morning(start, end, datetime(2026, 11, 21, hour, 30, tzinfo=SHANGHAI)) is None


def test_a_notice_reaches_who_has_not_written_for_days() -> None:
    assert set(LETTER_KINDS) <= set(DEMO["wechat"]["official"]["templates"])


def test_a_phone_says_whose_it_is() -> None:
    assert _posts(["community"], "育才社区") == "社区 · 育才社区"
    assert _posts(["grid_chief", "street"], None) == "网格总长 · 街道"
