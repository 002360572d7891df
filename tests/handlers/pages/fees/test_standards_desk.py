"""What the fee buys, entered at the fee desk in versions, and rated for whoever comes to the counter."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
import time_machine
from cast import Cast, Someone
from fee_homes import estate_of
from own_bills import a_home
from page_phone import Phone
from sqlalchemy import select

from models.base.actor import By
from models.base.orm import session
from models.contract import standards
from models.contract.standards import Line
from models.contract.tables import StandardRating
from server.database import Database

Desk = Callable[[Someone], str]


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(datetime(2026, 11, 21, 2, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def estate(db: Database, town: Cast) -> int:
    """Snow is swept since January."""

    def made() -> int:
        a_home("501")
        by = By.staff(town.zhao.id)
        standards.set_standard(estate_of(), date(2026, 1, 1), [Line("snow", "当天扫雪", 1)], "第一次会", by)
        return estate_of()

    return db.write(made)


def test_the_next_version_keeps_the_code_of_a_line_that_stays(
    db: Database, phone: Phone, town: Cast, estate: int, desk: Desk
) -> None:
    here = f"{desk(town.zhao)}/fees/standards"
    form = {
        "estate": estate, "since": "2026-12", "ground": "第二次会",
        "code0": "snow", "text0": "雪停四小时内扫完", "weight0": "1",
        "code1": "", "text1": "楼道每周扫两次", "weight1": "3",
    }  # fmt: skip
    shown = phone.sent_and_shown(f"{here}/enter", **form)
    assert "从那个月起就按这一版" in shown
    assert "2026年12月1日起要执行的" in shown
    with db.read():
        first, second = standards.versions(estate)
        assert standards.lines_of(second) == [
            Line("snow", "雪停四小时内扫完", 1), Line("line1", "楼道每周扫两次", 3),
        ]  # fmt: skip
        assert [one.code for one in standards.changes(first, second).added] == ["line1"]


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"since": ""}, "请选月份"),
        ({"since": "2026-01"}, "不能改"),
        ({"ground": ""}, "哪次会议"),
        ({"text0": ""}, "要有一到"),
        ({"weight0": "一"}, "写一个整数"),
        ({"weight0": "0"}, "要有一到"),
    ],
)
def test_a_version_that_cannot_be_is_refused_and_stays_in_the_form(
    db: Database, phone: Phone, town: Cast, estate: int, desk: Desk, wrong: dict[str, str], said: str
) -> None:
    form = {"estate": estate, "since": "2026-12", "ground": "第二次会", "text0": "扫楼道", "weight0": "2"}
    answer = phone.send(f"{desk(town.zhao)}/fees/standards/enter", **form | wrong)
    assert answer.status_code in (409, 422)
    assert said in answer.text
    if "text0" not in wrong:
        assert 'value="扫楼道"' in answer.text
    with db.read():
        assert len(standards.versions(estate)) == 1


def test_a_home_at_the_counter_rates_a_line_and_its_last_word_counts(
    db: Database, phone: Phone, town: Cast, estate: int, desk: Desk
) -> None:
    here = f"{desk(town.zhao)}/fees/standards"
    with db.read():
        (standard,) = standards.versions(estate)
    form = {
        "standard": standard.id, "line": "snow",
        "estate": estate, "building": "3", "unit": "2", "room": "501",
    }  # fmt: skip
    phone.sent_and_shown(f"{here}/rate", **form, stars="2")
    assert "最后一次的评价" in phone.sent_and_shown(f"{here}/rate", **form, stars="4")
    with db.read():
        assert session().scalars(select(StandardRating.stars)).all() == [4]
    assert phone.send(f"{here}/rate", **form, stars="6").status_code == 422
    assert phone.send(f"{here}/rate", **form | {"line": "lamp"}, stars="3").status_code == 404


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_the_desk_of_another_community_sets_and_rates_nothing(
    db: Database, phone: Phone, town: Cast, estate: int, desk: Desk
) -> None:
    form = {"estate": estate, "since": "2026-12", "ground": "会", "text0": "扫", "weight0": "1"}
    for someone in (town.qian, town.li):
        assert phone.send(f"{desk(someone)}/fees/standards/enter", **form).status_code == 404
    assert "当天扫雪" not in phone.open(f"{desk(town.qian)}/fees/standards?estate={estate}").text
