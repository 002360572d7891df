"""The command line as operators and programs use it: help, exit codes, JSON, one process after the other."""

import json
import resource
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from commands import hemei, surroundings
from settings_files import configuration

from server.cli import COMMANDS
from server.cli import hemei as main_group


@pytest.fixture
def home(tmp_path) -> Path:
    configuration(tmp_path, f"sqlite:///{tmp_path}/var/hemei.db")
    return tmp_path


def rows(home: Path, query: str) -> list[tuple]:
    connection = sqlite3.connect(home / "var" / "hemei.db")
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_every_command_has_help(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main_group, [*name.split(), "--help"], prog_name="hemei")
    assert done.exit_code == 0, done.output
    assert f"Usage: hemei {name}".strip() in done.output
    assert list(tmp_path.iterdir()) == []


def test_help_loads_no_command():
    script = (
        "import sys, server.cli as c\n"
        "try: c.hemei(['--help'])\n"
        "except SystemExit: pass\n"
        "assert not [m for m in sys.modules if m.startswith(('sqlalchemy', 'flask', 'models.'))]"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_a_command_nobody_knows_is_a_usage_error(tmp_path):
    assert hemei("nonsense", cwd=tmp_path).returncode == 2
    assert hemei("db", "nonsense", cwd=tmp_path).returncode == 2
    assert hemei("restore", cwd=tmp_path).returncode == 2


def test_db_check_says_what_to_do_and_upgrade_does_it(home):
    done = hemei("db", "check", "--json", cwd=home)
    assert done.returncode == 1
    assert json.loads(done.stdout)["current"] is False
    assert "hemei db upgrade" in done.stderr
    assert hemei("db", "upgrade", cwd=home).returncode == 0
    assert hemei("db", "upgrade", cwd=home).returncode == 0
    done = hemei("db", "check", cwd=home)
    assert (done.returncode, done.stdout.strip()) == (0, "the schema is current")


def test_python_m_server_does_the_same_beside_a_decoy(home):
    (home / "models.py").write_text("raise SystemExit('decoy')")
    done = subprocess.run(
        [sys.executable, "-m", "server", "db", "upgrade"],
        cwd=home, env=surroundings(), capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_without_configuration_the_lists_are_empty_and_nothing_is_made(tmp_path):
    for command in (["case", "list", "--json"], ["letter", "list", "--json"]):
        done = hemei(*command, cwd=tmp_path)
        assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_bad_configuration_is_said_in_full_and_without_a_traceback(tmp_path):
    (tmp_path / "config.toml").write_text("[server]\nbase_ulr = 'x'\ntrusted_proxies = 'many'\n")
    done = hemei("db", "check", cwd=tmp_path)
    assert done.returncode == 1
    assert "did you mean base_url" in done.stderr
    assert "trusted_proxies must be a whole number" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "url", ["postgresql+psycopg://nobody@127.0.0.1:1/none", "sqlite:////proc/nowhere/hemei.db"]
)
def test_a_database_that_is_not_there_is_said_without_a_traceback(tmp_path, url):
    configuration(tmp_path, url)
    for command in (["db", "upgrade"], ["case", "list"], ["backup", "x"], ["serve"]):
        done = hemei(*command, cwd=tmp_path)
        if url.startswith("sqlite") and command[0] == "case":
            continue  # a file that is not there is an empty list
        assert done.returncode == 1, command
        assert "hemei: " in done.stderr
        assert "Traceback" not in done.stderr


def test_a_backup_goes_away_and_comes_back_in_quarantine(home, tmp_path_factory):
    hemei("db", "upgrade", cwd=home)
    assert hemei("backup", "town.hemei-backup", cwd=home).returncode == 0
    refused = hemei("backup", "/proc/nowhere/x", cwd=home)
    assert refused.returncode == 1
    assert "Traceback" not in refused.stderr

    other = tmp_path_factory.mktemp("other")
    configuration(other, f"sqlite:///{other}/var/hemei.db")
    done = hemei("restore", str(home / "town.hemei-backup"), cwd=other)
    assert done.returncode == 0, done.stderr
    assert "quarantine" in done.stderr
    assert hemei("doctor", cwd=other).returncode == 1
    assert rows(other, "SELECT why FROM quarantine") == [("restored",)]
    assert "released" in hemei("restore", "--release", cwd=other).stderr
    assert "no quarantine" in hemei("restore", "--release", cwd=other).stderr

    (home / "broken").write_bytes(b"HEMEI-BACKUP 1\nnonsense")
    refused = hemei("restore", str(home / "broken"), cwd=other)
    assert refused.returncode == 1
    assert "broken" in refused.stderr


def test_a_reader_who_goes_away_is_no_error(home):
    """`hemei … | head` ends quietly."""
    hemei("db", "upgrade", cwd=home)
    script = f"cd {home} && {sys.executable} -P -m server doctor --json | true"
    done = subprocess.run(["sh", "-c", script], env=surroundings(), capture_output=True, text=True)
    assert "Traceback" not in done.stderr
    assert "BrokenPipe" not in done.stderr


def test_help_is_quick(tmp_path):
    hemei("--help", cwd=tmp_path)
    began = resource.getrusage(resource.RUSAGE_CHILDREN)
    hemei("--help", cwd=tmp_path)
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert ended.ru_utime - began.ru_utime + ended.ru_stime - began.ru_stime < 2
