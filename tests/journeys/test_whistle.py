"""A lamp post leans over the way to school: from one sentence to two departments on the spot, through the
chat, the cards, the clock and the pages, on both databases."""

import re
from datetime import datetime, timedelta
from pathlib import Path

import time_machine
from chat import Chat, number_in
from factories import a_town, letters_to
from page_phone import Phone
from settings_files import configuration, plain_url
from sqlalchemy import select
from whistle_town import departments

from handlers.words import letter, use_base_url
from models.base.clock import SHANGHAI, after, local, now
from models.base.links import personal_path
from models.base.orm import session
from models.case.climbing import rules
from models.history import steps_about
from models.whistle import counting
from models.whistle.counting import Share
from models.whistle.reckoning import climbs
from models.whistle.tables import Whistle
from server.app import create_app
from server.config import Config
from server.database import Database
from server.timetable import Line, timetable

MONDAY = datetime(2026, 11, 16, 9, 0, tzinfo=SHANGHAI)
CLOCK = ("climb", "climb where nobody answers a whistle", "tell who speaks for a department", "end whistles",
         "end hand-overs to departments")  # fmt: skip


def ticks(db: Database, config: Config, lines: list[Line]) -> None:
    for line in lines:
        if line.name in CLOCK:
            line.verb(config, db)


def test_from_one_sentence_to_two_departments_on_the_spot(db: Database, tmp_path: Path) -> None:
    config = configuration(tmp_path, plain_url(db), server={"base_url": "http://localhost"})
    use_base_url("http://localhost")
    phone, lines = Phone(create_app(config, db).test_client()), timetable(config)
    with time_machine.travel(MONDAY) as clock:
        chat = Chat(db, db.write(a_town))
        cast = chat.cast
        db.write(lambda: departments(cast))

        def desk(someone: int) -> str:
            return "/" + personal_path("desk", someone)

        # A resident says it; the head of the grid whistles from the chat, on the spot.
        number = number_in(chat.says(cast.wang, "3号楼2单元灯杆歪了，孩子上学从下面走"))
        chat.says(cast.li, f"接单 {number}")
        said = chat.says(cast.li, f"吹哨 {number} 城管局、供电 灯杆要倒，请带吊车来")
        assert "城管局、供电公司" in said
        with db.read():
            whistle = session().scalars(select(Whistle)).one()
            (card,) = letters_to(cast.zhou, "whistle_blown")
            words = letter(card.kind, "work", card.facts)
            assert words.card is not None
            keys = [one["key"] for one in words.card["buttons"]]
        assert keys == [f"whistle_yes/{whistle.id}", f"whistle_no/{whistle.id}"]
        page = f"/whistles/{whistle.id}"

        # One department taps; the other one is silent over its working day, and again.
        chat.taps(cast.zhou, keys[0])
        clock.move_to(MONDAY + timedelta(days=3))
        ticks(db, config, lines)
        ticks(db, config, lines)
        with db.read():
            (above,) = letters_to(cast.leader, "whistle_climbed")
            assert above.facts["silent"] == ["供电公司"]
            assert letters_to(cast.ma, "whistle_climbed") == []  # one letter after a standstill
        assert "超时没应" in phone.open(desk(cast.leader.id) + page).text

        # The other one says no, with its reason; the lead is there; they meet.
        chat.says(cast.qian, f"不应 {number} 杆子是城管的")
        chat.says(cast.zhou, "到场")
        held = {"where": "3号楼前", "who": "城管局、社区", "outcome": "今天扶正，明年换新杆"}
        moment = local(now() - timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M")
        together = f"{desk(cast.li.id)}/whistles/case/{number}"
        assert "第1次" in phone.sent_and_shown(f"{together}/met", starts_at=moment, **held)

        # It is over; both sides say what they think of each other.
        phone.sent_and_shown(f"{desk(cast.zhou.id)}{page}/end", words="杆子扶正了")
        phone.sent_and_shown(f"{desk(cast.zhou.id)}{page}/justify", justified="yes")
        for department, grade in (("城管局", 5), ("供电公司", 2)):
            found = re.search(rf'给{department}打分.*?name="department" value="(\d+)"',
                              phone.open(desk(cast.li.id) + page).text, re.DOTALL)  # fmt: skip
            assert found is not None
            phone.sent_and_shown(f"{desk(cast.li.id)}{page}/grade", department=found[1], grade=grade)

        # The resident reads who came, and nobody's quarrel; the figures are of the steps.
        resident = phone.open("/" + personal_path("case", cast.wang.id, whistle.case_id)).text
        for words_of_it in (
            "李师傅吹哨，叫城管局、供电公司来",
            "城管局到场",
            "第1次现场办公",
            "今天扶正，明年换新杆",
        ):
            assert words_of_it in resident
        assert "杆子是城管的" not in resident
        with db.read():
            figures = counting.figures(counting.told(MONDAY, after(days=1)))
            assert figures == (1, Share(1, 2), Share(0, 1), Share(1, 1), Share(7, 2))
            steps = steps_about("whistle", whistle.id)
            recorded = [(one.at, one.facts["rung"]) for one in steps if one.what == "whistle_climbed"]
            assert recorded == [(one.at, one.rung) for one in climbs(steps, rules(), after(days=30))]
            assert [rung for _, rung in recorded] == [2, 3]
