"""hemei code, as an operator types it; the platform makes the picture."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cast import Cast
from click.testing import CliRunner, Result
from factories import a_case, a_town
from pay_desk import PayDesk, pay_desk
from PIL import Image
from settings_files import plain_url

from models.client import scenes
from server.cli import hemei
from server.database import Database

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)
Run = Callable[..., Result]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[PayDesk]:
    with pay_desk(tmp_path) as made:
        yield made


@pytest.fixture
def town(db: Database) -> Cast:
    return db.write(a_town)


@pytest.fixture
def run(desk: PayDesk, db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    desk.config(plain_url(db))
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(hemei, ["code", *map(str, arguments)])


def asked(desk: PayDesk) -> list[str]:
    return [line.key for line in desk.simulator.ledger if line.path == "/wxa/getwxacodeunlimit"]


def test_a_code_for_a_door_and_a_case_and_no_more_after_revoking(
    run: Run, desk: PayDesk, db: Database, town: Cast, tmp_path: Path
) -> None:
    case = db.write(lambda: (lambda one: (one.id, one.number))(a_case(reporter=town.wang)))
    made = run("make", "case", case[1], "case.png")
    assert made.exit_code == 0, made.stderr
    scene = made.stdout.strip()
    assert len(scene) == 22
    with Image.open(tmp_path / "case.png") as picture:
        assert picture.format == "PNG"
    assert run("make", "case", case[1], "again.png").stdout.strip() == scene
    door = run("make", "door", "https://hemei.example/q/door-3-2", "door.png")
    assert door.stdout.strip() == "door-3-2"
    assert asked(desk) == [scene, scene, "door-3-2"]
    assert run("revoke", scene).exit_code == 0
    assert run("revoke", scene).exit_code == 1
    with db.read():
        assert scenes.behind(scene) is None


def test_what_is_not_there_has_no_code(run: Run, desk: PayDesk, town: Cast) -> None:
    for kind, thing in (("case", "5724"), ("case", "x"), ("bill", "100014"), ("door", "nowhere")):
        assert run("make", kind, thing, "x.png").exit_code == 1
    assert asked(desk) == []


def test_what_the_platform_refuses_is_said(run: Run, desk: PayDesk, town: Cast, tmp_path: Path) -> None:
    desk.simulator.fault(
        "refuse", platform="mini", path="/wxa/getwxacodeunlimit", errcode=41030, errmsg="page"
    )
    refused = run("make", "door", "door-3-2", "x.png")
    assert (refused.exit_code, "41030" in refused.stderr) == (1, True)
    assert not (tmp_path / "x.png").exists()
