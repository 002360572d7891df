"""What was put right is kept without a way back, and printed as lines to learn from."""

import pytest
from cast import Cast
from factories import a_case, a_town, spot, unit_of_work
from sqlalchemy import select, update

from models.base.actor import By
from models.base.clock import ago
from models.base.orm import session
from models.case.case import Case
from models.corrections.correction import Correction, Label, forget_old, learn, lines, records
from server.database import Database

REPORT = Label("report", "water")


@pytest.fixture
def cast(db: Database) -> Cast:
    return db.write(a_town)


def kept(db: Database) -> list[Correction]:
    with db.read():
        return list(session().scalars(select(Correction).order_by(Correction.id)))


def test_staff_say_better_what_it_is(db: Database, cast: Cast) -> None:
    def put_right() -> None:
        case = a_case(reporter=cast.wang, text="3号楼2单元501家里冷，王桂兰大娘家", category="water")
        case.add_text("电话13812345678", By.person(cast.wang.id))
        case.correct(category="heating", urgency="urgent", by=By.staff(cast.zhao.id))
        case.correct(category="heating", urgency="urgent", by=By.staff(cast.zhao.id))

    db.write(put_right)
    (one,) = kept(db)
    assert one.text == "3号楼2单元某室家里冷，某大娘家"
    assert (one.was["category"], one.was["urgency"]) == ("water", "normal")
    assert (one.label["intent"], one.label["category"], one.label["urgency"]) == (
        "report",
        "heating",
        "urgent",
    )
    assert one.by_role == "community"
    with db.read():
        assert list(lines()) == ["3号楼2单元某室家里冷，某大娘家\treport\theating\t-\turgent"]


def test_a_resident_s_own_word_counts_and_is_marked(db: Database, cast: Cast) -> None:
    def put_right() -> None:
        case = a_case(reporter=cast.wang, text="3号楼2单元灯不亮")
        case.relocate(spot(building="5", unit="1"), By.person(cast.wang.id), said="不是3号楼是5号楼1单元")

    db.write(put_right)
    (one,) = kept(db)
    assert one.by_role == "resident"
    assert [one.was["building"], one.label["building"], one.label["unit"]] == ["3", "5", "1"]
    with db.read():
        assert list(lines()) == []  # nothing about its kind was wrong
        (record,) = records()
        assert record["building"] == "5"


def test_a_place_that_was_only_missing_is_no_correction(db: Database, cast: Cast) -> None:
    db.write(
        lambda: a_case(reporter=cast.wang).relocate(spot(building="5"), By.person(cast.wang.id)) and None
    )
    assert kept(db) == []


def test_staff_move_it_to_another_house(db: Database, cast: Cast) -> None:
    db.write(lambda: a_case(reporter=cast.wang).relocate(spot(building="5"), By.staff(cast.sun.id)) and None)
    assert [(one.by_role, one.label["building"]) for one in kept(db)] == [("grid_worker", "5")]


def test_nothing_leads_from_a_correction_to_its_case_or_writer() -> None:
    assert {column.name for column in Correction.__table__.columns} == {
        "id", "text", "was", "label", "by_role", "at",
    }  # fmt: skip


def test_of_several_the_last_word_is_printed(db: Database) -> None:
    def several() -> None:
        learn("水管漏", REPORT, Label("report", "heating"), by_role="community")
        learn("灯不亮", Label("report", "power"), Label("report", "lighting", ("door",)), by_role="keeper")
        learn("水管漏", REPORT, Label("report", "drainage"), by_role="street")
        assert not learn("水管漏", REPORT, REPORT, by_role="street")
        assert not learn(" \n ", Label("chat"), REPORT, by_role="street")

    db.write(several)
    with db.read():
        printed = list(lines())
    assert printed == ["灯不亮\treport\tlighting\tdoor\tnormal", "水管漏\treport\tdrainage\t-\tnormal"]


def test_a_line_never_breaks_the_table(db: Database) -> None:
    db.write(lambda: learn("灯\t不\n亮", REPORT, Label("report", "lighting"), by_role="keeper"))
    with db.read():
        assert [line.count("\t") for line in lines()] == [4]


def test_after_two_years_it_is_forgotten(db: Database) -> None:
    db.write(lambda: learn("灯不亮", REPORT, Label("report", "lighting"), by_role="keeper"))
    assert not db.write(forget_old)
    db.write(lambda: session().execute(update(Correction).values(at=ago(days=731))) and None)
    assert db.write(forget_old)
    assert kept(db) == []


def test_a_refused_correction_teaches_nothing(db: Database, cast: Cast) -> None:
    def refused() -> None:
        case = a_case(reporter=cast.wang)
        case.correct(category="door", urgency="normal", by=By.staff(cast.zhao.id))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        db.write(refused)
    assert kept(db) == []
    with unit_of_work(db):
        assert session().scalars(select(Case)).all() == []


def test_what_it_turns_out_to_be_is_not_named_twice(db: Database, cast: Cast) -> None:
    def put_right() -> None:
        case = a_case(reporter=cast.wang, text="水管漏水还停电", category="water")
        case.also = ["power"]
        case.correct(category="power", urgency="normal", by=By.staff(cast.zhao.id))

    db.write(put_right)
    with db.read():
        assert list(lines()) == ["水管漏水还停电\treport\tpower\t-\tnormal"]
