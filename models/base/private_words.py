"""What in words for everybody is somebody's own: telephones, identity numbers, plates, a home with a name or
a debt (X05, requirements row "privacy before publication").

Read through as people write to get round a filter: full width, numerals in words, signs between digits.
What is found is shown to whoever wrote it, who takes it out; nothing is replaced silently.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from models.base.refusals import Invalid
from models.base.resources import table

FILE = "lexicon/private.toml"
_REFUSED = {
    "mobile": "private_mobile",
    "identity": "private_identity",
    "bank_card": "private_bank_card",
    "plate": "private_plate",
    "home": "private_home",
}


class Private(NamedTuple):
    """`kind`: mobile | identity | bank_card | plate | home (a room with a name or a debt); `words` as they
    were written."""

    kind: str
    words: str


def private_in(text: str) -> list[Private]:
    """Everything of that sort, in the order of the text. Pure; never raises."""
    found = []
    for plain, places in _readings(text):
        for kind, pattern in _patterns():
            for one in pattern.finditer(plain):
                begin, end = places[one.start()], places[one.end() - 1] + 1
                found.append((begin, -end, kind))
    kept: list[Private] = []
    reached = 0
    for begin, end, kind in sorted(found):
        if begin >= reached:
            kept.append(Private(kind, text[begin:-end].strip()))
            reached = -end
    return kept


def must_be_public(text: str) -> None:
    """Raises Invalid, with the words as they were written, where something is not for everybody."""
    for one in private_in(text):
        raise Invalid(_REFUSED[one.kind], words=one.words)


_GAP = r"[\s\-－—_.·•,，、/*~～]{0,3}"
_SIGNS = r"[^\w\n]{1,4}"  # any others, where the numerals stand as a telephone's do: 138(0013)8000
_LOOSE = r"[ \t]{0,3}"
_CLOSE = 30  # characters between a home and a name or a debt that are told together


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    words = table(FILE)
    rules = words["everybody"]

    def run(*parts: str) -> str:
        return rf"(?<!\d){_GAP.join(parts)}(?!{_GAP}\d)"

    day = ["[12]", r"\d", r"\d", r"\d", "[01]", r"\d", "[0-3]", r"\d"]
    either = "|".join
    no_name = f"(?!{either(_LOOSE.join(one) for one in rules['no_names'])})"
    surname = f"{no_name}(?:{either(words['double_surnames'])}|[{words['surnames']}])"
    given = "[\u3400-\u9fff]{1,2}?"
    apart = r"[ \t._·•*-]{1,3}"  # 张 建 国
    debt = f"(?:{either(rules['debts'])})"
    doors, before_room = either(rules["between_doors"]), either(rules["before_room"])
    behind_room, behind_home = either(rules["behind_room"]), either(rules["behind_home"])
    money = either(rules["money"])
    counted = either(words["counted"])
    room = (
        rf"(?:\d{{1,3}}(?:{_GAP}(?:{doors}))+{_GAP}(?:\d{{1,2}}{_GAP}(?:{before_room}){_GAP})?"
        rf"\d{{3,4}}(?!\d)(?:{behind_room}|{behind_home})?"
        rf"|(?<!\d)\d{{3,4}}(?:{behind_room})|(?<![\d{rules['before_count']}])\d{{3,4}}(?:{behind_home})"
        rf"|\d{{1,2}}(?:{either(rules['floors'])}){_GAP}[{rules['sides']}]{{1,2}}(?:{either(rules['doors'])}))"
    )
    edge = rf"(?<![\u3400-\u9fff])|(?<=[{rules['before_name']}])"
    # 关 于 周 二: in the middle of words that are drawn out no name begins
    drawn = r"(?<![^\u3400-\u9fff][\u3400-\u9fff][ \t])(?<!\A[\u3400-\u9fff][ \t])"
    begins = rf"{drawn}(?<![\u3400-\u9fff])|(?<=[{rules['before_name']}])|(?<=[{rules['before_name']}][ \t])"
    owners, titles = either(rules["owners"]), either(rules["titles"])
    name = (
        rf"(?:(?:{owners})[:：\s]{{0,2}}{surname}{given}(?=[^\u3400-\u9fff]|$|{debt}|\d)"
        rf"|{surname}(?:[\u3400-\u9fff]{{1,2}})?(?:{titles})"
        rf"|{rules['nickname']}{surname}(?=[^\u3400-\u9fff]|$|{debt}|[{rules['behind_name']}])"
        rf"|(?:{edge}){surname}[\u3400-\u9fff]{{1,2}}(?=[^\u3400-\u9fff]|$|{debt})"
        rf"|(?:(?:{owners})[:：\s]{{0,2}}|{begins}){surname}{apart}(?:[\u3400-\u9fff](?:{apart})?){{1,2}}?"
        rf"(?=[^\u3400-\u9fff \t]|[ \t]*(?:$|[^\u3400-\u9fff]|{debt}|{titles})))"
    )
    near = f"[^{rules['ends']}]{{0,{_CLOSE}}}?"
    sums = rf"{room}[:：,，\s]{{0,3}}\d+(?:\.\d+)?(?:{money})"
    pairs = [(room, name), (room, debt), (name, debt)]
    # so many and no more, because a file may hold columns of numbers
    bare = rf"(?<![\d.])\d{{3,4}}(?:[{rules['between_rooms']}\s]{{1,2}}\d{{3,4}}){{0,30}}"
    owing = rf"{bare}{debt}|{debt}[^{rules['ends']}\d:：]{{0,6}}[:：]\s?{bare}(?!\d|[.,]\d|{counted})"
    homes = either([*(f"{a}{near}{b}|{b}{near}{a}" for a, b in pairs), sums, owing])
    # of a table (| between cells, as models/media/documents.py reads it) a column of rooms and one of names
    # or debts, with rooms beneath: an empty form is none
    head, cells = rf"(?:^|(?<=[|\n]))\s*(?:{either(rules['room_heads'])})\s*", r"\|(?:[^|]{0,12}\|){0,6}"
    whose = rf"(?:{owners}|{debt})"
    filled = rf"(?=[^|]{{0,12}}\|[\s\S]{{0,200}}?[|\n]\s*\d{{3,4}}(?:{behind_room}|{behind_home})?\s*[|\n])"
    books = rf"(?:{head}{cells}[^|]{{0,8}}{whose}|{whose}[^|]{{0,8}}{cells}{head}){filled}"
    provinces = table("lexicon/place.toml")["masks"]["provinces"]
    plate = rf"[{provinces}]{_GAP}[A-Z]{_GAP}(?:[A-Z0-9]{_GAP}){{4,5}}[A-Z0-9]"
    return (
        ("identity", re.compile(run(*[r"\d"] * 6, *day, r"\d", r"\d", r"\d", r"[\dXx]"))),
        ("bank_card", re.compile(run("[3-6]", *[r"\d"] * 12, rf"(?:{_GAP}\d){{0,6}}"))),
        ("mobile", re.compile(run("[1lI]", "[3-9]", *[r"[\dOo]"] * 9))),
        ("mobile", re.compile(rf"(?<!\d)1[3-9]\d{_SIGNS}\d{{4}}{_SIGNS}\d{{4}}(?!\d)")),
        ("plate", re.compile(plate, re.IGNORECASE)),
        ("home", re.compile(homes)),
        ("home", re.compile(books)),
    )


_UNSEEN = {"Cf", "Mn", "Me"}  # without width, or drawn around the sign before


@cache
def _digits(name: str) -> dict[str, str]:
    given: dict[str, str] = table(FILE)["everybody"][name]
    return {sign: digit for digit, signs in given.items() for sign in signs}


def _readings(text: str) -> Iterator[tuple[str, list[int]]]:
    """The text, and once more where signs stand in it that are digits to some only: 防空洞138… is a telephone
    as the first reads it, 幺三八拐拐洞… as the second does."""
    yield _plain(text, _digits("digits"))
    called = _digits("called_digits")
    if not called.keys().isdisjoint(text):
        yield _plain(text, _digits("digits") | called)


def _plain(text: str, digits: dict[str, str]) -> tuple[str, list[int]]:
    """Digits of every script are 0–9, letters narrow, what nobody sees is left out; for each sign its place
    in `text`."""
    signs: list[str] = []
    places: list[int] = []
    for place, sign in enumerate(text):
        for one in unicodedata.normalize("NFKC", sign):
            if unicodedata.category(one) in _UNSEEN:
                continue
            digit = unicodedata.decimal(one, None)
            signs.append(digits.get(one, one) if digit is None else str(digit))
            places.append(place)
    return "".join(signs), places
