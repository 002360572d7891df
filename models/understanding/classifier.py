"""The trained model: weights of features for every label, and the sums of a sentence.

The file is made by ``make model`` (training/train.py says how) and holds no names of people and no sentences:
a first line of JSON, one line for each feature, then a byte for each feature and label, all deflated.

To add the weights of a sentence, those of one feature are spread into one large whole number, 32 bits a
label, so that adding numbers adds all labels at once: this is as fast as a matrix library, without one. They
are spread when a sentence asks for them, because all of them at once take 25 MiB more.
"""

from __future__ import annotations

import json
import math
import struct
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from models.base.resources import resource

FILE = "lexicon/model.bin"
#: A weight of nought, as it stands in the file; a byte holds it from −128 to 127 around this.
ZERO = 128
_LANE = 4


class Ranked(NamedTuple):
    """A label, how probable it is among its kind (0 to 1), and its margin: above 0 the label fits by
    itself."""

    label: str
    probability: float
    margin: float


Verdict = Mapping[str, tuple[Ranked, ...]]


@dataclass(frozen=True, slots=True)
class Classifier:
    """Immutable; safe to share between threads.

    ``kinds``: what is told (``intent``, ``category``, ``urgency``) and its labels; ``scales``, ``biases``:
    for each label, in the order of the kinds; ``heat`` turns a score into a margin; ``rows``: a feature's
    weights, a byte for each label, and last the square of its own, by ``square`` for one; ``confidence``:
    points of the curve that ``sure`` follows.
    """

    kinds: dict[str, tuple[str, ...]]
    scales: tuple[float, ...]
    biases: tuple[float, ...]
    heat: tuple[float, ...]
    square: float
    rows: dict[str, bytes]
    thresholds: dict[str, float]
    confidence: tuple[tuple[float, float], ...]

    @classmethod
    def parse(cls, data: bytes) -> Classifier:
        """From the bytes of the file."""
        whole = zlib.decompress(data)
        head = whole.index(b"\n")
        names = whole.index(b"\n\n", head)
        header = json.loads(whole[:head])
        width = sum(map(len, header["kinds"].values())) + 1
        features = whole[head + 1 : names].decode().split("\n")
        starts = range(names + 2, len(whole), width)
        return cls(
            {kind: tuple(labels) for kind, labels in header["kinds"].items()},
            tuple(header["scales"]),
            tuple(header["biases"]),
            tuple(header["heat"]),
            header["square"],
            {name: whole[at : at + width] for name, at in zip(features, starts, strict=True)},
            header["thresholds"],
            tuple((raw, sure) for raw, sure in header["confidence"]),
        )

    def sums(self, features: Iterable[str]) -> list[float]:
        """The score of every label, in the order of the kinds."""
        found = [row for row in map(self.rows.get, features) if row is not None]
        width = len(self.scales) + 1
        lanes = struct.unpack(f"<{width}I", _added(found, width * _LANE).to_bytes(width * _LANE, "little"))
        length = math.sqrt(lanes[-1] * self.square) or 1.0
        none = ZERO * len(found)
        return [
            (lane - none) * scale / length + bias
            for lane, scale, bias in zip(lanes, self.scales, self.biases, strict=False)
        ]

    def verdict(self, features: Iterable[str]) -> Verdict:
        """For every kind its labels, the most probable first."""
        scores, at, verdict = self.sums(features), 0, {}
        for kind, labels in self.kinds.items():
            part = slice(at, at + len(labels))
            at += len(labels)
            powers = [math.exp(score) for score in scores[part]]
            total = sum(powers)
            rows = zip(powers, scores[part], self.heat[part], labels, strict=True)
            verdict[kind] = tuple(
                Ranked(label, power / total, score * heat)
                for power, score, heat, label in sorted(rows, reverse=True)
            )
        return verdict

    def sure(self, raw: float) -> float:
        """``raw`` (the product of probabilities) as how often such answers are right; between points, a
        line."""
        low, below = 0.0, 0.0
        for high, above in self.confidence:
            if raw <= high:
                return below + (above - below) * (raw - low) / ((high - low) or 1.0)
            low, below = high, above
        return below

    def why(self, features: Iterable[str], kind: str, label: str, other: str) -> list[tuple[str, float]]:
        """What each known feature adds to ``label`` rather than ``other``, the weightiest first."""
        before = sum(len(labels) for name, labels in self._before(kind))
        one = before + self.kinds[kind].index(label)
        two = before + self.kinds[kind].index(other)
        known = [(feature, row) for feature in features if (row := self.rows.get(feature)) is not None]
        length = math.sqrt(sum(row[-1] for _, row in known) * self.square) or 1.0
        told = []
        for feature, row in known:
            said = (row[one] - ZERO) * self.scales[one]
            told.append((feature, (said - (row[two] - ZERO) * self.scales[two]) / length))
        return sorted(told, key=lambda pair: (-abs(pair[1]), pair[0]))

    def _before(self, kind: str) -> list[tuple[str, tuple[str, ...]]]:
        names = list(self.kinds)
        return [(name, self.kinds[name]) for name in names[: names.index(kind)]]


def _added(rows: list[bytes], size: int) -> int:
    """The rows as large numbers of `size` bytes each, and all of them added."""
    side_by_side = b"".join(rows)
    spread = bytearray(len(side_by_side) * _LANE)
    spread[::_LANE] = side_by_side
    return sum(int.from_bytes(spread[at : at + size], "little") for at in range(0, len(spread), size))


@cache
def classifier() -> Classifier:
    """The model that the package ships, read once per process (0.06 s, 26 MiB)."""
    return Classifier.parse(resource(FILE).read_bytes())
