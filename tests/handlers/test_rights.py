"""Route × caller × thing, by the tables of docs/rights.md (A1): each route has a row, each caller is asked,
and what somebody may not see is answered as what is not there.
"""

import re
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from random import Random
from typing import NamedTuple

import pytest
from api_client import Mini
from api_rights import Api, address
from api_rights import gone as gone_of_the_api
from rights_town import (
    BY_LETTER,
    RESIDENTS,
    SAID,
    STAFF,
    World,
    arguments,
    gone,
    letter,
    opened_town,
)
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from handlers.api.document import examples
from handlers.api.door import ROUTES
from handlers.api.routes import Need, Route
from handlers.guards import guard_of
from handlers.words import refusal
from models.base.refusals import NotFound
from models.client import tokens

PAGE = (Path(__file__).resolve().parents[2] / "docs/rights.md").read_text(encoding="utf-8")
ROWS = dict(re.findall(r"(?m)^\| `((?:GET|POST|PUT|PATCH|DELETE) [^`]+)` \| ([^|]*?) *\|$", PAGE))
REFUSED = "这里没有可看的"  # the page that has nothing on it but why not
COMPARED = 2  # of those who may not see a thing, because an answer knows nobody of them by name
WORKED = {"console.logout"}  # ends what the others need
_once = count()


class Way(NamedTuple):
    """One route by one method, and how docs/rights.md writes it."""

    rule: Rule
    method: str
    written: str
    letter: str = ""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[World]:
    yield from opened_town(sqlite_template, tmp_path_factory.mktemp("rights"))


def ways(world: World) -> list[Way]:
    found = []
    for rule in world.app.url_map.iter_rules():
        short = re.sub(r"<\w+(?:\([^)]*\))?:", "<", rule.rule)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            kinds = BY_LETTER.get(_name(rule), ()) if short.startswith("/p/<token>") else ()
            for kind in kinds or ("",):
                named = short.replace("<token>", f"<{kind}>") if kind else short
                found.append(Way(rule, method, f"{method} {named}", kind))
    return found


def _name(rule: Rule) -> str:
    return rule.endpoint.rpartition(".")[2]


def test_every_route_has_a_row_and_every_row_a_route(world: World) -> None:
    there = {
        one.written for one in ways(world) if _name(one.rule) != "led_on"
    }  # leads staff on, opens nothing
    assert sorted(there - set(ROWS)) == []
    assert sorted(set(ROWS) - there) == []


def test_every_route_says_its_guard_as_its_row_does(world: World) -> None:
    for one in ways(world):
        if one.written not in ROWS:
            continue
        guard, said = guard_of(world.app, one.rule.endpoint), ROWS[one.written]
        if guard in ("staff", "personal_link"):
            assert set(said.split()) <= set(STAFF if guard == "staff" else RESIDENTS), one.written
        elif guard == "token":  # tests/handlers/api/test_rights.py asks each caller
            assert said.startswith("whoever has ") or set(said.split()) <= set(STAFF + RESIDENTS), one.written
        else:
            assert said.startswith(
                {"public": "everybody", "platform": "WeChat", "partner": "whoever has a key"}.get(
                    str(guard), "who runs"
                )
            )


def path_of(world: World, way: Way, *, missing: bool = False, person: int = 0) -> str | None:
    """Where the thing stands, or one that is not there; None where the address names no thing."""
    names = way.rule.arguments - {"token"}
    args = arguments(way.rule.endpoint, names, world.there)
    if missing:
        things = [one for one in names if one not in SAID and f"{_name(way.rule)} {one}" not in SAID]
        if not things:
            return None
        args |= {one: gone(args[one]) for one in things}
    if way.letter:
        args["token"] = letter(way.letter, person, world.there)
    return str(world.app.url_map.bind("localhost").build(way.rule.endpoint, args, method=way.method))


def is_out(answer: TestResponse, method: str) -> bool:
    return answer.status_code == 404 and (method == "GET" or REFUSED in answer.text)


def same(answer: TestResponse) -> tuple[int, str]:
    """What stays of a page when it is asked for twice."""
    text = re.sub(r'name="once" value="[^"]*"|nonce="[^"]*"', "", answer.text)
    return answer.status_code, text


def asked(world: World, who: str, way: Way, path: str) -> TestResponse:
    answer = world.ask(who, way.method, path, f"o{next(_once)}")
    assert answer.status_code < 500, (who, path, answer.status_code)
    return answer


def shuffled_by(written: str) -> list[str]:
    """Staff and residents, in another order for every route, the same at every run."""
    return Random(written).sample(STAFF + RESIDENTS, len(STAFF + RESIDENTS))


def shuffled(way: Way) -> list[str]:
    """In another order for every route, the same at every run."""
    return Random(way.written).sample(STAFF, len(STAFF))


def seen_by(written: str) -> set[str]:
    """Who gets to see this thing by some page of it: a form that is not theirs may say so."""
    head = written.partition(" ")[2].partition(">")[0]
    rows = (said.split() for row, said in ROWS.items() if row.startswith(f"GET {head}>"))
    return {letter for said in rows for letter in said}


SECTIONS = sorted(
    {row.split("/")[2].split(".")[0] for row in ROWS if " /console/" in row} - {"login", "password"}
)


