"""Ids of other people, in every spelling, bring nothing of theirs (A2). `make chaos` asks 40 000 times."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from api_probing import Sweep, unlimited
from api_slots import Slot, slots
from probing import OF, harvest, plant, probe
from rights_town import World, opened_town
from sqlalchemy import select, true, update

from models.account import sessions
from models.base.orm import session
from models.client.tables import Upload
from models.notice.tables import Notice
from models.person.tables import Home


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[World]:
    yield from opened_town(sqlite_template, tmp_path_factory.mktemp("probing"))


def test_what_other_peoples_pages_name_brings_nothing(world: World) -> None:
    found = probe(world, 300, seed=7, whose="KO", each=1)
    assert found.probes == 300
    assert found.foreign == []
    assert found.broken == []


def test_what_was_planted_is_there_for_those_whose_it_is(world: World) -> None:
    plant(world)
    case = world.ask("C", "GET", f"/console/cases/{world.there['case']}", "x")
    assert OF[1] in case.text
    assert OF[1] in world.ask("C", "GET", "/console/cases", "x").text
    assert OF[1] not in world.ask("c", "GET", "/console/cases", "x").text


def test_after_logging_out_no_address_opens(world: World) -> None:
    paths = [one for one in harvest(world, "K", each=1) if one.startswith("/console")]
    assert len(paths) >= 30
    world.database.write(sessions.end, world.browsers["K"][1])
    for path in paths[:30]:
        answer = world.ask("K", "GET", path, "x")
        assert answer.status_code in (302, 404, 405), path
        assert OF[1] not in answer.text


@pytest.fixture(scope="module")
def swept(world: World) -> Iterator[Sweep]:
    with unlimited():
        yield Sweep(world, seed=7)


def test_ids_of_others_bring_and_do_nothing_at_the_api(swept: Sweep) -> None:
    found = swept.run(300)
    assert found.probes == 300
    assert found.foreign == []
    assert found.broken == []
    assert found.changed == []
    assert found.shut_out == []  # or nothing would be found either way
    assert len(found.slots) >= len(slots())  # no place was left out


def _there(model: Any, number: Any) -> Any:
    return session().get(model, number)


def _of_anybody(_: int, name: str, **more: bool) -> Upload:
    return session().scalars(select(Upload).where(Upload.public_id == name)).one()


def _end(_: int, number: int) -> None:
    session().execute(update(Home).where(Home.id == number).values(until=Home.since))


# What a check that somebody forgot would look like. The last one writes.
HOLES: dict[str, tuple[str, str, Callable[..., Any]]] = {
    "/cases/{id}": ("GET", "models.case.reach.visible_to", lambda _: true()),
    "/work/cases/{id}": ("POST", "models.case.reach.visible_to", lambda _: true()),
    "/notices/{id}": ("GET", "models.notice.own.told", lambda _, number: _there(Notice, number)),
    "/uploads/{id}": ("GET", "models.client.uploads.of", _of_anybody),
    "/work/rollcalls/{id}": ("GET", "handlers.api.rollcalls.oversees", lambda *_: True),
    "/homes/{id}": ("DELETE", "models.joins.home_sharing.leave", _end),
}


@pytest.mark.parametrize("path", HOLES)
def test_a_missing_check_is_found(swept: Sweep, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    method, check, hole = HOLES[path]
    monkeypatch.setattr(check, hole)

    def only(slot: Slot) -> bool:
        return slot.method == method and f"/api/v1{path}" in slot.path and slot.place == "path"

    found = swept.run(20, only=only)
    assert found.foreign != []
    assert found.changed or method != "DELETE"
