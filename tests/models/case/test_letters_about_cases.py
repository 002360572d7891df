"""What people and groups are told: said once, said in words on every way, and to groups nothing personal."""

import json

import pytest
from cast import Cast
from factories import a_case, finish, group_letters, letters_to, spot
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from handlers import words
from models.base.actor import By
from models.base.orm import session
from models.case import emergency
from models.case.lifecycle import State
from models.outbox.door import PublicFacts, tell
from models.outbox.letter import Letter
from models.outbox.routing import Way
from models.outbox.settling import State as Fate

PLANTED = ("王秀英", "13812345678", "欠费三个月", "501")


def a_whole_life(cast: Cast, planted: str = "王秀英13812345678欠费三个月") -> None:
    """One case through everything that writes a letter."""
    home = spot()
    case = a_case(reporter=cast.wang, text=f"灯不亮,{planted}", at=home)
    for letter in letters_to(cast.li) + letters_to(cast.ma):  # their cards have arrived
        letter.state, letter.task_id, letter.response_code = Fate.SENT, f"card-{letter.id}", "code"
    session().flush()
    case.room = "501"
    case.join(cast.sun_xiaoyu.id, planted, by=By.staff(cast.zhao.id))
    case.give_back(cast.ma.id, f"不归我管 {planted}")
    case.accept(cast.li.id)
    case.add_text(planted, By.person(cast.wang.id))
    case.remind_of_photo(cast.li.id, "tap")
    finish(case, cast.li, text=f"换了灯泡 {planted}")
    case.object(By.person(cast.wang.id), f"没好 {planted}")
    finish(case, cast.li)
    case.nod(By.person(cast.wang.id))
    default = a_case(reporter=cast.wang, text=planted, finished_by=cast.li)
    default.close_by_default()
    handed = a_case(reporter=cast.wang, text=planted, category="noise", at=spot(building="5"))
    handed.give_back(cast.sun.id, planted)
    desk = a_case(reporter=cast.wang, text=planted, category="noise", at=spot(building="7"))
    emergency.raise_alarm(desk.id, "119", community_id=desk.community_id, facts=desk.facts(), every_minutes=3)
    session().flush()
    assert handed.state == State.DISPATCHED


def _ways_of(kind: str) -> list[Way]:
    return [way for way in Way if way != Way.CARD and words.speaks(kind, way)]


def test_every_letter_that_a_case_writes_has_words_on_every_way_it_may_go(cast: Cast) -> None:
    a_whole_life(cast)
    kinds = set()
    for letter in session().scalars(select(Letter)):
        facts = {"at": letter.created_at.isoformat(), **letter.facts}
        ways = (Way.CARD,) if letter.changes else _ways_of(letter.kind)
        assert ways, letter.kind
        for way in ways:
            said = words.letter(letter.kind, way, facts)
            assert way != Way.CARD or said.card is not None
            assert said.text
            assert "None" not in said.text
            kinds.add(letter.kind)
    assert kinds >= {
        "case_dispatched", "case_accepted", "case_finished", "case_reopened", "case_closed", "case_changed",
        "case_closed_default", "case_group_mended", "case_returned", "case_filed_nobody", "case_emergency",
        "case_joined", "finish_reminder", "card_update",
    }  # fmt: skip


def test_cards_that_are_out_say_whose_the_case_is(cast: Cast) -> None:
    case = a_case(reporter=cast.wang)
    for letter in letters_to(cast.li) + letters_to(cast.ma):
        letter.state, letter.task_id, letter.response_code = Fate.SENT, f"card-{letter.id}", "code"
    session().flush()
    case.accept(cast.li.id)
    buttons = {}
    for who in (cast.li, cast.ma):
        (update,) = letters_to(who, "card_update")
        card = words.letter("card_update", "work", update.facts).card
        assert card is not None
        buttons[who.name] = [one["text"] for one in card["buttons"]]
    assert buttons == {"李师傅": ["办结", "办不了"], "马师傅": ["已由李师傅接单"]}


def test_the_same_thing_is_said_once(cast: Cast) -> None:
    case = a_case(reporter=cast.wang)
    tell("case_accepted", cast.wang.id, about=case.about, occasion="7")
    with pytest.raises(IntegrityError), session().begin_nested():
        tell("case_accepted", cast.wang.id, about=case.about, occasion="7")


def test_a_group_reads_place_kind_and_minutes_and_nothing_of_anybody(cast: Cast) -> None:
    a_whole_life(cast)
    (letter, *_) = group_letters()
    assert set(letter.facts) == set(PublicFacts.__dataclass_fields__)
    said = words.letter(letter.kind, "robot", letter.facts).text
    assert "育英小区3号楼2单元" in said
    assert "已修复" in said
    for one in group_letters():
        whole = json.dumps(one.facts, ensure_ascii=False) + words.letter(one.kind, "robot", one.facts).text
        assert not [planted for planted in PLANTED if planted in whole]
        assert cast.wang.name not in whole


NAMES = st.text(st.sampled_from("王李张秀英建国芳"), min_size=2, max_size=4).map(lambda name: f"姓名{name}")
PHONES = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
SAID = st.text(st.sampled_from("欠费漏水骂人喝酒离婚🙂]>{}"), min_size=3, max_size=30).map("他说".__add__)
ROOMS = st.integers(2101, 9999).map(lambda room: f"{room}室")


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(name=NAMES, phone=PHONES, said=SAID, room=ROOMS)
def test_whatever_is_planted_in_a_case_none_of_it_reaches_a_group(
    cast: Cast, name: str, phone: str, said: str, room: str
) -> None:
    case = a_case(reporter=cast.wang, text=f"{name} {phone} {said}")
    case.room, case.floor = room, f"{room}层"
    case.accept(cast.li.id)
    finish(case, cast.li, text=f"{said} {phone}")
    case.rate(By.person(cast.wang.id), 5, f"{name}{said}")
    session().flush()
    mine = [letter for letter in group_letters() if letter.about_id == case.id]
    assert len(mine) == 1
    whole = json.dumps(mine[0].facts, ensure_ascii=False)
    whole += words.letter(mine[0].kind, "robot", mine[0].facts).text
    for planted in (name, phone, said, room):
        assert planted not in whole
