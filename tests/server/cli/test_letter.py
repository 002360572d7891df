"""`hemei letter list` is read by operators and by other people's tests: its fields never change."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from models.base.orm import put
from models.outbox.letter import Letter
from server.cli.letter import command
from server.database import Database

AT = datetime(2026, 3, 23, 4, 0, tzinfo=UTC)


@pytest.fixture
def configured(db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    file = tmp_path / "config.toml"
    url = db.url.render_as_string(hide_password=False)
    file.write_text(f'[server]\nsecret_key = "{"k" * 40}"\n[database]\nurl = "{url}"\n')
    monkeypatch.setenv("HEMEI_CONFIG", str(file))
    return db


def _letter(db: Database, **columns: object) -> None:
    usual: dict[str, object] = {
        "kind": "case_dispatched", "about_kind": "case", "about_id": 572, "to_kind": "person", "to_id": 2,
        "data_class": "own", "facts": {}, "created_at": AT, "not_before": AT,
    }  # fmt: skip
    db.write(put, Letter, **(usual | columns))


def _lines(*arguments: str) -> list[dict[str, object]]:
    done = CliRunner().invoke(command, ["list", "--json", *arguments])
    assert done.exit_code == 0, done.output
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_each_letter_is_one_object_with_its_fate(configured: Database) -> None:
    _letter(configured, key="a", state="sent", channel="work", address="keeper-2", sent_at=AT)
    _letter(configured, key="b", state="failed", channel="official", address="o-resident", reason="43004 no")
    _letter(configured, key="c", state="by_hand", reason="no_way", about_kind=None, about_id=None)
    first, second, third = _lines()
    assert list(first) == [
        "id", "kind", "to", "channel", "state", "reason", "case", "created_at", "sent_at",
    ]  # fmt: skip
    assert (first["case"], first["state"], first["channel"], first["to"]) == (
        "5724",
        "sent",
        "work",
        "ke***-2",
    )
    assert first["sent_at"] == AT.isoformat()
    assert second["reason"] == "对方没有关注公众号"
    assert (third["case"], third["state"]) == (None, "by_hand")


def test_the_list_can_be_narrowed(configured: Database) -> None:
    for number, state in enumerate(("sent", "failed", "sent")):
        _letter(configured, key=str(number), state=state, about_id=572 + number)
    assert len(_lines("--state", "sent")) == 2
    assert len(_lines("--case", "5724")) == 1
    assert [line["id"] for line in _lines("--limit", "2")] == [2, 3]


def test_the_plain_table_says_it_in_words(configured: Database) -> None:
    _letter(configured, key="a", state="failed", channel="official", address="o-resident", reason="45015 x")
    done = CliRunner().invoke(command, ["list"])
    assert "没发出去：对方超过 48 小时没有说话" in done.output


def test_a_dead_letter_goes_again_and_a_living_one_does_not(configured: Database) -> None:
    _letter(configured, key="a", state="failed", reason="attempts")
    assert CliRunner().invoke(command, ["again", "1"]).exit_code == 0
    assert CliRunner().invoke(command, ["again", "1"]).exit_code != 0
    assert _lines()[0]["state"] == "waiting"


def test_a_wrong_case_number_is_refused(configured: Database) -> None:
    assert CliRunner().invoke(command, ["list", "--case", "5725"]).exit_code == 1
