"""hemei understand --corrections: what people put right. hemei enquiry: what they asked."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from models.corrections.correction import Label, learn
from models.duty.answering import Answering
from models.enquiry import keeping
from models.place.spot import NOWHERE
from server.cli import hemei
from server.database import Database

Run = Callable[..., Result]


@pytest.fixture
def run(db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HEMEI__DATABASE__URL", db.url.render_as_string(hide_password=False))
    monkeypatch.setenv("HEMEI__SERVER__SECRET_KEY", "a secret key for tests, at least thirty-two characters")
    return lambda *arguments: CliRunner().invoke(hemei, list(arguments), prog_name="hemei")


def put_right() -> None:
    place = Label("report", "lighting", building="3")
    learn(
        "张师傅说3号楼2单元501冷", Label("report", "water"), Label("report", "heating"), by_role="community"
    )
    learn("灯不亮", place, place._replace(building="5"), by_role="resident")


def test_lines_have_the_five_columns_of_training(db: Database, run: Run) -> None:
    db.write(put_right)
    done = run("understand", "--corrections")
    assert done.exit_code == 0
    assert done.output == "某师傅说3号楼2单元某室冷\treport\theating\t-\tnormal\n"


def test_objects_tell_the_places_too(db: Database, run: Run) -> None:
    db.write(put_right)
    found = [json.loads(line) for line in run("understand", "--corrections", "--jsonl").output.splitlines()]
    assert [(one["building"], one["was"]["building"], one["by_role"]) for one in found] == [
        (None, None, "community"),
        ("5", "3", "resident"),
    ]


def test_nothing_yet_is_nothing_and_no_error(run: Run) -> None:
    assert (run("understand", "--corrections").exit_code, run("understand", "--corrections").output) == (
        0,
        "",
    )


def test_it_takes_no_text(run: Run) -> None:
    assert run("understand", "灯不亮", "--corrections").exit_code == 2


def asked() -> None:
    keeping.keep(
        "物业费能分期吗，13812345678",
        asker=1,
        intent="fee",
        category="fees",
        spot=NOWHERE,
        answers=Answering("nobody"),
    )
    keeping.note_known("物业费多少", asker=1, intent="fee", category="fees", spot=NOWHERE)


def test_what_people_asked_is_listed_and_their_phones_are_not(db: Database, run: Run) -> None:
    db.write(asked)
    found = [json.loads(line) for line in run("enquiry", "list", "--json").output.splitlines()]
    assert [one["state"] for one in found] == ["open", "known"]
    assert found[0]["text"] == "物业费能分期吗，138****5678"
    assert len(run("enquiry", "list", "--state", "open").output.splitlines()) == 1
