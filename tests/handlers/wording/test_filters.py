"""Facts as people say them: distances, days, decimals, somebody else's words."""

from datetime import date, datetime
from typing import Any

import pytest

from handlers.wording import filters
from handlers.words import letter
from models.base.clock import SHANGHAI
from models.base.signed_ids import number_of

SATURDAY = datetime(2026, 11, 21, 14, 30, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("metres", "said"),
    [
        (0, "约10米"),
        (94, "约90米"),
        (999, "约1000米"),
        (1234, "约1200米"),
        (2999, "约3000米"),
        (5460, "约5.5公里"),
    ],
)
def test_a_distance_is_as_exact_as_people_walk(metres: int, said: str) -> None:
    assert filters.distance(metres) == said


@pytest.mark.parametrize(
    ("day", "hour", "said"),
    [(21, 20, "20:00"), (22, 8, "明天8:00"), (23, 8, "周一8:00"), (27, 8, "周五8:00")],
)
def test_a_moment_of_this_week(day: int, hour: int, said: str) -> None:
    assert filters.turn(SATURDAY.replace(day=day, hour=hour, minute=0), SATURDAY) == said


@pytest.mark.parametrize(
    ("parts", "by", "said"), [(3000, 10_000, "0.3"), (22752, 100, "227.52"), (18_000, 100, "180")]
)
def test_small_parts_in_the_large_one(parts: int, by: int, said: str) -> None:
    assert filters.decimal(parts, by) == said


@pytest.mark.parametrize("kind", ["notice", "notice_call", "notice_fee"])
def test_a_message_about_a_notice_opens_that_notice(kind: str) -> None:
    said = dict.fromkeys(("title", "lead", "signed", "urgency", "path"), "x")
    facts: dict[str, Any] = {"number": 7, "at": SATURDAY, "corrects": False, **said}
    opened = letter(kind, "mini", facts).page
    assert opened is not None
    page, _, id_ = opened.partition("?id=")
    assert page == "pages/notice/index"
    assert number_of("notices", id_) == 7


def test_a_day_without_a_clock() -> None:
    assert filters.date(date(2026, 1, 2)) == filters.date("2026-01-02") == "2026年1月2日"


def test_quoted_words_ask_nothing_and_hold_no_phone() -> None:
    assert filters.quoted("几点来？\n我13812345678", 30) == "几点来 我138****5678"
    assert filters.quoted("物业费能分期吗?", 30) == "物业费能分期吗"
    assert len(filters.quoted("长" * 50, 30)) == 30


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ("2026", "2026年"),
        ("2026-Q4", "2026年第4季度"),
        ("2026-11", "2026年11月"),
    ],
)
def test_a_period_reads_as_people_say_it(label: str, said: str) -> None:
    assert filters.period(label) == said


@pytest.mark.parametrize(("price", "said"), [(3000, "0.30"), (3125, "0.3125"), (10_000, "1.00"), (0, "0.00")])
def test_a_price_has_two_decimals_or_more(price: int, said: str) -> None:
    assert filters.rate(price) == said


def test_areas_and_shares_keep_their_decimals() -> None:
    assert (filters.area(5000), filters.share(333), filters.share(1000)) == ("50.00", "33.3%", "100.0%")


def test_a_place_breaks_before_its_numbers_and_is_escaped() -> None:
    assert filters.parts("育英小区13号楼A2单元501室") == "育英小区<wbr>13号楼A2单元<wbr>501室"
    assert filters.parts("<b>小区3号楼") == "&lt;b&gt;小区<wbr>3号楼"
