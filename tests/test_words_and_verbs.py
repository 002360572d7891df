"""Between verbs and words there is no compiler: what a verb says has words, and what has words is said."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from every_letter import everything_that_is_told
from factories import a_town, unit_of_work
from jinja2 import meta
from sqlalchemy import select

from handlers import words
from models.base.orm import session
from models.base.resources import resource
from models.outbox.letter import Letter
from models.outbox.routing import Way
from server.database import Database

ROOT = Path(__file__).resolve().parent.parent
CODE = [
    file for package in ("models", "handlers", "server") for file in sorted((ROOT / package).rglob("*.py"))
]
KINDS = {
    file.name.removesuffix(".toml") for file in resource("letters").iterdir() if file.name.endswith(".toml")
}
REPLIES = {
    file.name.removesuffix(".txt") for file in resource("replies").iterdir() if not file.name.startswith("_")
}
NEEDED = {  # as whom somebody is spoken to → the ways on which there have to be words
    "staff": {Way.WORK, Way.TEMPLATE, Way.CHAT},
    "resident": {Way.MINI, Way.TEMPLATE, Way.CHAT, Way.WORK},
    "group": {Way.ROBOT, Way.CUSTOMER_GROUP, "hand"},
}


@cache
def read() -> tuple[dict[str, list[tuple[str, ast.Call]]], set[str]]:
    """By the name of what is called every call, with where it stands; and every string."""
    # when it is asked for, because it takes as long as hundreds of tests
    found: dict[str, list[tuple[str, ast.Call]]] = {}
    strings = set()
    for file in CODE:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                called = (
                    node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                )
                found.setdefault(called, []).append((f"{file.relative_to(ROOT)}:{node.lineno}", node))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                strings.add(node.value)
    return found, strings


def calls(*names: str) -> Iterator[tuple[str, ast.Call]]:
    """Every call of a function by one of these names, with where it stands."""
    for name in names:
        yield from read()[0].get(name, [])


def first(call: ast.Call) -> str | None:
    if call.args and isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str):
        return call.args[0].value
    return None


# letters


@pytest.fixture(scope="module")
def told(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> list[tuple[str, dict[str, object]]]:
    """Kind and frozen facts of every letter of that play."""
    from settings_files import KEY

    from models.base import privacy

    privacy.use_key(KEY)
    file = tmp_path_factory.mktemp("told") / "hemei.db"
    file.write_bytes(sqlite_template.read_bytes())
    database = Database(f"sqlite:///{file}")
    with unit_of_work(database):
        everything_that_is_told(a_town())
        found = [(letter.kind, letter.facts) for letter in session().scalars(select(Letter))]
    database.close()
    return found


def test_every_kind_of_letter_is_told_by_some_verb(told):
    assert {kind for kind, _ in told} == KINDS


def test_every_letter_can_be_said_with_the_facts_that_its_verb_froze(told):
    words.use_base_url("https://hemei.example")
    for kind, facts in told:
        for way in [*Way, "hand"]:
            if way == Way.CARD or not words.speaks(kind, way):
                continue
            made = words.letter(kind, way, facts)
            parts = str([part for part in (made.text, made.menu, made.values, made.card) if part])
            assert made.text.strip(), f"{kind} says nothing on {way}"
            assert not re.search(r"None|\{[{%]|undefined", parts), f"{kind} on {way}: {parts}"
            assert not re.search(r"(?m)^[：，。]", made.text), f"{kind} on {way} begins a line with nothing"


def test_every_kind_has_words_on_all_ways_to_those_it_speaks_to():
    assert words.speaks("card_update", "work")  # changes a card and goes nowhere else
    for kind in KINDS - {"card_update"}:
        missing = [str(way) for way in NEEDED[words.audience(kind)] if not words.speaks(kind, way)]
        assert missing == [], kind


def test_no_line_break_is_swallowed():
    """A line that ends with a tag loses its break (trim_blocks); an empty line after it brings it back."""
    found = []
    for file in [*resource("letters").iterdir(), *resource("replies").iterdir()]:
        for line, after in pairwise(file.read_text(encoding="utf-8").splitlines()):
            says_something = re.sub(r"\{%.*?%\}", "", line).strip()
            goes_on = after.strip() and not after.lstrip().startswith(("{%", '"""'))
            if line.endswith("%}") and says_something and goes_on:
                found.append(f"{file.name}: {line}")
    assert found == []


def test_every_kind_that_code_names_has_words():
    for where, call in calls("tell", "tell_group"):
        kind = first(call)
        assert kind is None or kind in KINDS, f"{where} tells {kind}"
    for where, call in calls("withdraw"):
        for kind in (one.value for one in call.args if isinstance(one, ast.Constant)):
            assert kind in KINDS, f"{where} withdraws {kind}"


def test_every_kind_has_a_name_for_operators():
    assert set(words.labels("letter_kinds")) >= KINDS


# replies


def said() -> list[tuple[str, str, ast.Call]]:
    return [(where, name, call) for where, call in calls("say") if (name := first(call)) is not None]


def test_every_reply_that_is_said_has_words():
    for where, name, _ in said():
        assert name in REPLIES, f"{where} says {name}"


def test_every_reply_that_has_words_is_said():
    named = {name for _, name, _ in said()}
    _, strings = read()
    assert REPLIES - named - strings == set()
    included = {
        used
        for file in resource("replies").iterdir()
        for used in re.findall(r"replies/(_\w+)\.txt", file.read_text(encoding="utf-8"))
    }
    partial = {file.name.removesuffix(".txt") for file in resource("replies").iterdir()} - REPLIES
    assert partial == included


def test_every_reply_gets_the_facts_that_its_words_need():
    for where, name, call in said():
        given = {word.arg for word in call.keywords if word.arg}
        if any(word.arg is None for word in call.keywords):
            continue  # more facts than can be seen from here; the journeys say these
        missing = needed(f"replies/{name}.txt") - given
        assert not missing, f"{where} says {name} without {missing}"


def needed(template: str) -> set[str]:
    """Names without which the words cannot be rendered."""
    environment = words.environment()
    source = resource(template).read_text(encoding="utf-8")
    names = meta.find_undeclared_variables(environment.parse(source)) - set(environment.globals)
    return {
        name
        for name in names
        if not re.search(rf"\b{name}\s*(?:is defined|is not defined|\|\s*default)", source)
    }


# refusals


OF_THE_API = ("wrong", "Needed", "LoginNeeded", "TooOften", "Away", "WrongType", "TooLarge")


def refused() -> Iterator[tuple[str, str]]:
    for where, call in calls("Refused", "NotAllowed", "NotFound", "Invalid", *OF_THE_API):
        if not where.startswith("server/sandbox/") and (code := first(call)) is not None:
            yield where, code


def test_every_refusal_has_words():
    known = {*words.labels("refusals"), *words.labels("api_errors")}
    for where, code in refused():
        assert code in known, f"{where} refuses with {code}"


def test_every_word_of_refusal_is_used():
    _, strings = read()
    assert {*words.labels("refusals"), *words.labels("api_errors")} - strings == set()


def test_every_refusal_can_be_said_in_the_chat():
    for code in words.labels("refusals"):
        sentence = words.say("refused", code=code, facts={"number": "5724"})
        assert sentence, code
        assert "None" not in sentence, code
        assert "{" not in sentence, code
