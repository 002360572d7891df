"""What words of danger a sentence holds (row 103: never waits for classification of anything else).

The lists are lexicon/danger.toml and what a town adds to it (own_words.py). They know two strengths:
``sure`` words decide alone; ``hint`` words decide together with the trained model (urgency.py), which sees by
kind what was found here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from models.base.resources import table
from models.understanding.terms import Lexicon

FILE = "lexicon/danger.toml"
#: The section whose lists go for every kind.
ANY = "any"
#: The section that tells the kind where no word of the lists stands.
BY_CATEGORY = "by_category"
#: The kind that only calls for help: 快来人 behind 水管爆了 is about the pipe.
CRY = "cry"
_HINT, _SURE = 1, 2
_FILE = 10  # a term's weight is its strength and ten for each file before its own


class Danger(NamedTuple):
    """What threatens and whom to call: ``"119"`` fire and rescue, ``"120"``, ``"110"``, ``"122"`` traffic."""

    kind: str
    call: str


class Signs(NamedTuple):
    """What the lists say of a sentence.

    ``sure``: danger that is present whatever else is said; ``hint``: danger that the model has to confirm;
    ``features``: the same for the model: ``#danger`` and ``#danger:fire`` for a word that stands, ``#alike``
    for one that a look-alike or what stands beside it (怕…, …的时候) crosses out, ``#over`` where it is
    told as past, asked or denied.
    """

    sure: Danger | None
    hint: Danger | None
    features: frozenset[str]

    @property
    def threshold(self) -> str:
        """Which of the model's thresholds goes for the sentence: the probability that calls an emergency
        beside a hint, where every word of danger is denied or past, and where there is none."""
        if self.hint:
            return "hinted"
        return "denied" if self.features else "emergency"


NONE = Signs(None, None, frozenset())


@dataclass(frozen=True, slots=True)
class DangerLists:
    """Immutable; safe to share between threads."""

    _present: Lexicon
    _look_alike: Lexicon
    _over: Lexicon
    _before: tuple[str, ...]
    _after: tuple[str, ...]
    _calls: dict[str, str]

    @classmethod
    def of(cls, *files: Mapping[str, Any]) -> DangerLists:
        """From tables in the form of danger.toml; what a later one has is added to the earlier ones, and its
        words are not crossed out by look-alikes of the earlier."""
        kinds = list(dict.fromkeys(kind for data in files for kind in data if kind != BY_CATEGORY))

        def terms(kind: str, name: str) -> list[str]:
            return [term for data in files for term in data.get(kind, {}).get(name, ())]

        def weighed(kind: str, **strengths: int) -> list[tuple[str, int]]:
            return [
                (term, number * _FILE + strength)
                for number, data in enumerate(files)
                for name, strength in strengths.items()
                for term in data.get(kind, {}).get(name, ())
            ]

        return cls(
            Lexicon({kind: weighed(kind, sure=_SURE, hint=_HINT) for kind in kinds}),
            Lexicon({kind: weighed(kind, look_alike=0) for kind in kinds}),
            Lexicon.plain({kind: terms(kind, "over") for kind in kinds}),
            tuple(terms(ANY, "before")),
            tuple(terms(ANY, "after")),
            {kind: lists["call"] for data in files for kind, lists in data.items() if "call" in lists},
        )

    def signs_in(self, text: str) -> Signs:
        """What a normalised sentence holds. Of several dangers the one that stands first in the file counts:
        fire before gas before injury …"""
        words = self._present.find(text)
        if not words:
            return NONE
        crossed = self._look_alike.find(text)
        over = {found.label for found in self._over.find(text)}
        standing = [
            word
            for word in words
            if not text.endswith(self._before, 0, word.start)
            and not text.startswith(self._after, word.end)
            and not any(
                other.label in (word.label, ANY)
                and other.start < word.end
                and word.start < other.end
                and other.weight >= word.weight // _FILE * _FILE
                for other in crossed
            )
        ]
        features = {f"#danger:{word.label}" for word in standing}
        if standing:
            features.add("#danger")
        if len(standing) < len(words):
            features.add("#alike")
        if over & {ANY, *(word.label for word in words)}:
            features.add("#over")
        now = [word for word in standing if not over & {ANY, word.label}]
        return Signs(
            self._first({word.label for word in now if word.weight % _FILE == _SURE}),
            self._first({word.label for word in now}),
            frozenset(features),
        )

    def _first(self, kinds: set[str]) -> Danger | None:
        return next((Danger(kind, call) for kind, call in self._calls.items() if kind in kinds), None)


@cache
def shipped() -> DangerLists:
    """The lists of the package."""
    return DangerLists.of(table(FILE))


def danger_by(category: str | None) -> Danger:
    """The danger that no listed word told: by what the message is about."""
    data = table(FILE)
    kinds: dict[str, str] = data[BY_CATEGORY]
    kind = kinds.get(category or "", kinds["else"])
    return Danger(kind, data[kind]["call"])
