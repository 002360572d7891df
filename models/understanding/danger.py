"""Danger to life, decided before anything else and without it (row 103: never waits for classification)."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from models.base.resources import table
from models.understanding.terms import Lexicon


class Danger(NamedTuple):
    """What threatens and whom to call: ``"119"`` fire and rescue, ``"120"``, ``"110"``, ``"122"`` traffic."""

    kind: str
    call: str


class _Lists(NamedTuple):
    present: Lexicon
    look_alike: Lexicon
    over: Lexicon
    calls: dict[str, str]


@cache
def _lists() -> _Lists:
    data = {kind: lists for kind, lists in table("lexicon/danger.toml").items() if kind != "calls"}
    return _Lists(
        Lexicon.plain({kind: lists["present"] for kind, lists in data.items()}),
        Lexicon.plain({kind: lists["look_alike"] for kind, lists in data.items()}),
        Lexicon.plain({kind: lists["over"] for kind, lists in data.items()}),
        {kind: lists["call"] for kind, lists in data.items()},
    )


def danger_in(text: str) -> Danger | None:
    """The first danger that a normalised sentence tells of as present; None for look-alikes and what is over.

    Dangers go in the order of the file: fire before gas before injury …
    """
    present, look_alike, over, calls = _lists()
    first = present.find(text)
    if not first:
        return None
    crossed = look_alike.find(text)
    past = {found.label for found in over.find(text)}
    kinds = {
        found.label
        for found in first
        if found.label not in past
        and not any(
            other.label == found.label and other.start < found.end and found.start < other.end
            for other in crossed
        )
    }
    for kind, call in calls.items():
        if kind in kinds:
            return Danger(kind, call)
    return None


def call_for(category: str | None) -> str:
    """Whom to call for danger that no listed word told: by what it is about."""
    calls: dict[str, str] = table("lexicon/danger.toml")["calls"]
    return calls.get(category or "", calls["else"])
