"""Which way a letter takes: tables of who it is for, what is open, and what was tried."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from models.outbox.letter import Lane
from models.outbox.routing import Option, Rules, Way, digest_time, has_key, options, waits_until, why_not

AT = datetime(2026, 3, 23, 4, 0, tzinfo=UTC)  # 12:00 in Beijing


@dataclass
class FakeAddress:
    channel: str
    value: str = "somebody"
    id: int = 1
    dead_reason: str | None = None
    window_until: datetime | None = None
    window_left: int = 0


@dataclass
class FakeLetter:
    kind: str = "case_finished"
    to_kind: str = "person"
    lane: str = Lane.ANSWER
    via: str | None = None
    tried: list[str] = field(default_factory=list)
    way: str | None = None
    uncertain: int = 0
    uncertain_at: datetime | None = None
    created_at: datetime = AT
    not_after: datetime | None = None
    changes: int | None = None


RULES = Rules(
    channels=frozenset({"official", "mini", "work"}),
    audience=lambda kind: "staff" if kind.startswith("case_dispatched") else "resident",
    speaks=lambda _kind, _way: True,
    official_templates={"case_finished": "t1", "case_dispatched": "t2"},
    mini_templates={"case_finished": "m1"},
    key_seconds={"template": 570, "work": 1770},
)
OPEN = FakeAddress("official", window_until=AT + timedelta(hours=1), window_left=3)
EVERYTHING = [OPEN, FakeAddress("mini"), FakeAddress("work")]
CONSENT = {(1, "m1"): 1}


def _ways(
    letter: FakeLetter,
    addresses: list[FakeAddress],
    consents: dict[tuple[int, str], int] | None = None,
    rules: Rules = RULES,
) -> list[str]:
    return [option.way for option in options(letter, addresses, consents or {}, rules, AT)]


@pytest.mark.parametrize(
    ("letter", "addresses", "consents", "ways"),
    [
        (FakeLetter(), EVERYTHING, CONSENT, ["mini", "template", "chat", "work"]),
        (FakeLetter("case_dispatched"), EVERYTHING, CONSENT, ["work", "template", "chat"]),
        (FakeLetter(), EVERYTHING, {}, ["template", "chat", "work"]),
        (FakeLetter("no_template"), EVERYTHING, CONSENT, ["chat", "work"]),
        (FakeLetter(via="official"), EVERYTHING, CONSENT, ["template", "chat"]),
        (FakeLetter(via="work"), EVERYTHING, CONSENT, ["work"]),
        (FakeLetter(tried=["mini", "template"]), EVERYTHING, CONSENT, ["chat", "work"]),
        (FakeLetter(way="template", uncertain=1), EVERYTHING, CONSENT, ["template"]),
        (FakeLetter(), [FakeAddress("official")], {}, ["template"]),
        (FakeLetter(), [FakeAddress("official", dead_reason="43004")], {}, []),
        (FakeLetter(), [FakeAddress("official", value="")], {}, []),
        (FakeLetter(), [], {}, []),
        (FakeLetter(changes=5), EVERYTHING, CONSENT, ["card"]),
        (FakeLetter(to_kind="group"), [FakeAddress("robot")], {}, ["robot"]),
        (
            FakeLetter(to_kind="group"),
            [FakeAddress("customer_group"), FakeAddress("robot")],
            {},
            ["robot", "customer_group"],
        ),
        (FakeLetter(to_kind="group"), [FakeAddress("hand")], {}, []),
    ],
)
def test_the_ways_that_are_open_best_first(
    letter: FakeLetter,
    addresses: list[FakeAddress],
    consents: dict[tuple[int, str], int],
    ways: list[str],
) -> None:
    assert _ways(letter, addresses, consents) == ways


@pytest.mark.parametrize(
    ("window", "left", "is_open"),
    [
        (timedelta(hours=1), 1, True),
        (timedelta(hours=1), 0, False),
        (timedelta(seconds=5), 1, False),
        (None, 1, False),
    ],
)
def test_the_window_must_be_open_and_something_left(
    window: timedelta | None, left: int, is_open: bool
) -> None:
    address = FakeAddress("official", window_until=AT + window if window else None, window_left=left)
    assert ("chat" in _ways(FakeLetter("no_template"), [address])) is is_open


def test_a_platform_that_is_off_is_no_way() -> None:
    rules = Rules(frozenset({"work"}), RULES.audience, RULES.speaks, {"case_finished": "t1"})
    assert _ways(FakeLetter(), EVERYTHING, CONSENT, rules) == ["work"]


def test_a_kind_takes_only_ways_that_it_has_words_for() -> None:
    rules = Rules(RULES.channels, RULES.audience, lambda _kind, way: way == "chat", {"case_finished": "t1"})
    assert _ways(FakeLetter(), EVERYTHING, CONSENT, rules) == ["chat"]


@pytest.mark.parametrize(
    ("letter", "addresses", "reason"),
    [
        (FakeLetter(), [], "no_address"),
        (FakeLetter(), [FakeAddress("mini")], "no_way"),
        (FakeLetter(), [FakeAddress("official", dead_reason="x")], "dead_address"),
        (FakeLetter(via="work"), [FakeAddress("official")], "no_address"),
        (FakeLetter(to_kind="group"), [FakeAddress("hand", value="")], "by_hand"),
        (FakeLetter(changes=3), EVERYTHING, "no_code"),
    ],
)
def test_the_reason_why_no_way_is_open(letter: FakeLetter, addresses: list[FakeAddress], reason: str) -> None:
    assert why_not(letter, addresses) == reason


@pytest.mark.parametrize(
    ("hour", "lane", "waits"),
    [
        (12, Lane.NEWS, None),
        (20, Lane.NEWS, None),
        (21, Lane.NEWS, 11),
        (2, Lane.NEWS, 6),
        (8, Lane.NEWS, None),
        (23, Lane.ANSWER, None),
        (23, Lane.EMERGENCY, None),
    ],
)
def test_only_news_rests_at_night(hour: int, lane: str, waits: int | None) -> None:
    at = AT.replace(hour=0) + timedelta(hours=hour - 8)
    until = waits_until(FakeLetter(lane=lane), RULES, at)
    assert until == (at + timedelta(hours=waits) if waits else None)


def test_small_news_to_a_customer_group_waits_for_the_evening() -> None:
    option = Option(Way.CUSTOMER_GROUP, 1, "wr")
    news = FakeLetter(lane=Lane.NEWS)
    assert digest_time(news, option, RULES, AT) == AT + timedelta(hours=7, minutes=50)
    assert digest_time(FakeLetter(lane=Lane.EMERGENCY), option, RULES, AT) is None
    assert digest_time(FakeLetter("group_digest", lane=Lane.NEWS), option, RULES, AT) is None
    assert digest_time(news, option, RULES, AT + timedelta(hours=49)) is not None
    assert digest_time(news, option, RULES, AT + timedelta(hours=51)) is None
    assert digest_time(news, Option(Way.ROBOT, 1, "key"), RULES, AT) is None
    for hours, waits in ((7, False), (8, True)):  # the evening comes between them
        one = FakeLetter(lane=Lane.NEWS, not_after=AT + timedelta(hours=hours))
        assert (digest_time(one, option, RULES, AT) is not None) is waits


def test_a_key_holds_as_long_as_the_platform_remembers_it() -> None:
    assert has_key("template", AT, RULES, AT + timedelta(minutes=9))
    assert not has_key("template", AT, RULES, AT + timedelta(minutes=10))
    assert has_key("work", AT, RULES, AT + timedelta(minutes=29))
    assert not has_key("chat", None, RULES, AT)
