"""Word lists that clerks can read, and the single pass that finds their words in a sentence.

A term is written as people would say it, with three signs:

    灯…不亮        the parts in this order, at most GAP characters between them
    灯/路灯…不亮/黑  a choice at each place
    ^人工$         only at the beginning, only at the end

A list gives terms to a label with a weight. A term counts once per sentence.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product

GAP = 8

#: The words that lexicon files use for weights.
WEIGHTS = {"sure": 8, "strong": 4, "plain": 2, "hint": 1, "against": -3, "never": -8}


@dataclass(frozen=True, slots=True)
class _Entry:
    first: str
    rest: tuple[str, ...]
    next: str  # the first of the rest: most terms are out at once, because it is nowhere in the sentence
    at_start: bool
    at_end: bool
    term: int
    label: int
    weight: int


@dataclass(frozen=True, slots=True)
class Found:
    """A term that stands in the sentence: where its first part begins, where its last part ends."""

    start: int
    end: int
    term: str
    label: str
    weight: int


def expand(term: str) -> list[tuple[tuple[str, ...], bool, bool]]:
    """All spellings of a term: (its parts in order, only at the start, only at the end)."""
    at_start, at_end = term.startswith("^"), term.endswith("$")
    body = term.removeprefix("^").removesuffix("$")
    choices = [part.split("/") for part in body.split("…")]
    if not all(choice for part in choices for choice in part):
        raise ValueError(f"an empty part in the term {term!r}")
    return [(spelling, at_start, at_end) for spelling in product(*choices)]


class Lexicon:
    """Weighted terms by label. Immutable after building; safe to share between threads."""

    __slots__ = ("_index", "_singles", "_terms", "labels")

    def __init__(self, lists: Mapping[str, Iterable[tuple[str, int]]]):
        """``lists``: label → (term, weight) pairs."""
        self.labels = tuple(lists)
        self._terms: list[str] = []
        index: dict[str, list[_Entry]] = {}
        singles: dict[str, list[_Entry]] = {}
        for number, terms in enumerate(lists.values()):
            for term, weight in terms:
                for parts, at_start, at_end in expand(term):
                    entry = _Entry(
                        parts[0],
                        parts[1:],
                        parts[1] if parts[1:] else "",
                        at_start,
                        at_end,
                        len(self._terms),
                        number,
                        weight,
                    )
                    if len(parts[0]) == 1:
                        singles.setdefault(parts[0], []).append(entry)
                    else:
                        index.setdefault(parts[0][:2], []).append(entry)
                self._terms.append(term)
        self._index = {key: tuple(entries) for key, entries in index.items()}
        self._singles = {key: tuple(entries) for key, entries in singles.items()}

    @classmethod
    def from_weights(cls, data: Mapping[str, Mapping[str, list[str]]]) -> Lexicon:
        """From a lexicon file: label → weight word (see WEIGHTS) → terms. KeyError on another word."""
        return cls(
            {
                label: [(term, WEIGHTS[word]) for word, terms in by_weight.items() for term in terms]
                for label, by_weight in data.items()
            }
        )

    @classmethod
    def plain(cls, data: Mapping[str, Iterable[str]]) -> Lexicon:
        """Terms that all weigh one."""
        return cls({label: [(term, 1) for term in terms] for label, terms in data.items()})

    def _matches(self, text: str) -> dict[int, tuple[_Entry, int, int]]:
        """The terms in ``text`` by number: entry, start, end. One pass; each term's first place only."""
        found: dict[int, tuple[_Entry, int, int]] = {}
        index, singles, length = self._index, self._singles, len(text)
        for at in range(length):
            pairs = index.get(text[at : at + 2])
            if pairs:
                for entry in pairs:
                    if entry.term not in found and entry.next in text and text.startswith(entry.first, at):
                        self._follow(entry, at, text, length, found)
            ones = singles.get(text[at])
            if ones:
                for entry in ones:
                    if entry.term not in found and entry.next in text:
                        self._follow(entry, at, text, length, found)
        return found

    @staticmethod
    def _follow(
        entry: _Entry, at: int, text: str, length: int, found: dict[int, tuple[_Entry, int, int]]
    ) -> None:
        if entry.at_start and at:
            return
        end = at + len(entry.first)
        for part in entry.rest:
            place = text.find(part, end, end + GAP + len(part))
            if place < 0:
                return
            end = place + len(part)
        if entry.at_end and end != length:
            return
        found[entry.term] = (entry, at, end)

    def scores(self, text: str) -> list[int]:
        """The sum of the weights of the terms in ``text`` for each of ``labels``, in their order."""
        sums = [0] * len(self.labels)
        for entry, _, _ in self._matches(text).values():
            sums[entry.label] += entry.weight
        return sums

    def find(self, text: str) -> list[Found]:
        """Every term in ``text``, by place; for explaining and for masking."""
        return sorted(
            (
                Found(start, end, self._terms[entry.term], self.labels[entry.label], entry.weight)
                for entry, start, end in self._matches(text).values()
            ),
            key=lambda found: (found.start, found.end),
        )
