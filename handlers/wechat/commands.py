"""The words with which staff act from a chat: which command a message begins with, and for which case."""

import re
from functools import cache

from models.base.resources import table
from models.understanding import case_number_in
from models.understanding.patterns import any_of

AROUND = "".join(table("lexicon/commands.toml")["around"])


def command_in(text: str) -> tuple[str | None, str | None, str]:
    """The command that begins a message, the case's number beside it, and what is said besides.

    100014接单, 好的，接单 100014 and 已办结 100014 换了灯 say the same as the command alone in front.
    """
    verb, rest = _split(text)
    if verb in (None, "acknowledge"):
        inner, around = _split(_behind_courtesy(text))
        if inner is not None and (number := case_number_in(text)):
            return inner, number, _without(number, around)
    number = case_number_in(rest) if verb not in (None, "binding_code") else None
    return verb, number, _without(number, rest) if number else rest


def _behind_courtesy(text: str) -> str:
    """A message without the words and the number that some put before the command."""
    number = case_number_in(text)
    before = [*table("lexicon/commands.toml")["before"], *([number] if number else [])]
    behind = re.compile(f"(?:{any_of(before)}|[{re.escape(AROUND)}])+").match(text)
    return text[behind.end() :] if behind else text


def _without(number: str, words: str) -> str:
    return words.replace(number, "", 1).strip(AROUND)


@cache
def _commands() -> tuple[tuple[str, str], ...]:
    words = [
        (word, verb)
        for verb, several in table("lexicon/commands.toml").items()
        if verb not in ("around", "before", "rule_marks")
        for word in several
    ]
    return tuple(sorted(words, key=lambda pair: -len(pair[0])))


def _split(text: str) -> tuple[str | None, str]:
    """The command that begins the message, and the rest. `接` alone or before a number only."""
    text = text.strip().strip(AROUND)
    for word, verb in _commands():
        if text.startswith(word):
            rest = text[len(word) :].strip(AROUND)
            if len(word) > 1 or not rest or case_number_in(rest):
                return verb, rest
    return None, text
