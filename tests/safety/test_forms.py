"""Every form of the house: what somebody else made a browser send does nothing (A6), and whatever is typed is
answered (I1, I2, I3, I5, I11)."""

import io
import random
import re
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

import pytest
from every_page import OWN, Form, Walk, Walked
from flask import Flask
from hostile_words import FORMULAS, LOGS, MARKUP, ODD, PATHS, SQL
from werkzeug.test import TestResponse

from models.account import sessions

OUTSIDERS = ("resident", "public")
FEW = ("community", "supervisor", "keeper", "department", *OUTSIDERS)
NOTED = "/console/fees/do/"  # shows the home's page once more, and each look at a home is written down
AWAY = ("/console/logout",)  # ends the session that the others need


class Typed(NamedTuple):
    """A form as it stands on somebody's page."""

    walk: Walk
    rule: str
    form: Form


class House(NamedTuple):
    app: Flask
    file: Path
    forms: list[Typed]
    gets: list[tuple[Walk, Form]]

    def version(self) -> int:
        """Another one after every commit of the service."""
        return int(self.looker().execute("PRAGMA data_version").fetchone()[0])

    def looker(self) -> sqlite3.Connection:
        return _lookers.setdefault(self.file, sqlite3.connect(self.file))


_lookers: dict[Path, sqlite3.Connection] = {}


@pytest.fixture(scope="module")
def house(walked_house: Walked) -> Iterator[House]:
    forms: dict[tuple[str, bool], Typed] = {}
    gets: dict[str, tuple[Walk, Form]] = {}
    for walk, seen in walked_house.seen:
        if walk.who not in FEW:
            continue
        for form in seen.forms:
            rule = walk.rule(form.action, form.method.upper())
            if form.method == "post" and not form.action.startswith(AWAY):
                forms.setdefault((rule, walk.who in OUTSIDERS), Typed(walk, form.action, form))
            elif form.method == "get":
                gets.setdefault(rule, (walk, form))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sessions, "seen", lambda _session: None)  # once a minute: no change by a form
        yield House(walked_house.app, walked_house.file, list(forms.values()), list(gets.values()))
    if walked_house.file in _lookers:
        _lookers.pop(walked_house.file).close()


def filled(form: Form) -> dict[str, str]:
    """As somebody might send it."""
    return {name: value or "1" for name, (kind, value) in form.fields.items() if kind != "file"}


def sent(one: Typed, headers: dict[str, str], fields: dict[str, str], **more: Any) -> TestResponse:
    return one.walk.client.post(one.form.action, headers=headers, data=fields, buffered=True, **more)


