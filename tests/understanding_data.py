"""The labelled messages and the gazetteer that they name, for tests."""

import csv
import json
from functools import cache
from pathlib import Path
from typing import Any

from models.understanding import Gazetteer

FOLDER = Path(__file__).parent / "data" / "understanding"
TRAINING = Path(__file__).parents[1] / "training"
PLACE_FIELDS = ("estate", "building", "unit", "floor", "room")


@cache
def gazetteer() -> Gazetteer:
    with (TRAINING / "gazetteer.csv").open(encoding="utf-8", newline="") as file:
        return Gazetteer.of((row["estate"], row["aliases"].split("|")) for row in csv.DictReader(file))


@cache
def messages() -> list[dict[str, Any]]:
    with (TRAINING / "first.jsonl").open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


@cache
def held_out() -> frozenset[str]:
    return frozenset((TRAINING / "held_out.txt").read_text(encoding="utf-8").split())


def rows(name: str) -> list[list[str]]:
    """The rows of a tab-separated file without its heading."""
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file, delimiter="\t"))[1:]
