"""What the throw-away town of `hemei demo` is set to, so that all of it can be seen at any hour."""

import tomllib
from datetime import datetime, time
from pathlib import Path

import pytest
from settings_files import KEY

from models.base.clock import SHANGHAI
from models.notice.audience import LETTER_KINDS
from models.outbox.routing import morning
from server.config import load
from server.demo.stage import _posts, accounts
from server.demo.town import SETTINGS, _merchant

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


def test_its_merchant_and_the_platform_have_keys_of_their_own(tmp_path: Path) -> None:
    lines = _merchant(tmp_path, "http://127.0.0.1:1")
    settings = SETTINGS.format(base="http://127.0.0.1:1", key=KEY, secret="s", aes="a" * 42 + "E")
    file = tmp_path / "config.toml"
    file.write_text(settings + lines, encoding="utf-8")
    config = load(file, {})
    played = accounts(config).pay
    assert config.wechat.pay is not None
    assert played is not None
    assert (played.mch_id, played.api_v3_key) == (config.wechat.pay.mch_id, config.wechat.pay.api_v3_key)
    assert set(played.app_ids) == {"wxdemo0000000001", "wxdemo0000000002"}
    assert {one.stat().st_mode & 0o777 for one in tmp_path.glob("*_key.pem")} <= {0o600}
