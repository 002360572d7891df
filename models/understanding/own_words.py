"""Words that a town, or one of its communities, adds to the lists of the package.

A file of the same form as the shipped lists, [understanding] words in the configuration:

    [danger.gas]                            kinds of danger, with sure, hint, look_alike, over
    sure = ["沼气罐…漏"]
    [categories.heating]                    categories and intents, with the weights of terms.WEIGHTS
    sure = ["热力井冒汽"]
    [community."育英社区".danger.fire]      the same for one community alone
    sure = ["柴火房…着"]

What it adds is read like the shipped words, and their look-alikes do not cross it out; besides, a ``sure``
word of a category decides that category over the trained model, because whoever wrote it down knows the town.
A community's words count where the message's place, or else the writer's home, belongs to it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from models.base.resources import table
from models.understanding.category import codes
from models.understanding.classifier import Ranked
from models.understanding.danger import ANY, FILE, DangerLists, shipped
from models.understanding.evidence import FILES, lists
from models.understanding.terms import WEIGHTS, Lexicon, expand

CALLS = ("119", "120", "110", "122")
_DANGER_LISTS = ("sure", "hint", "look_alike", "over")
_BESIDE = ("before", "after")
_SECTIONS = ("danger", "categories", "intents")
_SURE = "sure"


class BadWords(Exception):  # noqa: N818 - said to the operator as it stands
    """The file cannot be used; ``problems`` holds one sentence for each reason."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Words:
    """The lists that go for one message. Immutable; safe to share between threads."""

    danger: DangerLists
    evidence: Mapping[str, Lexicon]
    _own: Lexicon | None = None

    def ranked(self, text: str, ranked: tuple[Ranked, ...]) -> tuple[Ranked, ...]:
        """The categories as the model ranks them, a town's own ``sure`` word in front."""
        found = self._own.find(text) if self._own else ()
        if not found:
            return ranked
        first = Ranked(found[0].label, 1.0, 0.0)
        return (first, *(one for one in ranked if one.label != first.label))


@dataclass(frozen=True, slots=True)
class OwnWords:
    """A town's file. ``size``: how many terms it holds; ``communities``: those with some of their own."""

    town: Words
    communities: Mapping[str, Words]
    size: int

    def of(self, community: str | None) -> Words:
        return self.communities.get(community or "", self.town)

    @classmethod
    def parse(cls, text: str) -> OwnWords:
        """From the text of the file. BadWords with every problem, each with its line and word."""
        try:
            data = tomllib.loads(text)
        except tomllib.TOMLDecodeError as trouble:
            raise BadWords([f"is not TOML: {trouble}"]) from None
        local = data.pop("community", {})
        local = local if isinstance(local, dict) else {"": local}
        problems = [*_problems(data, ""), *(p for name, one in local.items() for p in _problems(one, name))]
        if problems:
            raise BadWords([_with_line(text, *one) for one in problems])
        parts = [data, *local.values()]
        return cls(
            _words(data),
            {name: _words(data, one) for name, one in local.items()},
            sum(len(terms) for part in parts for _, _, _, terms in _lists_of(part)),
        )


@cache
def none() -> OwnWords:
    """A town without a file."""
    return OwnWords(Words(shipped(), lists()), {}, 0)


_used: list[OwnWords] = []


def use(words: OwnWords | None) -> None:
    """What this process reads messages with from now on; None for the shipped lists alone."""
    _used[:] = [words] if words else []


def in_use() -> OwnWords:
    return _used[0] if _used else none()


def _words(*parts: Mapping[str, Any]) -> Words:
    evidence = dict(lists())
    for mark, name in FILES:
        added = [part[name] for part in parts if name in part]
        if added:
            evidence[mark] = Lexicon.from_weights(_merged(table(f"lexicon/{name}.toml"), *added))
    own = [
        {code: by_weight.get(_SURE, ()) for code, by_weight in part.get("categories", {}).items()}
        for part in reversed(parts)  # a community's word goes before the town's
    ]
    sure: dict[str, list[str]] = {}
    for one in own:
        for code, terms in one.items():
            sure.setdefault(code, []).extend(terms)
    return Words(
        DangerLists.of(table(FILE), *(part.get("danger", {}) for part in parts)),
        evidence,
        Lexicon.plain(sure) if any(sure.values()) else None,
    )


