"""Several matters in one message: 灯不亮,另外下水也堵了,还有5号楼雪没清 are three.

Conservative: what tells one story stays one matter. A message is cut only where its writer counts (1. 2.,
一是…二是), turns (另外, 还有), lists or ends a sentence, and only between parts that each say by themselves
what is wrong.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from typing import Literal, NamedTuple

from models.base.resources import table
from models.understanding.category import FIXED
from models.understanding.danger import CRY
from models.understanding.gazetteer import Gazetteer
from models.understanding.intent import QUESTIONS
from models.understanding.patterns import any_of
from models.understanding.place import place_only
from models.understanding.sentence import Understanding, understand
from models.understanding.sureness import CUT_OFF

MOST = 6  # more parts than that are a letter, which a person reads as one
_LONGEST = 400
_SHORTEST = 8
_LISTED = 14  # characters: a list's items are short
# A part is told apart by its category, where its intent has one; these questions have none.
_ASKS = frozenset({"report", "service", "suggest", *FIXED})
_WITHOUT_CATEGORY = QUESTIONS - set(FIXED)
_ASKS_AGAIN = frozenset({"progress", "evaluate"})  # 灯还是不亮，另外…
_PLACE = ("estate", "building", "unit", "floor", "room")


class Matter(NamedTuple):
    """One thing that a message asks for: its own words, what they mean, and the place that goes for it."""

    text: str
    meaning: Understanding


# What tells a part from the one before: a number, 另外, a full stop; a new line, or a comma and 也.
_Cut = Literal["count", "turn", "end", "too"]


class _Part(NamedTuple):
    text: str
    cut: _Cut
    meaning: Understanding


def matters_in(text: str, gazetteer: Gazetteer, whole: Understanding | None = None) -> tuple[Matter, ...]:
    """The matters of a message in their order; one, with the whole text, when there is only one.

    ``whole`` is what the whole message means, if the caller knows it already. Never raises.
    """
    whole = whole or understand(text, gazetteer)
    one = (Matter(text, whole),)
    if not _SHORTEST <= len(text) <= _LONGEST:
        return one
    parts = _told_apart(text, gazetteer, whole)
    if not 2 <= len(parts) <= MOST:
        return one
    return tuple(_placed(parts))


def _told_apart(text: str, gazetteer: Gazetteer, whole: Understanding) -> list[_Part]:
    """The parts that stand by themselves; what does not is left with the one before it."""
    is_danger = whole.danger is not None  # then only what its writer sets apart is apart
    listed = _listed(text, gazetteer) if not is_danger else []
    if listed:
        return listed
    pieces = _pieces(text, only_turns=is_danger)
    if len(pieces) < 2:
        return []
    edges = table("lexicon/matters.toml")["edges"]
    found: list[_Part] = []
    lead = ""
    for piece, cut in pieces:
        bare = _patterns().number.sub("", piece) if cut == "count" else piece  # 3、5号楼 is one house
        meaning = understand(bare.strip(edges), gazetteer)
        mine = _is_own(meaning, cut)
        if found and not mine and place_only(piece, gazetteer) is not None:
            found = [_Part(one.text, one.cut, _under(meaning, one.meaning)) for one in found]
            found[-1] = found[-1]._replace(text=found[-1].text + piece)
        elif not mine and not found:
            lead += piece
        elif found and not (mine and _is_another(found[-1].meaning, meaning, cut, whole)):
            before = found.pop()
            found.append(_Part(before.text + piece, before.cut, _grown(before.meaning, meaning)))
        else:
            found.append(_Part(piece, cut, meaning))
    if lead and found:
        first = found[0]
        found[0] = _Part(lead + first.text, first.cut, _under(understand(lead, gazetteer), first.meaning))
    return found


def _listed(text: str, gazetteer: Gazetteer) -> list[_Part]:
    """灯不亮,下水堵,垃圾没人收: clauses that each name another trouble, and nothing but such clauses."""
    clauses = [match[0] for match in _patterns().clause.finditer(text)]
    if not 2 <= len(clauses) <= MOST:
        return []
    if not (len(clauses) > 2 or _patterns().too.search(clauses[-1])):
        return []  # two clauses are more often cause and effect
    if max(map(len, clauses)) > _LISTED:
        return []
    edges = table("lexicon/matters.toml")["edges"]
    parts = [_Part(clause, "too", understand(clause.strip(edges), gazetteer)) for clause in clauses]
    if not all(part.meaning.intent == "report" and _is_own(part.meaning, "too") for part in parts):
        return []
    return parts if len({part.meaning.category for part in parts}) == len(parts) else []


def _is_own(u: Understanding, cut: _Cut) -> bool:
    """The part says by itself what is wrong or wanted."""
    if u.danger is not None and u.threat != CRY:
        return True
    set_apart = cut in ("count", "turn")
    if set_apart and u.intent in _WITHOUT_CATEGORY and u.confidence >= CUT_OFF["question"]:
        return True  # 另外哪有厕所 is about nothing that can be mended
    if u.category in (None, "other") or u.intent not in (_ASKS | _ASKS_AGAIN if set_apart else _ASKS):
        return False
    if u.category == "help" and u.intent == "report":
        return False  # 另外老人腿脚不好 says why it matters, and asks for nothing
    return u.confidence >= CUT_OFF[cut]


def _is_another(before: Understanding, u: Understanding, cut: _Cut, whole: Understanding) -> bool:
    """Another kind of thing, or the same at another house. Where nothing but a full stop stands between the
    two, the message as a whole must be about both; where 也 stands there, both must be plain reports."""
    if cut in ("count", "turn"):
        return u.category != before.category or u.building not in (None, before.building)
    if u.category == before.category:
        return False
    if cut == "too":
        plain = before.intent == u.intent == "report" and "dispute" not in (before.category, u.category)
        return plain and before.confidence >= CUT_OFF["too"]
    return {before.category, u.category} <= {whole.category, *whole.also}


def _grown(u: Understanding, more: Understanding) -> Understanding:
    """A part with what was said of it besides: its place and how bad it is."""
    if more.danger is not None and more.threat != CRY and u.danger is None:
        u = replace(u, danger=more.danger, threat=more.threat, urgency=more.urgency)
    elif more.urgency == "urgent" and u.urgency == "normal":
        u = replace(u, urgency="urgent")
    return _under(more, u)


def _under(place: Understanding, u: Understanding) -> Understanding:
    """The place said in front of it, or behind it, where it names none of its own."""
    if any(getattr(u, name) for name in _PLACE):
        if u.estate is None and place.estate and u.building in (None, place.building):
            return replace(u, estate=place.estate, building=u.building or place.building)
        return replace(u, estate=u.estate or place.estate)
    return replace(u, **{name: getattr(place, name) for name in _PLACE})


def _placed(parts: Iterable[_Part]) -> Iterable[Matter]:
    """The place that was named last goes for a part that names none."""
    last: Understanding | None = None
    for part in parts:
        u = part.meaning if last is None else _under(last, part.meaning)
        if any(getattr(u, name) for name in _PLACE):
            last = u
        yield Matter(part.text.strip(table("lexicon/matters.toml")["edges"]), u)


def _pieces(text: str, *, only_turns: bool) -> list[tuple[str, _Cut]]:
    """The message cut wherever a matter may begin, and what its writer put there."""
    cuts: dict[int, _Cut] = {}
    if not only_turns:
        cuts |= dict.fromkeys(_ends(text), "end")
        cuts |= dict.fromkeys(_lines(text), "too")
        cuts |= dict.fromkeys(_toos(text), "too")
    cuts |= dict.fromkeys(_turns(text), "turn")
    cuts |= dict.fromkeys(_counted(text), "count")
    begins = sorted(at for at in {0, *cuts} if at < len(text))
    cuts.setdefault(0, cuts[begins[1]] if len(begins) > 1 else "end")  # one cut tells two parts apart
    ends = [*begins[1:], len(text)]
    return [(text[a:b], cuts[a]) for a, b in zip(begins, ends, strict=True) if text[a:b].strip()]


def _lines(text: str) -> list[int]:
    """Where a line of its own begins: nobody breaks a line for nothing on a phone."""
    return [at + 1 for at, sign in enumerate(text) if sign == "\n"]


def _toos(text: str) -> list[int]:
    patterns = _patterns()
    clauses = list(patterns.clause.finditer(text))[1:]
    return [match.start() for match in clauses if patterns.too.search(match[0])]


def _ends(text: str) -> list[int]:
    return [match.end() for match in _patterns().ends.finditer(text)]


def _turns(text: str) -> list[int]:
    return [match.start("turn") for match in _patterns().turns.finditer(text)]


def _counted(text: str) -> list[int]:
    """Where 1. 2. 3. or 一是 二是 stand, in their order and beginning with the first."""
    for pattern in (_patterns().figures, _patterns().signs):
        found: list[int] = []
        for match in pattern.finditer(text):
            if _figure(match["figure"]) == len(found) + 1:
                found.append(match.start("figure"))
        if len(found) > 1:
            return found
    for words in table("lexicon/matters.toml")["counts"]:
        found, at = [], 0
        for word in words:
            at = text.find(word, at)
            if at < 0:
                break
            found.append(at)
            at += len(word)
        if len(found) > 1:
            return found
    return []


def _figure(sign: str) -> int:
    return next(unicodedata.digit(one) for one in sign if one.isdigit())


class _Patterns(NamedTuple):
    number: re.Pattern[str]
    clause: re.Pattern[str]
    too: re.Pattern[str]
    ends: re.Pattern[str]
    turns: re.Pattern[str]
    figures: re.Pattern[str]
    signs: re.Pattern[str]


@cache
def _patterns() -> _Patterns:
    data = table("lexicon/matters.toml")
    before = "".join(map(re.escape, [*data["ends"], *data["pauses"]]))
    behind = re.escape(data["behind_figures"])
    return _Patterns(
        number=re.compile(rf"^\s*[1-9][{behind}]"),
        too=re.compile(any_of(data["too"])),
        clause=re.compile(f"[^{before}]+[{before}]*"),
        ends=re.compile(f"[{before[: before.index(re.escape(data['pauses'][0]))]}]+"),
        turns=re.compile(
            rf"(?:^|[{before}])\s*(?P<turn>{any_of(data['turns'])}(?!{any_of(data['not_after_turn'])}))"
        ),
        figures=re.compile(
            rf"(?:^|(?<=[{before}{behind}]))\s*(?P<figure>[1-9])(?:[{behind}](?<![.\uff0e](?=\d))|\s(?!\d))"
        ),
        signs=re.compile(r"(?P<figure>[\u2460-\u2468]|[(\uff08][1-9][)\uff09])"),
    )
