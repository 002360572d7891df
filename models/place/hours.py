"""Opening hours as people write them: 周一至周五 8:00-17:00；周末 9:00-12:00. Read whole or not at all."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, lru_cache
from typing import NamedTuple

from models.base.clock import local
from models.base.resources import table
from models.understanding.patterns import any_of

DAY = 24 * 60
WEEK = 7


class Opening(NamedTuple):
    """Open or closed at a moment, and when that changes; None when it does not within a week."""

    is_open: bool
    changes_at: datetime | None


@dataclass(frozen=True, slots=True)
class Hours:
    """`spans`: minutes of a week from Monday 0:00, in order, apart from each other."""

    spans: tuple[tuple[int, int], ...]

    @staticmethod
    def read(written: str) -> Hours | None:
        """None for what cannot be understood in every word."""
        return _read(written)

    def at(self, moment: datetime) -> Opening:
        """By the wall clock of Shanghai, which knows no summer time."""
        here = local(moment)
        midnight = here.replace(hour=0, minute=0, second=0, microsecond=0)
        monday = midnight - timedelta(days=here.weekday())
        minute = (here - monday).total_seconds() / 60
        week = WEEK * DAY
        repeated = [(start + turn, end + turn) for turn in (-week, 0, week) for start, end in self.spans]
        merged: list[tuple[int, int]] = []
        for start, end in repeated:
            if merged and merged[-1][1] >= start:
                merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
            else:
                merged.append((start, end))
        for start, end in merged:
            if start <= minute < end:
                lasts = end - minute <= week
                return Opening(True, monday + timedelta(minutes=end) if lasts else None)
            if minute < start:
                return Opening(False, monday + timedelta(minutes=start))
        return Opening(False, None)


@cache
def _grammar() -> tuple[re.Pattern[str], dict[str, int]]:
    words = table("lexicon/hours.toml")
    days = {sign: number for number, signs in enumerate(words["days"]) for sign in signs}

    def several(name: str) -> str:
        return any_of(words[name])

    day = f"[{''.join(days)}]"
    clock = r"(\d{1,2}):(\d{2})"
    pattern = "|".join(
        (
            rf"(?P<times>{clock}\s*{several('to')}\s*{clock})",
            rf"(?P<whole>{several('whole_day')})",
            rf"(?P<every>{several('every')})",
            rf"(?P<workdays>{several('workdays')})",
            rf"(?P<weekend>{several('weekend')})",
            rf"(?P<range>{several('week')}(?P<first>{day}){several('to')}"
            rf"{several('week')}?(?P<last>{day}))",
            rf"(?P<one>{several('week')}(?P<day>{day}))",
            rf"(?P<closed>{several('closed')})",
            rf"(?P<between>{several('between')}|\s+)",
        )
    )
    return re.compile(pattern), days


@lru_cache(maxsize=512)
def _read(written: str) -> Hours | None:
    pattern, days = _grammar()
    text = written.translate(_WIDE).strip()
    chosen: set[int] = set()
    said = False  # hours were said for the chosen days: the next day begins a new choice
    spans: dict[int, list[tuple[int, int]]] = {}
    place = 0
    while place < len(text):
        found = pattern.match(text, place)
        if found is None:
            return None
        place = found.end()
        if found["between"]:
            continue
        if found["times"] or found["whole"] or found["closed"]:
            for one in chosen or range(WEEK):
                if found["closed"]:
                    spans[one] = []
                    continue
                span = (0, DAY) if found["whole"] else _span(found)
                if span is None:
                    return None
                spans.setdefault(one, []).append(span)
            said = True
            continue
        if said:
            chosen, said = set(), False
        if found["every"]:
            chosen |= set(range(WEEK))
        elif found["workdays"]:
            chosen |= set(range(5))
        elif found["weekend"]:
            chosen |= {5, 6}
        elif found["range"]:
            first, last = days[found["first"]], days[found["last"]]
            chosen |= {one % WEEK for one in range(first, last + 1 if last >= first else last + 1 + WEEK)}
        else:
            chosen.add(days[found["day"]])
    if not said:
        return None
    week = sorted((one * DAY + start, one * DAY + end) for one, day in spans.items() for start, end in day)
    return Hours(tuple(week))


def _span(found: re.Match[str]) -> tuple[int, int] | None:
    """Minutes of the day; what ends before it begins goes on past midnight."""
    hour, minute, to_hour, to_minute = (int(found[n]) for n in range(2, 6))
    if hour > 23 or minute > 59 or to_minute > 59 or to_hour * 60 + to_minute > DAY:
        return None
    start, end = hour * 60 + minute, to_hour * 60 + to_minute
    return (start, end) if end > start else (start, end + DAY)


_WIDE: dict[int, int | str] = {
    ord("\uff1a"): ":",
    ord("\u3000"): " ",
    **{code: code - 0xFEE0 for code in range(ord("\uff10"), ord("\uff19") + 1)},
}
