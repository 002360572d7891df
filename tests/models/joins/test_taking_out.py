"""A person takes out so many rows a day, and lists of many people only with a second person's word (A11)."""

import threading

import pytest
from factories import a_town
from sqlalchemy import select

from models.audit.noting import Who
from models.audit.tables import Act
from models.base.actor import By
from models.base.orm import session
from models.base.refusals import Invalid, NotAllowed, NotFound
from models.joins.taking_out import AskFirst, File, Limits, ask, asked_by, settle, take, to_settle
from models.outbox.letter import Letter

LIMITS = Limits(rows_a_day=1000, people_alone=100)
HOMES = File("homes_excel", "homes.xlsx?estate=1", rows=300, people=300)


@pytest.fixture
def cast(db):
    return db.write(a_town)


@pytest.fixture
def zhao(cast) -> Who:
    return Who(By.staff(cast.zhao.id), "community", 1)


@pytest.fixture
def leader(cast) -> Who:
    return Who(By.staff(cast.leader.id), "street", None)


def noted(db, act: str) -> list[Act]:
    with db.read():
        return list(session().scalars(select(Act).where(Act.act == act)))


def test_a_file_is_noted_with_its_rows_and_its_filters(db, zhao):
    db.write(take, File("today_excel", "today.xlsx?grid=3", rows=40), zhao, LIMITS)
    (act,) = noted(db, "export")
    assert (act.about_id, act.many, act.by_id, act.facts) == (
        "today.xlsx?grid=3", 40, zhao.by.id, {"people": 0},
    )  # fmt: skip


def test_a_day_has_a_limit_of_rows(db, zhao, leader):
    for _ in range(3):
        db.write(take, File("today_excel", "today.xlsx", rows=300), zhao, LIMITS)
    with pytest.raises(NotAllowed, match="export_limit"):
        db.write(take, File("today_excel", "today.xlsx", rows=101), zhao, LIMITS)
    db.write(take, File("today_excel", "today.xlsx", rows=101), leader, LIMITS)
    db.write(take, File("today_excel", "today.xlsx", rows=100), zhao, LIMITS)


@pytest.mark.parametrize("db", ["postgres"], indirect=True)
def test_many_exports_at_once_are_together_within_the_limit(db, zhao):
    refused: list[str] = []

    def visitor() -> None:
        try:
            db.write(take, File("today_excel", "today.xlsx", rows=300), zhao, LIMITS)
        except NotAllowed as one:
            refused.append(one.code)

    threads = [threading.Thread(target=visitor) for _ in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert refused == ["export_limit"] * 3
    assert len(noted(db, "export")) == 3


def test_a_hundred_people_one_takes_alone_and_more_not(db, zhao):
    db.write(take, HOMES._replace(rows=100, people=100), zhao, LIMITS)
    with pytest.raises(AskFirst):
        db.write(take, HOMES._replace(rows=101, people=101), zhao, LIMITS)


def test_a_second_person_agrees_and_it_is_taken_once(db, zhao, leader):
    key = db.write(ask, HOMES.what, HOMES.path, 300, "入户走访", zhao)
    with pytest.raises(AskFirst):
        db.write(take, HOMES, zhao, LIMITS)
    with db.read():
        assert [one.public_id for one in to_settle(leader.by)] == [key]
        assert to_settle(zhao.by) == []
    assert db.write(settle, key, leader, agree=True)
    assert not db.write(settle, key, leader, agree=False)
    with pytest.raises(NotAllowed, match="export_grew"):
        db.write(take, HOMES._replace(people=301), zhao, LIMITS)
    with pytest.raises(AskFirst):
        db.write(take, HOMES._replace(path="homes.xlsx?estate=2"), zhao, LIMITS)
    db.write(take, HOMES, zhao, LIMITS)
    with pytest.raises(AskFirst):
        db.write(take, HOMES, zhao, LIMITS)
    (act,) = noted(db, "export")
    assert (act.purpose, act.facts["agreed_by"]) == ("入户走访", leader.by.id)
    assert len(noted(db, "export_asked")) == len(noted(db, "export_agreed")) == 1


def test_nobody_agrees_to_the_own_list_nor_to_one_of_another_community(db, cast, zhao, leader):
    key = db.write(ask, HOMES.what, HOMES.path, 300, "入户走访", zhao)
    for one in (zhao, Who(By.staff(cast.qian.id), "community", 2), Who(By.staff(cast.li.id), "keeper", 1)):
        with pytest.raises(NotFound):
            db.write(settle, key, one, agree=True)
    assert db.write(settle, key, leader, agree=False)
    with pytest.raises(AskFirst):
        db.write(take, HOMES, zhao, LIMITS)
    with db.read():
        assert [one.agreed for one in asked_by(zhao.by)] == [False]


def test_a_list_is_asked_for_with_a_reason(db, zhao):
    with pytest.raises(Invalid, match="export_reason"):
        db.write(ask, HOMES.what, HOMES.path, 300, "  ", zhao)


def test_who_may_agree_is_told_and_so_is_who_asked(db, cast, zhao, leader):
    public = db.write(ask, "homes_excel", HOMES.path, 300, "查户数", zhao)
    db.write(lambda: settle(public, leader, agree=True))
    with db.read():
        letters = session().scalars(select(Letter).order_by(Letter.id)).all()
    assert [(one.kind, one.to_id, one.facts["who"]) for one in letters] == [
        ("export_asked", cast.leader.id, "赵主任"), ("export_settled", cast.zhao.id, "郑书记"),
    ]  # fmt: skip
    assert letters[1].facts["agreed"] is True
    assert "查户数" not in str([one.facts for one in letters])
