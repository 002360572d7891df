"""Solved on the spot in one form, what waits for a second person, and what supervisors look at."""

import io
from collections.abc import Callable

import pytest
import time_machine
from cast import Cast, Someone
from exported import exported
from factories import a_case
from page_phone import Phone
from pictures import photo
from sqlalchemy import select

from models.base.orm import session
from models.case.case import Case
from models.case.sampling import draw_last_week
from models.case.tables import Sample
from models.person.tables import Staff
from models.place.version import raise_version
from server.database import Database

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)
Desk = Callable[[Someone], str]


def picture() -> tuple[io.BytesIO, str]:
    return io.BytesIO(photo(800, 600)), "IMG_1.jpg"


def cases(db: Database) -> list[Case]:
    with db.read():
        return list(session().scalars(select(Case).order_by(Case.id)))


def a_supervisor(db: Database, someone: Someone) -> None:
    def work() -> None:
        session().query(Staff).filter_by(person_id=someone.id).one().roles = ["supervisor"]
        raise_version()

    db.write(work)


def test_on_the_spot_one_form_is_enough_and_a_copy_changes_nothing(
    db: Database, phone: Phone, town: Cast, desk: Desk
) -> None:
    page = f"{desk(town.li)}/chain/spot"
    assert "育英小区3号楼" in phone.open(page).text
    house = str(db.write(lambda: a_case(reporter=town.wang).building_id))
    for _ in range(2):
        form = {"once": "s" * 16, "words": "楼道纸箱清走了", "house": house, "photos": picture()}
        assert "记好了" in phone.sent_and_shown(page, **form)
    _, case = cases(db)
    assert (case.state, case.close_kind, case.solved_level) == ("closed", "unasked", "spot")
    assert (case.building_name, case.category) == ("3", "clutter")


def test_on_the_spot_with_a_telephone_its_people_are_still_asked(
    db: Database, phone: Phone, town: Cast, desk: Desk
) -> None:
    page = f"{desk(town.li)}/chain/spot"
    phone.sent_and_shown(
        page, words="育英小区3号楼2单元灯修好了", name="老刘", phone="13912345678", photos=picture()
    )
    (case,) = cases(db)
    assert (case.state, case.unit_name) == ("finished", "2")
    assert case.number in phone.open(desk(town.zhao)).text  # to be visited or called


def test_on_the_spot_needs_photo_place_and_words(db: Database, phone: Phone, town: Cast, desk: Desk) -> None:
    page = f"{desk(town.li)}/chain/spot"
    for form in (
        {"words": "育英小区3号楼灯修好了"},
        {"words": "灯修好了", "photos": picture()},
        {"words": "", "photos": picture()},
        {"words": "育英小区3号楼灯修好了", "phone": "12", "photos": picture()},
    ):
        assert phone.send(page, **form).status_code == 422
    assert phone.send(f"{desk(town.wang)}/chain/spot", words="x", photos=picture()).status_code == 404
    assert cases(db) == []


def test_what_waits_for_a_second_person_is_listed_for_those_who_decide(
    db: Database, phone: Phone, town: Cast, desk: Desk
) -> None:
    def work() -> str:
        case = a_case(reporter=town.wang, accepted_by=town.li)
        case.propose_end(town.li.id, "untrue", "路灯亮着")
        return case.number

    number = db.write(work)
    for one, sees in (("zhao", True), ("leader", True), ("qian", False)):
        assert (number in phone.open(f"{desk(getattr(town, one))}/chain/ends").text) is sees
    assert phone.open(f"{desk(town.li)}/chain/ends").status_code == 404
    assert phone.open(f"{desk(town.li)}/chain/ends.xlsx").status_code == 404
    file = phone.open(f"{desk(town.zhao)}/chain/ends.xlsx")
    rows = list(exported(file).active.values)
    assert [row[0] for row in rows[1:]] == [number]
    assert '等人审的了结<span class="count">1' in phone.open(desk(town.zhao)).text


def test_a_supervisor_looks_and_says_what_was_found(
    db: Database, phone: Phone, town: Cast, desk: Desk
) -> None:
    def work() -> str:
        case = a_case(reporter=town.wang, finished_by=town.li)
        case.close_by_default()
        return case.number

    with time_machine.travel("2026-11-18T10:00:00+08:00"):
        number = db.write(work)
    a_supervisor(db, town.sun)
    page = f"{desk(town.sun)}/chain/samples"
    with time_machine.travel("2026-11-23T08:30:00+08:00"):
        db.write(lambda: draw_last_week(percent=100))
        assert number in phone.open(page).text
        assert number not in phone.open(f"{desk(town.zhao)}/chain/samples").text
        with db.read():
            sample = str(session().scalars(select(Sample.id)).one())
        assert phone.send(f"{page}/settle", item=sample, verdict="not_mended").status_code == 422
        shown = phone.sent_and_shown(f"{page}/settle", item=sample, verdict="not_mended", words="还黑着")
        assert "0/1属实，0.0%" in shown
        assert "没有能抽的了" in phone.sent_and_shown(f"{page}/more", item="2")
        assert phone.send(f"{desk(town.zhao)}/chain/samples/more", item="2").status_code == 409
        book = exported(phone.open(f"{desk(town.zhao)}/chain/samples.xlsx"))
        (row,) = list(book["监事抽查"].iter_rows(min_row=2, values_only=True))
        assert (row[0], row[4:7]) == (number, ("孙网格员", "没办好", "还黑着"))
    assert cases(db)[0].state == "handling"
    for path in ("samples", "samples.xlsx"):
        assert phone.open(f"{desk(town.li)}/chain/{path}").status_code == 404
