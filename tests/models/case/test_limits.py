"""Which limit holds: the narrowest, urgency first; a place's own from a day on, and what was before stays."""

from datetime import date, datetime, timedelta

import pytest
import time_machine
from cast import Cast
from sqlalchemy import select

from models.audit.tables import Act
from models.base.actor import By
from models.base.orm import session
from models.base.refusals import Invalid
from models.base.resources import table
from models.case.limits import STAGES, URGENCIES, Matter, limits, package_limits, set_limit
from models.place.tables import Community

FRIDAY = datetime.fromisoformat("2026-11-20T10:00:00+08:00")
TODAY = date(2026, 11, 20)
LIGHT = Matter(1, "lighting", "normal")


@pytest.mark.parametrize("stage", STAGES)
def test_every_stage_has_a_limit_for_everything_with_its_source(stage: str) -> None:
    for urgency in URGENCIES:
        for category in (None, *table("labels/categories.toml")):
            limit = package_limits().of(stage, Matter(None, category, urgency), TODAY)
            assert limit.amount > 0
            assert limit.source


def test_the_published_figures_hold() -> None:
    """docs: DB11/T dispatch and answer, five working days to finish."""
    found = package_limits()

    def of(stage: str, category: str, urgency: str = "normal") -> tuple[int, str]:
        return found.of(stage, Matter(None, category, urgency), TODAY)[:2]

    assert of("dispatch", "gas", "emergency") == (60, "minutes")
    assert {of("dispatch", one) for one in ("water", "power", "gas", "heating")} == {(120, "minutes")}
    assert of("dispatch", "lighting") == (24 * 60, "minutes")
    answers = [
        of("answer", "gas", "emergency"),
        of("answer", "gas"),
        of("answer", "lighting"),
        of("answer", "policy"),
    ]
    assert [amount / 60 for amount, _ in answers] == [2, 24, 7 * 24, 15 * 24]
    assert of("finish", "lighting") == (5, "working_days")


def test_a_place_sets_its_own_from_a_day_on_and_slows_no_emergency_down(cast: Cast) -> None:
    by = By.staff(cast.zhao.id)
    here = session().scalars(select(Community.id).where(Community.name == "育英社区")).one()
    with time_machine.travel(FRIDAY):
        everywhere = {"category": None, "urgency": None, "source": "街道规定", "by": by}
        set_limit("finish", 9, "working_days", community_id=None, since=date(2026, 12, 1), **everywhere)
        set_limit("finish", 7, "working_days", community_id=here, since=date(2026, 12, 1), **everywhere)
        set_limit("finish", 6, "working_days", community_id=here, since=date(2026, 12, 20), **everywhere)

    def days(community: int | None, day: date, urgency: str = "normal") -> int:
        return limits().of("finish", Matter(community, "lighting", urgency), day).amount

    assert [days(here, date(2026, month, day)) for month, day in ((11, 30), (12, 1), (12, 19), (12, 20))] == [
        5,
        7,
        7,
        6,
    ]
    assert days(here + 1, date(2026, 12, 1)) == days(None, date(2027, 5, 1)) == 9
    assert limits().of("finish", Matter(here, "lighting", "emergency"), date(2026, 12, 20)).unit == "minutes"


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "wrong",
    [
        {"stage": "sleep"}, {"unit": "weeks"}, {"amount": 0}, {"amount": 10**6}, {"category": "nothing"},
        {"urgency": "soon"}, {"source": " "}, {"since": TODAY},
    ],
    ids=str,
)  # fmt: skip
def test_what_is_no_limit_is_refused(cast: Cast, wrong: dict[str, object]) -> None:
    right = {
        "stage": "finish", "amount": 3, "unit": "working_days", "community_id": None, "category": None,
        "urgency": None, "since": TODAY + timedelta(days=1), "source": "x", "by": By.staff(1),
    }  # fmt: skip
    with time_machine.travel(FRIDAY):
        with pytest.raises(Invalid):
            set_limit(**{**right, **wrong})  # type: ignore[arg-type]
        assert set_limit(**right)  # type: ignore[arg-type]


def test_who_sets_a_limit_stands_in_the_log(cast: Cast) -> None:
    with time_machine.travel(FRIDAY, tick=False):
        set_limit(
            "finish", 9, "working_days", community_id=None, category=None, urgency=None,
            since=date(2026, 12, 1), source="街道文件", by=By.staff(cast.leader.id),
        )  # fmt: skip
    act = session().scalars(select(Act)).one()
    assert (act.act, act.by_id, act.post, act.facts["amount"]) == ("limits", cast.leader.id, "street", 9)
