"""Ids of other people, in every spelling, bring nothing of theirs (A2). `make chaos` asks 20 000 times."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from probing import OF, harvest, plant, probe
from rights_town import World, opened_town

from models.account import sessions


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
    paths = harvest(world, "C", each=1)
    world.database.write(sessions.end, world.browsers["C"][1])
    for path in [one for one in paths if one.startswith("/console")][:30]:
        answer = world.ask("C", "GET", path, "x")
        assert answer.status_code in (302, 404, 405), path
        assert OF[1] not in answer.text
