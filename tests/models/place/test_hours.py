"""Opening hours are read whole or not at all, and say when they change."""

from datetime import datetime

import pytest

from models.base.clock import SHANGHAI
from models.place.hours import Hours

SATURDAY = 21  # of November 2026


def at(hour: int, minute: int = 0, *, day: int = SATURDAY) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI)


def said(written: str, moment: datetime) -> tuple[bool, str | None]:
    hours = Hours.read(written)
    assert hours is not None, written
    is_open, changes_at = hours.at(moment)
    return is_open, changes_at.strftime("%d %H:%M") if changes_at else None


@pytest.mark.parametrize(
    ("written", "moment", "expected"),
    [
        ("每天 8:00-20:00", at(8), (True, "21 20:00")),
        ("每天 8:00-20:00", at(7, 59), (False, "21 08:00")),
        ("每天8：00至20：00", at(20), (False, "22 08:00")),
        ("8:00-12:00、13:30-17:00", at(12, 30), (False, "21 13:30")),
        ("周一至周五 8:30-17:00；周末 9:00-12:00", at(11), (True, "21 12:00")),
        ("周一至周五 8:30-17:00；周末 9:00-12:00", at(13), (False, "22 09:00")),
        ("周一至周五 8:30-17:00", at(13), (False, "23 08:30")),
        ("工作日 9:00-16:00，周六 9:00-11:00", at(10), (True, "21 11:00")),
        ("周日休息，周一到周六 8:00-18:00", at(10, day=22), (False, "23 08:00")),
        ("20:00-6:00", at(2), (True, "21 06:00")),
        ("周日 20:00-6:00", at(3, day=23), (True, "23 06:00")),
        ("周五-周一 9:00-10:00", at(11), (False, "22 09:00")),
        ("星期三、星期五 ０９：００~１０:００", at(9, day=25), (True, "25 10:00")),
        ("全天", at(3), (True, None)),
        ("24小时", at(3), (True, None)),
        ("0:00-24:00", at(3), (True, None)),
        ("周一 8:00-9:00", at(9, day=23), (False, "30 08:00")),
    ],
)
def test_a_moment_is_open_or_closed_until(
    written: str, moment: datetime, expected: tuple[bool, str | None]
) -> None:
    assert said(written, moment) == expected


@pytest.mark.parametrize(
    "written",
    [
        "看情况", "8点到20点", "每天", "25:00-26:00", "8:00-24:30", "8:60-9:00", "每天 8:00-20:00 冬天除外",
        "", "周八 8:00-9:00",
    ],
)  # fmt: skip
def test_what_is_not_understood_in_every_word_is_not_guessed(written: str) -> None:
    assert Hours.read(written) is None


def test_never_open_stays_closed() -> None:
    assert said("每天 休息", at(9)) == (False, None)