CROSS: dict[str, dict[str, str]] = {
    "another site, as browsers say it": {"Sec-Fetch-Site": "cross-site"},
    "a neighbour's name": {"Sec-Fetch-Site": "same-site"},
    "another origin": {"Origin": "https://evil.example"},
    "no origin that can be told": {"Origin": "null"},
    "another port": {"Origin": "http://localhost:8080"},
    "our name in theirs": {"Origin": "http://localhost.evil.example"},
}
ATTACKS: dict[str, Callable[[Typed, House], TestResponse]] = {
    "without a key": lambda one, _: sent(one, OWN, filled(one.form) | {"once": ""}),
    "as plain text": lambda one, _: one.walk.client.post(
        one.form.action, headers=OWN, data=urlencode(filled(one.form)), content_type="text/plain"
    ),
    "as JSON": lambda one, _: one.walk.client.post(one.form.action, headers=OWN, json=filled(one.form)),
    **{
        name: lambda one, _, headers=headers: sent(one, headers, filled(one.form))  # type: ignore[misc]
        for name, headers in CROSS.items()
    },
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_happens_by_a_form_that_is_not_from_our_own_page(house: House, attack: str) -> None:
    assert len(house.forms) > 30
    for one in house.forms:
        before = house.version()
        answer = ATTACKS[attack](one, house)
        assert 400 <= answer.status_code < 500 or answer.status_code == 200, (one.rule, answer.status_code)
        is_noted = attack == "without a key" and one.rule.startswith(NOTED)
        assert house.version() == before or is_noted, one.rule


def test_a_key_of_another_session_opens_nothing(house: House) -> None:
    looked = 0
    for one in house.forms:
        if not one.form.action.startswith("/console/"):
            continue  # a resident's link is itself what nobody else knows
        for key in (
            "a" * 16,
            one.form.fields["once"][1].partition(".")[0] + "." + "A" * 22,
            _others(one, house),
        ):
            before = house.version()
            answer = sent(one, OWN, filled(one.form) | {"once": key})
            assert answer.status_code in (303, 404, 409, 422), one.rule
            assert house.version() == before or one.rule.startswith(NOTED), one.rule
            looked += 1
    assert looked > 60


def _others(one: Typed, house: House) -> str:
    keys = (other.form.fields["once"][1] for other in house.forms if other.walk.who != one.walk.who)
    return next(key for key in keys if "." in key)


def test_no_address_changes_anything_for_being_opened(house: House) -> None:
    """Forms of the staff that come as GET, with all their fields in the address."""
    for one in house.forms:
        one.walk.client.get(one.form.action, buffered=True)  # what a page notes when it is seen
        before = house.version()
        answer = one.walk.client.get(f"{one.form.action}?{urlencode(filled(one.form))}", buffered=True)
        assert answer.status_code < 500
        if answer.status_code in (404, 405):
            assert house.version() == before, one.rule


WORDS = [*MARKUP[::7], *FORMULAS[::9], *LOGS, *SQL, *ODD, *PATHS]
NUMBERS = [
    "-1",
    "0",
    "9" * 30,
    "1e9",
    "1.5",
    "NaN",
    "٣",
    "０",
    " 1",
    "0x10",
    "2026-02-30",
    "9999-12-31T23:59",
    "24:00",
]


def fuzzed(form: Form, chance: random.Random) -> dict[str, Any]:
    """Some fields as they were, some hostile, some gone, some twice, a file that is none."""
    fields: dict[str, Any] = {}
    for name, (kind, value) in form.fields.items():
        turn = chance.random()
        if name == "once":
            fields[name] = value + str(chance.random())
        elif kind == "file":
            fields[name] = (
                io.BytesIO(chance.randbytes(300)),
                chance.choice(["a.jpg", "../../x.png", "x\0.jpg"]),
            )
        elif turn < 0.35:
            fields[name] = value or "1"
        elif turn < 0.6:
            fields[name] = chance.choice(WORDS)
        elif turn < 0.8:
            fields[name] = chance.choice(NUMBERS)
        elif turn < 0.9:
            fields[name] = [value, chance.choice(WORDS)]
    return fields


def test_whatever_is_typed_into_a_form_is_answered(house: House, caplog: pytest.LogCaptureFixture) -> None:
    chance = random.Random(20261121)
    for one in house.forms:
        for _time in range(2):
            fields = fuzzed(one.form, chance)
            answer = sent(one, OWN, fields, content_type="multipart/form-data")
            assert answer.status_code < 500, (one.rule, fields, caplog.text[-400:])


def test_whatever_is_searched_for_is_answered(house: House, caplog: pytest.LogCaptureFixture) -> None:
    chance = random.Random(7)
    for walk, form in house.gets:
        for words in chance.sample([*SQL, *ODD, *MARKUP], 8):
            fields = dict.fromkeys(form.fields, words)
            answer = walk.client.get(f"{form.action.partition('?')[0]}?{urlencode(fields)}", buffered=True)
            assert answer.status_code < 500, (form.action, words, caplog.text[-400:])


def test_no_part_of_an_address_leads_out_of_the_house(house: House, caplog: pytest.LogCaptureFixture) -> None:
    walk = house.forms[0].walk
    for rule in house.app.url_map.iter_rules():
        if "<" not in rule.rule or "GET" not in (rule.methods or ()):
            continue
        for words in PATHS:
            path = "".join(
                quote(words, safe="%/\\") if part.startswith("<") else part for part in _parts(rule.rule)
            )
            answer = walk.client.get(path.replace("//", "/"), buffered=True)
            assert answer.status_code < 500, (path, caplog.text[-400:])
            assert b"root:" not in answer.data
            assert b"secret_key" not in answer.data


def _parts(rule: str) -> list[str]:
    parts: list[str] = []
    for piece in rule.split("<"):
        if parts:
            name, _, rest = piece.partition(">")
            parts += [f"<{name}>", rest]
        else:
            parts.append(piece)
    return parts


def test_one_request_is_one_line_of_the_log(house: House, caplog: pytest.LogCaptureFixture) -> None:
    walk = house.forms[0].walk
    for words in LOGS:
        caplog.clear()
        with caplog.at_level("DEBUG", "server.app"):
            walk.client.get(f"/console/{quote(words)}", headers={"User-Agent": "x", "Referer": quote(words)})
        lines = [record.getMessage() for record in caplog.records if record.name == "server.app"]
        assert len(lines) <= 1
        assert all(line.isprintable() for line in lines)


def test_signs_that_mean_something_to_a_database_are_only_looked_for(house: House) -> None:
    walk = next(one.walk for one in house.forms if one.walk.who == "community")

    def found(words: str) -> int:
        answer = walk.client.get(f"/console/cases?{urlencode({'q': words})}", buffered=True)
        assert answer.status_code in (200, 422)
        return len(set(re.findall(r"/console/cases/(\d+)", answer.text)))

    assert found("单元门") > 0
    assert found("' OR '1'='1") == found("单元门' OR '1'='1") == 0
    for sign in "%_*?":  # a blank, as it is to a reader
        assert found(f"单{sign}门") in (0, found("单 门"))
        assert found(f"{sign}单元门{sign}") in (0, found("单元门"))
