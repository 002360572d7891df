"""Many people say and do anything, for days: whatever comes of it, the town's books still hold together."""

import random
import re

import pytest
import time_machine
from cast import Someone
from chat import Chat, an_event
from factories import unit_of_work
from sqlalchemy import select

from handlers import words
from models.base.clock import after
from models.base.orm import session
from models.case.case import Case
from models.case.clock import file_one_unplaced, settle_one_silence
from models.case.emergency import ring_again
from models.case.lifecycle import State
from models.case.tables import Offer
from models.history import steps_about
from models.outbox.letter import Letter
from models.outbox.routing import Way

SAID = [
    *"3２一-号楼?？。 \n",
    *("单元", "501", "灯不亮", "着火了", "漏水", "满意", "不满意", "接单", "办结", "退单", "转派 马师傅 远"),
    *("育英小区", "建设小区", "进度", "谢谢", "我住", "同意", "算了", "不是", "是", "我也遇到", "🙂", "]]>"),
    *("{{x}}", "修好了", "还是不亮", "无照片 没电", "收到", "待办", "绑定码", "5分", "3号楼2单元", "5号楼"),
    *("好的", "谁管", "物业费"),
]


class Day:
    def __init__(self, chat: Chat, seed: int) -> None:
        self.chat = chat
        self.chance = random.Random(seed)
        self.people = [one for one in vars(chat.cast).values() if one.official or one.work]
        self.numbers: list[str] = []

    def something_happens(self) -> None:
        chance, chat = self.chance, self.chat
        who: Someone = chance.choice(self.people)
        number = chance.choice(self.numbers[-3:]) if self.numbers else "100014"
        match chance.randrange(12):
            case 0 | 1:
                chat.photographs(who)
            case 2:
                chat.speaks(who)
            case 3:
                chat.stands_at(who, chance.choice([46.63, 46.66, 31.0]), chance.choice([126.99, 127.05]))
            case 4:
                chat.scans(who, chance.choice(["door-3-2", "x"]))
            case 5 | 6 | 7:
                keeper = chance.choice([chat.cast.li, chat.cast.ma])
                verb = chance.choice(["accept", "accept", "finish", "return", "acknowledge", "none"])
                event = "template_card_event"
                chat.receive(an_event(keeper, event, event_key=f"{verb}/{number}", task_id="t"))
                chat.photographs(keeper)
            case 8:
                menu = {"bizmsgmenuid": f"{chance.choice(['nod', 'rework'])}/{number}"}
                chat.says(chat.cast.wang, "满意", raw=menu)
            case 9:
                chat.says(chat.cast.wang, "3号楼2单元灯不亮")
            case _:
                chat.says(who, "".join(chance.choices([*SAID, number], k=chance.randint(1, 6))))
        self.numbers += re.findall(r"(?<!\d)\d{6}(?!\d)", chat.said[-1]) if chat.said else []


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_whatever_people_do_the_books_hold_together(chat: Chat, seed: int) -> None:
    day = Day(chat, seed)
    minutes = 0
    for _ in range(150):
        minutes += day.chance.choice([0, 0, 0, 1, 5, 20, 40, 500])
        with time_machine.travel(after(minutes=minutes)):
            day.something_happens()
    with time_machine.travel(after(minutes=minutes, days=30)):
        for verb in (
            file_one_unplaced,
            lambda: settle_one_silence(silence_days=7),
            lambda: ring_again(every_minutes=3),
        ):
            turns = sum(1 for _ in iter(lambda verb=verb: chat.database.write(verb), 0))
            assert turns < 500
    with unit_of_work(chat.database):
        cases = list(session().scalars(select(Case)))
        assert len({case.state for case in cases}) > 2
        for case in cases:
            _holds_together(case)
        for letter in session().scalars(select(Letter)):
            _can_be_said(letter)


def _holds_together(case: Case) -> None:
    state = State(case.state)
    has_taker = case.taker_id is not None
    assert state != State.COLLECTED, "the clock files what was never placed"
    assert has_taker or state not in (State.HANDLING, State.FINISHED, State.CLOSED, State.RATED)
    assert not has_taker or state not in (State.FILED, State.DISPATCHED)
    assert (case.closed_at is not None) == (state in (State.CLOSED, State.RATED, State.VOID))
    query = select(Offer.person_id).where(Offer.case_id == case.id, Offer.ended_at.is_(None))
    offers = list(session().scalars(query))
    assert bool(offers) == (state == State.DISPATCHED)
    assert len(offers) == len(set(offers))
    steps = [step.what for step in steps_about("case", case.id)]
    assert steps[0] == "reported"
    assert steps.count("objected") == case.round - 1


def _can_be_said(letter: Letter) -> None:
    facts = {"at": letter.created_at.isoformat(), **letter.facts}
    for way in Way:
        if way != Way.CARD and words.speaks(letter.kind, way):
            said = words.letter(letter.kind, way, facts).text
            assert said
            assert "None" not in said