@pytest.mark.parametrize("section", ["", *SECTIONS])
def test_who_comes_in_at_a_page_of_staff(world: World, section: str) -> None:
    head = f"/console/{section}" if section else "/console"
    for way in ways(world):
        mine = (
            way.rule.rule == head or re.match(rf"{head}[./]", way.rule.rule)
            if section
            else way.rule.rule == head
        )
        if not mine or guard_of(world.app, way.rule.endpoint) != "staff" or way.rule.endpoint in WORKED:
            continue
        path, missing = path_of(world, way), path_of(world, way, missing=True)
        assert path is not None
        expected, seers = ROWS[way.written].split(), seen_by(way.written)
        came, compared = [], 0
        # whoever may not comes first, because what the others do may change what is there
        for who in sorted(shuffled(way), key=lambda one: one in expected):
            answer = asked(world, who, way, path)
            if not is_out(answer, way.method):
                came.append(who)
            elif missing is not None and who not in seers and compared < COMPARED:
                compared += 1
                assert same(answer) == same(asked(world, who, way, missing)), (who, way.written)
        assert sorted(came) == sorted(expected), way.written
        if missing is not None and way.method == "GET" and came:
            assert is_out(asked(world, came[-1], way, missing), "GET"), way.written
        assert asked(world, "nobody", way, path).status_code in (302, 401), way.written


@pytest.mark.parametrize("kind", sorted({kind for kinds in BY_LETTER.values() for kind in kinds}))
def test_who_comes_in_behind_a_letter(world: World, kind: str) -> None:
    for way in ways(world):
        if way.letter != kind:
            continue
        expected, came = ROWS[way.written].split(), []
        for who in sorted(RESIDENTS, key=lambda one: one in expected):
            person = world.residents[who]
            answer = asked(world, who, way, path_of(world, way, person=person) or "")
            missing = path_of(world, way, missing=True, person=person)
            if not is_out(answer, way.method):
                came.append(who)
            elif missing is not None:
                assert same(answer) == same(asked(world, who, way, missing)), (who, way.written)
        assert sorted(came) == sorted(expected), way.written
        bad = re.sub(r"/p/[^/?]+", "/p/" + "A" * 40, path_of(world, way, person=1) or "")
        assert asked(world, "nobody", way, bad).status_code in (403, 404), way.written


@pytest.fixture(scope="module")
def api(world: World) -> Api:
    return Api(world)


def _of_the_api(*needs: Need) -> list[Route]:
    return [one for one in ROUTES if one.need in needs]


@pytest.mark.parametrize("area", sorted({one.rule.split("/")[1] for one in ROUTES if one.names}))
def test_who_comes_in_at_the_api(api: Api, area: str) -> None:
    """By letters: in for them, and for everybody else as what is not there. What only looks comes first,
    because what is done may change who sees it."""
    for route in sorted(ROUTES, key=lambda one: one.method != "GET"):
        said = ROWS[address(route)]
        if route.rule.split("/")[1] != area or not route.names or said.startswith(("whoever", "everybody")):
            continue
        thing, expected = api.thing(route), said.split()
        order = sorted(shuffled_by(address(route)), key=lambda one: one in expected)
        first_to_try = [one for one in order if one not in expected][: 40 if route.method == "GET" else 5]
        came: list[str] = []
        for who in [*first_to_try, *(one for one in order if one in expected)]:
            answer = api.ask(who, route, thing)
            assert answer.status_code not in (401, 403), (who, answer.text)
            if answer.status_code != 404:
                came.append(who)
                if route.rule in ONCE:
                    expected = came
                    break
            else:
                other = api.ask(who, route, gone_of_the_api(thing))
                assert (other.status_code, other.json) == (404, answer.json), (who, address(route))
        assert sorted(came) == sorted(expected), address(route)


ONCE = ("/homes/requests/<id>",)  # answered, it is asked of nobody any more


def test_without_a_token_or_before_agreeing_nothing_of_the_api_is_open(api: Api) -> None:
    newcomer = Mini(api.world.app, tokens.newcomers_token("mini", "m-never", None))
    for route in _of_the_api(*(set(Need) - {Need.ANYBODY, Need.LOGIN})):
        path = re.sub(r"{\w+}", "x", route.path)
        body = {} if route.takes is not None and route.method != "GET" else None
        for mini, status in ((Mini(api.world.app), 401), (Mini(api.world.app, "x"), 401), (newcomer, 403)):
            assert mini(route.method, path, body).status_code == status, route.key


def test_what_is_for_whoever_has_agreed_is_there_for_each(api: Api) -> None:
    for route in ROUTES:
        if ROWS[address(route)] == "whoever has agreed" and not route.names:
            for who in ("O", "U", "W"):
                answer = api.mini(who)(route.method, route.path, examples().get(route.key, {}).get("asks"))
                assert answer.status_code not in (401, 404, 500), (who, route.key, answer.text)


def test_a_session_that_never_was_opens_nothing(world: World) -> None:
    browser = world.app.test_client()
    browser.set_cookie("hemei", "A" * 43)
    assert browser.get("/console/cases").status_code == 302
    assert browser.get("/console/today").headers["Location"].startswith("/console/login")


def test_what_is_refused_says_why_on_a_page_of_its_own(world: World) -> None:
    answer = world.app.test_client().get("/p/x")
    assert REFUSED in answer.text
    assert refusal(NotFound("page_not_found")) in answer.text
