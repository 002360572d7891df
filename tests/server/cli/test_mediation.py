"""hemei mediation counts: one line for each community, rates as over/under, nobody's name."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from cast import Cast
from commands import hemei
from factories import a_town
from settings_files import configuration, plain_url

from models.base.actor import By
from models.base.clock import local, now
from models.mediation import mediating
from server.database import Database

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)


def some_quarrels(cast: Cast) -> None:
    by, began = By.staff(cast.zhao.id), local(now()).date() - timedelta(days=4000)
    for how in ("agreed", "broken", "to_court", None):
        key = mediating.open_one(1, "noise", "两家", "太吵", began, cast.li.id, by).public_id
        if how in ("agreed", "broken"):
            mediating.agree(key, "不吵了", by)
        if how == "broken":
            mediating.check(key, False, by)
        if how == "to_court":
            mediating.end(key, "to_court", by)


def test_counts_of_each_community(db: Database, tmp_path: Path) -> None:
    config = configuration(tmp_path, plain_url(db))

    def counts(*more: str) -> tuple[int, list[str]]:
        done = hemei("mediation", "counts", *more, cwd=tmp_path, HEMEI_CONFIG=str(config.path))
        return done.returncode, done.stdout.splitlines()

    db.write(lambda: some_quarrels(a_town()))
    status, lines = counts("--json")
    jianshe, yuying = sorted((json.loads(one) for one in lines), key=lambda one: str(one["community"]))
    assert status == 0
    assert (jianshe["opened"], jianshe["success"]) == (0, {"over": 0, "under": 0})
    assert (yuying["opened"], yuying["concluded"], yuying["open"]) == (4, 3, 1)
    assert yuying["success"] == {"over": 0, "under": 3}
    assert yuying["backlog_cleared"] == {"over": 1, "under": 4}
    assert yuying["open_by_years"] == {"0+": 0, "1+": 0, "3+": 0, "10+": 1}
    status, [line] = counts("--community", "建设社区")
    assert "agreements kept —" in line
    assert counts("--from", "2026-02-01", "--to", "2026-01-01")[0] == 1
