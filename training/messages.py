"""The labelled messages, as training and figures read them."""

import csv
import hashlib
import json
from functools import cache
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
#: What a model depends on: messages, word lists, and the code that turns a message into evidence.
_SOURCES = (
    "training/first.jsonl",
    "training/held_out.txt",
    "training/messages/*.tsv",
    "training/fit.py",
    "training/train.py",
    "templates/lexicon/categories.toml",
    "templates/lexicon/danger.toml",
    "templates/lexicon/intents.toml",
    "templates/lexicon/slips.toml",
    "templates/lexicon/sounds.toml",
    "templates/lexicon/spelling.toml",
    "templates/lexicon/urgency.toml",
    "models/understanding/danger.py",
    "models/understanding/evidence.py",
    "models/understanding/normal.py",
    "models/understanding/sounds.py",
    "models/understanding/spelling.py",
    "models/understanding/terms.py",
)
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


def made_from() -> str:
    """One number for everything that a model depends on: where it differs, `make model` is to be run
    again."""
    sums = hashlib.sha256()
    for pattern in _SOURCES:
        found = sorted(ROOT.glob(pattern))
        if not found:
            raise FileNotFoundError(pattern)
        for path in found:
            sums.update(path.read_bytes())
    return sums.hexdigest()[:16]


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
