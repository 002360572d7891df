"""The clock counts the months that a page would take too long to count."""

from datetime import timedelta

import pytest
import time_machine
from chance_histories import CUT, FIRST, histories
from factories import a_town
from sqlalchemy import func, select
from written_histories import write

from models.base.orm import session
from models.indicator import keeping
from models.indicator.sealing import counted as count
from models.indicator.tables import KeptFigures
from server.database import Database
from server.figuring import figure


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_each_month_is_counted_once_after_its_end_and_what_runs_again_after_an_hour(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    db.write(a_town)
    db.write(lambda: write(histories(5, 8, FIRST, 45), 1) and None)
    monkeypatch.setattr(keeping, "SMALL", 1)
    monkeypatch.setattr(keeping, "MONTHS", 3)
    counted: list[object] = []
    monkeypatch.setattr("server.figuring.counted", counting(counted))
    with time_machine.travel(CUT + timedelta(days=5), tick=False) as clock:
        figure(db)
        # one community and the town, from the month of the first case on; the other community has none
        assert counted == [("2026-12", 1), ("2026-11", 1), ("2026-12", None), ("2026-11", None)]
        figure(db)
        assert len(counted) == 4
        clock.shift(3601)
        figure(db)
        assert {name for name, _ in counted[4:]} == {"2026-12"}  # type: ignore[misc]
    with db.read():
        assert session().scalar(select(func.count(KeptFigures.id))) == 4


def counting(counted: list[object]) -> object:
    def noted(period: object, community: int | None, **more: object) -> object:
        counted.append((period.name, community))  # type: ignore[attr-defined]
        return count(period, community, **more)  # type: ignore[arg-type]

    return noted
