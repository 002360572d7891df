"""The clock counts the months that a page would take too long to count."""

from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from chance_histories import CUT, FIRST, histories
from factories import a_town
from settings_files import configuration, plain_url
from sqlalchemy import func, select
from written_histories import write

from models.base.orm import session
from models.indicator import keeping
from models.indicator.sealing import counted as count
from models.indicator.tables import KeptFigures
from server.database import Database
from server.figuring import figure_again


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_each_month_is_counted_once_after_its_end_and_what_runs_again_after_an_hour(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = configuration(tmp_path, plain_url(db))
    db.write(a_town)
    db.write(lambda: write(histories(5, 8, FIRST, 45), 1) and None)
    monkeypatch.setattr(keeping, "SMALL", 1)
    monkeypatch.setattr(keeping, "MONTHS", 3)
    counted: list[object] = []
    monkeypatch.setattr("server.figuring.counted", counting(counted))
    with time_machine.travel(CUT + timedelta(days=5), tick=False) as clock:
        figure_again(config, db)
        assert len(counted) == 8  # one of the three needs no help in the running month
        figure_again(config, db)
        assert len(counted) == 8
        clock.shift(3601)
        figure_again(config, db)
        assert {name for name, _ in counted[8:]} == {"2026-12"}  # type: ignore[misc]
    with db.read():
        assert session().scalar(select(func.count(KeptFigures.id))) == 8


def counting(counted: list[object]) -> object:
    def noted(period: object, community: int | None) -> object:
        counted.append((period.name, community))  # type: ignore[attr-defined]
        return count(period, community)  # type: ignore[arg-type]

    return noted
