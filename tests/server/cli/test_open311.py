"""hemei open311 key: shown once, listed by its beginning, ended at once."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from factories import a_town
from settings_files import configuration, plain_url

from models.base.refusals import Invalid
from models.partner import keys
from server.cli.open311 import command
from server.database import Database

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)


def run(*said: str) -> Result:
    """In this process, because another one takes longer than all the rest."""
    return CliRunner().invoke(command, said)


def test_a_key_is_made_listed_and_revoked(db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    db.write(a_town)
    configuration(tmp_path, plain_url(db))
    monkeypatch.setenv("HEMEI_CONFIG", str(tmp_path / "config.toml"))
    made = run(
        "key", "create", "12345热线", "--right", "report", "--community", "育英社区",
        "--quota", "50", "--until", "2099-12-31",
    )  # fmt: skip
    assert made.exit_code == 0, made.stderr
    key = made.stdout.strip()
    with db.read():
        holder = keys.holder_of(key)
    assert holder is not None
    assert (holder.rights, holder.community_id, holder.daily_quota) == (frozenset({"report"}), 1, 50)
    assert isinstance(run("key", "create", "12345热线").exception, Invalid)
    listed = run("key", "list", "--json").stdout
    assert key not in listed
    line = json.loads(listed)
    assert (line["name"], line["community"], line["state"]) == ("12345热线", "育英社区", "good")
    assert (line["until"], line["used_today"]) == ("2100-01-01T00:00:00+08:00", 0)
    assert key.startswith(line["mark"])
    assert run("key", "revoke", "12345热线").exit_code == 0
    with db.read():
        assert keys.holder_of(key) is None
