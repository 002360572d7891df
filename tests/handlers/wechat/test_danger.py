"""Danger to life: the number to call stands in the first line, and somebody on duty is rung."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from chat import Chat, number_in
from factories import letters_to, unit_of_work
from letter_office import Office
from sqlalchemy import select

from handlers.words import labels
from models.base.orm import put, session
from models.base.resources import table
from models.case.case import Case
from models.case.emergency import ringing
from models.duty.tables import Department
from models.outbox.address import Address
from models.place.version import raise_version
from models.understanding import own_words
from server.database import Database
from server.sandbox.world import Phone

NIGHT = datetime(2026, 3, 23, 15, 0, tzinfo=UTC)  # 23:00 in Beijing


def cases(chat: Chat) -> list[Case]:
    with unit_of_work(chat.database):
        return list(session().scalars(select(Case).order_by(Case.id)))


@pytest.mark.parametrize(
    ("line", "call"),
    [
        ("着火了！快来人", "119"),
        ("3号楼2单元有煤气味，很重", "119"),
        ("有人打架，拿着刀", "110"),
        ("我妈晕倒了没有呼吸", "120"),
        ("救命！", "110"),
    ],
)
def test_the_first_line_says_whom_to_call(chat: Chat, line: str, call: str) -> None:
    reply = chat.says(chat.cast.wang, line)
    assert call in reply.splitlines()[0]
    (case,) = cases(chat)
    assert case.number in reply
    assert case.urgency == "emergency"
    with unit_of_work(chat.database):
        assert [alarm.number_to_call for alarm in ringing()] == [call]
        assert letters_to(chat.cast.zhao, "case_emergency")


def test_cries_that_follow_one_another_are_one_emergency(chat: Chat) -> None:
    first = chat.says(chat.cast.rider, "着火了！")
    assert "？" in first
    second = chat.says(chat.cast.rider, "着火了！！育英小区3号楼")
    assert "119" in second.splitlines()[0]
    assert number_in(first) == number_in(second)
    (case,) = cases(chat)
    assert case.building_name == "3"
    assert "育英小区3号楼" in case.text


def test_the_place_said_alone_reaches_who_is_rung(chat: Chat) -> None:
    chat.says(chat.cast.rider, "着火了！快来人")
    chat.says(chat.cast.rider, "育英小区3号楼2单元")
    with unit_of_work(chat.database):
        assert letters_to(chat.cast.zhao, "case_emergency")[-1].facts["building"] == "3"
    assert len(cases(chat)) == 1


def test_a_photo_first_and_then_the_danger_are_one_case(chat: Chat) -> None:
    chat.photographs(chat.cast.wang)
    chat.says(chat.cast.wang, "3号楼着火了")
    (case,) = cases(chat)
    assert (case.urgency, case.state) == ("emergency", "dispatched")


def test_danger_does_not_wait_for_an_open_question(chat: Chat) -> None:
    chat.says(chat.cast.stranger, "我住育英小区5号楼1单元301")
    assert "119" in chat.says(chat.cast.stranger, "着火了").splitlines()[0]


@pytest.mark.parametrize("words", ["收到", "知道了"])
def test_who_is_on_duty_acknowledges_with_a_word(chat: Chat, words: str) -> None:
    chat.says(chat.cast.wang, "楼道着火了")
    assert "不再呼叫" in chat.says(chat.cast.zhao, words)
    with unit_of_work(chat.database):
        assert not ringing()


def test_who_is_rung_may_take_it_by_the_card_and_by_words(chat: Chat) -> None:
    chat.says(chat.cast.wang, "楼道着火了")
    number = cases(chat)[0].number
    card = chat.taps(chat.cast.zhao, f"acknowledge/{number}").card
    assert "不再呼叫" in card["sub_title_text"]
    assert "接单成功" in chat.says(chat.cast.zhao, f"接单 {number}")


# what the reply says


@pytest.mark.parametrize(
    ("line", "first", "advice"),
    [
        ("厨房着火了", "请马上拨打119！", "别坐电梯"),
        ("有煤气味，特别冲", "请马上拨打119！先到楼外再打。", "别开关灯和电器"),
        ("我爸煤气中毒了，叫不醒", "请马上拨打120！", "通风"),
        ("我被困电梯里了，里面很黑", "请马上拨打119！", "别扒门"),
        ("电线断了掉在地上冒火花", "请马上拨打119！", "八米"),
        ("不想活了，遗书写好了", "请马上拨打110！", "12356"),
        ("有人拿刀追着砍人", "请马上拨打110！", "锁好门"),
        ("楼塌了，压着人", "请马上拨打119！", "离开"),
        ("井盖没了，天黑看不见", "请马上拨打110！", "绕开"),
        ("我妈晕倒了，没有呼吸", "请马上拨打120！", "胸外按压"),
    ],
)
def test_then_what_to_do_and_what_not_and_who_was_called(
    chat: Chat, line: str, first: str, advice: str
) -> None:
    reply = chat.says(chat.cast.wang, f"{line}，3号楼2单元").splitlines()
    assert reply[0] == first
    kept = next(n for n, said in enumerate(reply) if said.startswith("已经记下"))
    assert any(advice in said for said in reply[1:kept])
    assert kept <= 3
    assert "赵主任已被叫到" in reply[kept]


def test_every_kind_has_its_advice_and_stays_short() -> None:
    advice = labels("dangers")
    kinds = set(table("lexicon/danger.toml")) - {"any", "by_category"}
    assert set(advice) == kinds
    for lines in advice.values():
        assert 1 <= len(lines["do"]) <= 2
        assert all(len(line) <= 45 for line in lines["do"])


def test_the_town_s_own_gas_repair_number_is_told_and_none_is_made_up(chat: Chat) -> None:
    assert "抢修" not in chat.says(chat.cast.wang, "3号楼2单元有煤气味，特别冲")
    with unit_of_work(chat.database):
        put(
            Department,
            name="燃气公司",
            categories=["gas"],
            contact_id=chat.cast.zhou.id,
            phone="0455-1234567",
        )
        raise_version()
    assert "燃气抢修电话0455-1234567" in chat.says(chat.cast.rider, "4号楼有煤气味，特别冲").splitlines()[0]


# wherever it stands


def test_beside_another_matter_it_comes_first_and_the_other_is_filed_too(chat: Chat) -> None:
    reply = chat.says(chat.cast.wang, "3号楼2单元灯不亮，另外厨房着火了快来人")
    assert "119" in reply.splitlines()[0]
    assert {case.urgency for case in cases(chat)} == {"emergency", "normal"}


def test_as_the_answer_to_a_question_of_ours(chat: Chat) -> None:
    chat.says(chat.cast.rider, "灯不亮")
    assert "119" in chat.says(chat.cast.rider, "着火了！育英小区3号楼").splitlines()[0]
    with unit_of_work(chat.database):
        assert len(ringing()) == 1


def test_from_the_staff_in_wecom(chat: Chat) -> None:
    assert "119" in chat.says(chat.cast.li, "育英小区3号楼着火了，快来人").splitlines()[0]
    with unit_of_work(chat.database):
        assert len(ringing()) == 1
        assert letters_to(chat.cast.zhao, "case_emergency")


def test_ten_cries_are_one_case_and_one_alarm(chat: Chat) -> None:
    for line in (
        "着火了",
        "快来人",
        "救命啊",
        "着火了！！",
        "3号楼",
        "楼道全是烟",
        "快啊",
        "救命",
        "着火了",
        "119打了",
    ):
        chat.says(chat.cast.wang, line)
    with unit_of_work(chat.database):
        assert len(ringing()) == 1
    assert [case.urgency for case in cases(chat)] == ["emergency"]


@pytest.mark.parametrize(
    "line", ["着火那事是误会", "消防演练几点开始", "跳楼价大甩卖的喇叭太吵", "没有煤气味，想约安检"]
)
def test_a_look_alike_wakes_nobody(chat: Chat, line: str) -> None:
    chat.says(chat.cast.wang, line)
    with unit_of_work(chat.database):
        assert not ringing()


# whom it wakes


@pytest.fixture
def at_night(db: Database, tmp_path: Path) -> Iterator[Office]:
    """23:00 in Beijing, zhao with WeCom and service account."""
    office = Office(db, tmp_path, at=NIGHT + timedelta(seconds=5))
    yield office
    office.close()


def test_the_duty_person_is_told_at_once_at_night_on_every_channel(chat: Chat, at_night: Office) -> None:
    at_night.simulator.add(Phone("zhao", "赵", "staff", userid="zhao", openid="o-zhao"))
    at_night.simulator.opened("o-zhao")
    with unit_of_work(chat.database):
        put(
            Address, owner_kind="person", owner_id=chat.cast.zhao.id, channel="official", value="o-zhao",
            window_until=NIGHT + timedelta(hours=40), window_left=5,
        )  # fmt: skip
    with time_machine.travel(NIGHT, tick=False):
        chat.says(chat.cast.wang, "3号楼2单元着火了")
    at_night.delivery.drain()
    sent = {one.channel for one in at_night.fates() if one.kind == "case_emergency" and one.state == "sent"}
    assert sent == {"work", "official"}


# words of one's own


@pytest.fixture
def _own_words() -> Iterator[None]:
    own_words.use(
        own_words.OwnWords.parse(
            '[community."育英社区".danger.kiln]\ncall = "119"\nsure = ["柴火窑…塌"]\n'
            '[community."建设社区".danger.pit]\ncall = "119"\nsure = ["晒谷场…吵"]\n'
        )
    )
    yield
    own_words.use(None)


@pytest.mark.usefixtures("_own_words")
def test_a_community_s_own_word_of_danger_counts_for_those_who_live_there(chat: Chat) -> None:
    chat.says(chat.cast.wang, "晒谷场有点吵")
    with unit_of_work(chat.database):
        assert not ringing()
    reply = chat.says(chat.cast.wang, "柴火窑要塌")
    assert reply.splitlines()[0] == "请马上拨打119！"
    with unit_of_work(chat.database):
        assert len(ringing()) == 1
