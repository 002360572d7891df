"""The labelled messages, as training and figures read them."""

import csv
import json
from functools import cache
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
INTENTS = (
    "report",
    "progress",
    "fee",
    "policy",
    "service",
    "notice",
    "station",
    "evaluate",
    "suggest",
    "human",
    "chat",
)
URGENCIES = ("normal", "urgent", "emergency")
#: The intents whose category is told from the words; the others have none or one of their own.
WITH_CATEGORY = frozenset({"report", "progress", "service", "suggest", "evaluate"})


class Labelled(NamedTuple):
    """A message and its labels; ``category`` is ``"-"`` where it cannot be told."""

    text: str
    intent: str
    category: str
    also: tuple[str, ...]
    urgency: str
    source: str


@cache
def held_out() -> frozenset[str]:
    """The ids of the sealed messages: never trained on, never read."""
    return frozenset((HERE / "held_out.txt").read_text(encoding="utf-8").split())


@cache
def first() -> tuple[dict[str, object], ...]:
    """The project's first 900 messages, with places."""
    lines = (HERE / "first.jsonl").read_text(encoding="utf-8").splitlines()
    return tuple(json.loads(line) for line in lines)


def _of(message: dict[str, object], source: str) -> Labelled:
    return Labelled(
        str(message["text"]),
        str(message["intent"]),
        str(message["category"] or "-"),
        tuple(message["also"]),  # type: ignore[arg-type]
        str(message["urgency"]),
        source,
    )


def sealed() -> list[Labelled]:
    """For the last figure alone."""
    return [_of(message, "held out") for message in first() if message["id"] in held_out()]


def open_ones() -> list[Labelled]:
    """Everything to learn from, in an order that never changes."""
    found = [_of(message, "first") for message in first() if message["id"] not in held_out()]
    for path in sorted((HERE / "messages").glob("*.tsv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                text, intent, category, also, urgency = row
                others = () if also == "-" else tuple(also.split(","))
                found.append(Labelled(text, intent, category, others, urgency, path.stem))
    return found
