"""What a writer takes back, puts right or joins of what was told: 不是12栋是13栋, 我就问问, 不用来了."""

from __future__ import annotations

import re
from functools import cache
from typing import Literal, NamedTuple

from models.base.resources import table
from models.understanding.normal import normal
from models.understanding.patterns import any_of

_LONGEST = 60
_SHORT = 14
_APART = 24
_NEAR = 10  # characters from the beginning within which 说错了 must stand
_CALLED_OFF = 20
_GIVEN_UP = 10  # longer, it tells something


class Amendment(NamedTuple):
    """``said`` holds, ``denied`` does not (either may be ""); ``withdrawn``: it was no report at all;
    ``urgency``: it is less or more pressing than it was taken for."""

    said: str = ""
    denied: str = ""
    withdrawn: bool = False
    urgency: Literal["normal", "urgent"] | None = None


def amendment_in(text: str) -> Amendment | None:
    """What this message puts right, or None. Whether there is anything to put right is not known here."""
    text = normal(text)
    if not text or len(text) > _LONGEST:
        return None
    lists = _lists()
    if lists.no_report.search(text):
        return Amendment(withdrawn=True)
    if len(text) <= _SHORT:
        if lists.calmer.search(text):
            return Amendment(urgency="normal")
        if lists.graver.search(text):
            return Amendment(urgency="urgent")
    turned = lists.is_not.fullmatch(text)
    if turned:
        return Amendment(turned["said"], turned["denied"])
    wrong = lists.wrong.search(text, 0, _NEAR + 4)
    begin = lists.begins.match(text)
    if wrong is None and begin is None:
        return None
    return _halves(text, wrong.end() if wrong else begin.start() if begin else 0, lists)


def that_one_in(text: str) -> Amendment | None:
    """垃圾那个是5号楼的: `denied` is 垃圾, by which it is found, `said` what holds of it. Else None."""
    text = normal(text)
    found = _lists().that_one.fullmatch(text) if len(text) <= _APART else None
    return None if found is None else Amendment(found["said"], found["which"])


def is_apart(text: str) -> bool:
    """不是一件, 另一件: what was put together is not one thing."""
    text = normal(text)
    return len(text) <= _APART and _lists().apart.search(text) is not None


def calls_off(text: str) -> bool:
    """不用来了: nobody need come any more."""
    text = normal(text)
    return len(text) <= _CALLED_OFF and _lists().calls_off.search(text) is not None


def only_calls_off(text: str) -> bool:
    """取消, and not another word."""
    return _lists().calls_off.fullmatch(normal(text)) is not None


def gives_up(text: str) -> bool:
    """算了, 发错了: what is still being asked about shall not be reported."""
    text = normal(text)
    lists = _lists()
    return len(text) <= _GIVEN_UP and bool(lists.gives_up.search(text) or lists.calls_off.search(text))


def is_me_too(text: str) -> bool:
    """我也遇到: the writer met what somebody else told."""
    return _lists().me_too.search(normal(text)) is not None


def _halves(text: str, start: int, lists: _Lists) -> Amendment | None:
    """What is denied in front of the last turn, and what is said behind it."""
    rest = text[start:].lstrip(lists.between)
    denies = lists.denies.match(rest)
    body = rest[denies.end() :] if denies else rest
    after = lists.denies.search(body)
    if after and not denies:
        body = body[: after.start()]  # 是楼上漏水不是下水堵
    turns = list(lists.turns.finditer(body))
    if turns:
        denied = body[: turns[-1].start()].strip(" ,") if denies else ""
        return Amendment(body[turns[-1].end() :].strip(" ,"), denied)
    if denies:
        denied, _, said = body.partition(",") if "," in body else body.partition(" ")
        return Amendment(said.strip(), denied.strip())
    return Amendment(lists.begins.sub("", body, count=1).strip(lists.between)) if body else None


class _Lists(NamedTuple):
    between: str
    begins: re.Pattern[str]
    turns: re.Pattern[str]
    wrong: re.Pattern[str]
    no_report: re.Pattern[str]
    calmer: re.Pattern[str]
    graver: re.Pattern[str]
    apart: re.Pattern[str]
    calls_off: re.Pattern[str]
    gives_up: re.Pattern[str]
    me_too: re.Pattern[str]
    denies: re.Pattern[str]
    is_not: re.Pattern[str]
    that_one: re.Pattern[str]


@cache
def _lists() -> _Lists:
    data = table("lexicon/amendments.toml")

    def either(name: str) -> re.Pattern[str]:
        return re.compile(any_of(data[name]))

    deny, turn = re.escape(data["denies"]), re.escape(data["affirms"])
    return _Lists(
        between=data["between"],
        begins=either("begins"),
        turns=either("turns"),
        wrong=either("wrong"),
        no_report=either("no_report"),
        calmer=either("calmer"),
        graver=either("graver"),
        apart=either("apart"),
        calls_off=either("calls_off"),
        gives_up=either("gives_up"),
        me_too=either("me_too"),
        denies=re.compile(deny),
        that_one=re.compile(
            rf"(?P<which>[^,\s]{{1,6}}?)(?:{either('that_one').pattern})[,\s]*{turn}(?P<said>.+)"
        ),
        is_not=re.compile(rf"(?:[^,\s]{{0,4}}?){turn}(?P<said>(?!{deny[0]}).+?)[,;\s]*{deny}(?P<denied>.+)"),
    )