def _merged(*files: Mapping[str, Mapping[str, list[str]]]) -> dict[str, dict[str, list[str]]]:
    merged: dict[str, dict[str, list[str]]] = {}
    for data in files:
        for label, by_weight in data.items():
            for weight, terms in by_weight.items():
                merged.setdefault(label, {}).setdefault(weight, []).extend(terms)
    return merged


_Problem = tuple[str, str, str]  # what it is about (a word of the file), where, what is wrong


def _problems(part: Any, community: str) -> Iterator[_Problem]:
    """Everything that is wrong with the town's part or a community's."""
    where = f'community."{community}"' if community else ""
    if not isinstance(part, dict):
        yield "community", where or "community", "must hold tables"
        return
    for section, labels in part.items():
        if section not in _SECTIONS:
            known = ", ".join(_SECTIONS)
            yield section, where, f"{section} is not known: there are {known}, and community in front of them"
        elif not isinstance(labels, dict) or not all(isinstance(one, dict) for one in labels.values()):
            yield (
                section,
                where,
                f"[{section}] must be tables of lists, such as [{section}.{_example(section)}]",
            )
    for section, label, name, terms in _lists_of(part):
        yield from _wrong_list(section, label, name, terms, ".".join(filter(None, (where, section, label))))
    for kind, found in _tables(part, "danger"):
        call = found.get("call", "" if kind not in table(FILE) else None)
        if call is not None and call not in CALLS:
            said = f"a new kind of danger needs call, one of {', '.join(CALLS)}"
            yield kind, f"danger.{kind}", said


def _wrong_list(section: str, label: str, name: str, terms: Any, where: str) -> Iterator[_Problem]:
    allowed = _names(section, label)
    if section != "danger" and label not in _labels(section):
        yield label, where, f"{label} is no code of {section}"
    elif name not in allowed:
        yield name, where, f"{name} is no list of it: there are {', '.join(allowed)}"
    if not isinstance(terms, list):
        yield name, where, f'{name} must be a list: ["…", "…"]'
        return
    for term in terms:
        if wrong := _wrong(term, short=name in _BESIDE):
            yield str(term), where, f'"{term}": {wrong}'


def _wrong(term: Any, *, short: bool) -> str | None:
    if not isinstance(term, str) or not term.strip():
        return "must be words in quotes"
    try:
        spellings = expand(term)
    except ValueError:
        return "a part between …, / or ^ $ is empty"
    if not short and any(len("".join(parts)) < 2 for parts, _, _ in spellings):
        return "a single character stands in too many other words: write two or more"
    return None


def _names(section: str, label: str) -> tuple[str, ...]:
    if section == "danger":
        return (*_DANGER_LISTS[2:], *_BESIDE) if label == ANY else _DANGER_LISTS
    return tuple(WEIGHTS)


def _labels(section: str) -> tuple[str, ...]:
    return codes() if section == "categories" else tuple(table("labels/intents.toml"))


def _example(section: str) -> str:
    return {"danger": "gas", "categories": "heating"}.get(section, "fee")


def _tables(part: Mapping[str, Any], section: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    labels = part.get(section)
    for label, found in labels.items() if isinstance(labels, dict) else ():
        if isinstance(found, dict):
            yield label, found


def _lists_of(part: Any) -> Iterator[tuple[str, str, str, Any]]:
    """(section, label, name of the list, its terms)."""
    for section in _SECTIONS:
        for label, found in _tables(part, section) if isinstance(part, dict) else ():
            for name, terms in found.items():
                if (section, name) != ("danger", "call"):
                    yield section, label, name, terms


def _with_line(text: str, word: str, where: str, wrong: str) -> str:
    """The first line that has the word, behind the heading that it stands under."""
    rows = text.splitlines()
    heading = re.compile(re.escape(f"[{where}]")) if where else None
    begin = next((n for n, row in enumerate(rows) if heading and heading.search(row)), 0)
    line = next((n for n in range(begin, len(rows)) if word in rows[n]), begin)
    return f"line {line + 1}{f' [{where}]' if where else ''}: {wrong}"
