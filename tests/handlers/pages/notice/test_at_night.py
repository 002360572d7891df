"""A notice's page tells its desk what the night keeps back, what was stopped in time, and leads back."""

from datetime import datetime

import time_machine
from cast import Cast, Someone
from notices import a_notice, all_sent, handed_in, tell_all
from page_phone import Phone

from models.base.clock import SHANGHAI
from models.base.links import personal_path
from server.database import Database

NIGHT = datetime(2026, 11, 21, 21, 10, tzinfo=SHANGHAI)
DAY = datetime(2026, 11, 21, 10, 0, tzinfo=SHANGHAI)
RESTS = "夜里不打扰：11月22日 08:00以后送到"
STOP = ">停发<"
AGAIN = "换个办法再告诉一次"


def page_of(someone: Someone, number: int) -> str:
    return "/" + personal_path("notice", someone.id, number)


@time_machine.travel(NIGHT)
def test_at_night_it_says_when_people_hear_of_it(db: Database, phone: Phone, town: Cast) -> None:
    ordinary, emergency = db.write(
        lambda: (a_notice(town.zhao.id).id, handed_in(town.zhao.id, kind="emergency").id)
    )
    assert RESTS in phone.open(page_of(town.zhao, ordinary)).text
    assert "夜里不打扰" not in phone.open(page_of(town.zhao, emergency)).text


@time_machine.travel(DAY)
def test_by_day_it_says_nothing_of_the_night(db: Database, phone: Phone, town: Cast) -> None:
    number = db.write(lambda: a_notice(town.zhao.id).id)
    assert "夜里不打扰" not in phone.open(page_of(town.zhao, number)).text


@time_machine.travel(NIGHT)
def test_whose_letter_waits_is_not_told_again(db: Database, phone: Phone, town: Cast) -> None:
    number = db.write(lambda: handed_in(town.zhao.id).id)
    tell_all(db)
    waiting = phone.open(page_of(town.zhao, number)).text
    assert RESTS in waiting
    assert STOP in waiting
    assert AGAIN not in waiting
    all_sent(db, number)
    sent = phone.open(page_of(town.zhao, number)).text
    assert AGAIN in sent
    assert STOP not in sent
    assert "夜里不打扰" not in sent


def test_what_was_stopped_in_time_says_so(db: Database, phone: Phone, town: Cast) -> None:
    number = db.write(lambda: handed_in(town.zhao.id).id)
    page = page_of(town.zhao, number)
    shown = phone.sent_and_shown(f"{page}/notice/stop", once="s" * 16)
    assert "还没有人听到" in shown
    assert "谁收到了，谁看了" not in shown


def test_from_a_notice_a_tap_leads_back_to_all_of_them(db: Database, phone: Phone, town: Cast) -> None:
    number = db.write(lambda: a_notice(town.zhao.id).id)
    leads_back = '<a class="tap" href="/console/notices">← 通知</a>'
    assert leads_back in phone.open(page_of(town.zhao, number)).text
    assert "← 通知" not in phone.open(page_of(town.wang, number)).text


def test_a_correction_is_told_from_what_it_corrects(db: Database, phone: Phone, town: Cast) -> None:
    first = db.write(lambda: handed_in(town.zhao.id).id)
    tell_all(db)

    def corrected() -> None:
        again = a_notice(town.zhao.id)
        again.corrects_id = first

    db.write(corrected)
    assert "更正：周二停水" in phone.open("/" + personal_path("desk", town.zhao.id) + "/notices").text
