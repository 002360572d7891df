"""The head of the chain is kept outside of the database, and `hemei audit check` compares with it."""

import json
from pathlib import Path

import pytest
import time_machine
from commands import hemei
from settings_files import configuration, plain_url
from sqlalchemy import text

from models.audit import chain, checking
from models.audit.noting import Who, note
from models.base.actor import By
from models.base.clock import after
from models.base.orm import session
from server import auditing
from server.config import load
from server.doctor import looks

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)
LIN = Who(By.staff(7), "community", 1)


def looked(db, times: int = 1) -> None:
    for _ in range(times):
        db.write(note, "reveal", LIN, ("case", "100014"))
    db.write(chain.place)


def cut_off(db, number: int) -> None:
    """The end of the chain goes, with what it held and with what guards it."""

    def work() -> None:
        for name in session().scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
            if name.startswith("audit"):
                session().execute(text(f"DROP TRIGGER {name}"))
        held = session().execute(text("SELECT rows FROM audit_links WHERE number >= :n"), {"n": number})
        for (rows,) in held.all():
            for one in json.loads(rows):
                session().execute(text("DELETE FROM audit_acts WHERE id = :id"), {"id": one.split(":")[0]})
        session().execute(text("DELETE FROM audit_links WHERE number >= :n"), {"n": number})

    db.write(work)


@pytest.fixture
def config(db, tmp_path: Path):
    return load(configuration(tmp_path, plain_url(db)).path)


def test_a_head_is_kept_once_for_each_end_of_the_chain(db, config, caplog):
    caplog.set_level("INFO")
    auditing.keep_head(config, db)
    assert auditing.kept_heads(config) == []
    looked(db, 2)
    auditing.keep_head(config, db)
    auditing.keep_head(config, db)
    looked(db)
    auditing.keep_head(config, db)
    assert [number for number, _ in auditing.kept_heads(config)] == [1, 2]
    assert caplog.text.count("audit head") == 2
    assert auditing.heads_file(config).stat().st_mode & 0o077 == 0


def test_half_a_line_is_passed_over(db, config):
    looked(db)
    auditing.keep_head(config, db)
    whole = auditing.kept_heads(config)
    with auditing.heads_file(config).open("a") as file:
        file.write("2026-11-21T10:0")
    assert auditing.kept_heads(config) == whole


def test_the_command_names_the_first_bad_row(db, config, tmp_path):
    def check(*more: str) -> tuple[int, str, str]:
        done = hemei("audit", "check", *more, cwd=tmp_path, HEMEI_CONFIG=str(tmp_path / "config.toml"))
        return done.returncode, done.stdout, done.stderr

    looked(db, 2)
    looked(db, 2)
    auditing.keep_head(config, db)
    with db.read():
        head = chain.head()
    code, out, _ = check()
    assert (code, out) == (0, "4 acts in 2 links, 1 heads kept elsewhere\n")
    cut_off(db, 2)
    code, out, error = check("--json")
    assert code == 1
    assert json.loads(out)["faults"] == [{"what": "end_gone", "number": 1}]
    assert "end_gone 1 first" in error
    auditing.heads_file(config).unlink()
    assert check()[0] == 0  # nobody could tell any more, but for the log on another machine:
    assert check("--head", f"{head.number}:{head.mac}")[0] == 1
    assert check("--head", "rubbish")[0] == 2


def test_the_list_shows_newest_first_and_is_noted(db, tmp_path, config):
    looked(db, 2)
    done = hemei("audit", "list", "--json", cwd=tmp_path, HEMEI_CONFIG=str(tmp_path / "config.toml"))
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one["act"] for one in lines] == ["log_read", "reveal", "reveal"]
    assert lines[1]["about_id"] == "100014"
    plain = hemei(
        "audit", "list", "--act", "reveal", cwd=tmp_path, HEMEI_CONFIG=str(tmp_path / "config.toml")
    )
    assert plain.stdout.count("staff 7  reveal  case 100014") == 2


def test_after_a_restore_the_chain_goes_on_from_an_older_end(db, config):
    looked(db)
    looked(db)
    auditing.keep_head(config, db)
    cut_off(db, 2)
    auditing.begin_again(config)
    looked(db)
    auditing.keep_head(config, db)
    with db.read():
        assert list(checking.faults(auditing.kept_heads(config))) == []
    assert len(list(config.backup.dir.glob("audit-heads-until-*"))) == 1


def test_the_doctor_says_whether_the_newest_links_are_whole(db, config):
    def said() -> list[str]:
        with db.read():
            return [one.code for one in looks.examine(config)]

    assert said() == []
    looked(db)
    assert said() == ["looks_whole"]
    auditing.keep_head(config, db)
    with time_machine.travel(after(hours=2)):
        assert said() == ["looks_whole"]
        looked(db)
    with time_machine.travel(after(hours=4)):
        assert said() == ["looks_whole", "looks_head_old"]
    auditing.keep_head(config, db)
    cut_off(db, 2)
    assert said() == ["looks_changed"]
