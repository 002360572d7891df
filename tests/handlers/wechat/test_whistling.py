"""Departments are called, answer, come and are scored: in words and by the buttons of their card."""

import pytest
import time_machine
from cast import Cast
from chat import Chat, an_event, number_in, words
from factories import letters_to, told
from sqlalchemy import select
from whistle_town import departments

from models.base.checkdigit import without_check
from models.base.clock import after
from models.base.orm import session
from models.case import reach
from models.duty.tables import Department
from models.history import steps_about
from models.whistle import climbing, referring
from models.whistle.reading import called_in
from models.whistle.tables import Whistle

SQLITE = pytest.mark.parametrize("db", ["sqlite"], indirect=True)


@pytest.fixture
def town(chat: Chat) -> Chat:
    chat.database.write(lambda: departments(chat.cast))
    return chat


def reported(town: Chat) -> str:
    return number_in(town.says(town.cast.wang, "3号楼2单元灯杆要倒了，要砸人"))


def whistled(town: Chat, names: str = "城管局、供电公司") -> str:
    """By the head of the grid, in WeCom."""
    number = reported(town)
    reply = town.says(town.cast.li, f"吹哨 {number} {names} 灯杆要倒，请来人", via="work")
    assert number in reply
    return number


def answers(town: Chat) -> list[tuple[bool | None, str | None, bool]]:
    with town.database.read():
        whistle = session().scalars(select(Whistle)).one()
        return [(one.comes, one.reason, one.arrived_at is not None) for one in called_in(whistle.id)]


def the_whistle(town: Chat) -> Whistle:
    with town.database.read():
        return session().scalars(select(Whistle)).one()


def test_the_whole_way_in_words(town: Chat) -> None:
    """A grid head whistles; one department comes, one does not; silence climbs; both sides know."""
    cast: Cast = town.cast
    number = whistled(town)
    with town.database.read():
        assert told(cast.zhou).count("whistle_blown") == told(cast.qian).count("whistle_blown") == 1
    assert "应了" in town.says(cast.zhou, f"应 {number}")
    with time_machine.travel(after(hours=30 * 24)):
        town.database.write(climbing.climb_some)
        with town.database.read():
            (letter,) = letters_to(cast.leader, "whistle_climbed")  # 网格总长: two rungs were missed
            assert letter.facts["silent"] == ["供电公司"]
            assert "case_climbed" not in told(cast.qian)
        assert "为什么" in town.says(cast.qian, f"不应 {number}")
        assert "不应" in town.says(cast.qian, "杆子不是我们的")
        assert "已到场" in town.says(cast.zhou, "到场")
    assert answers(town) == [(True, None, True), (False, "杆子不是我们的", False)]
    with town.database.read():
        assert told(cast.li).count("whistle_answered") == 2
        whistle = session().scalars(select(Whistle)).one()
        assert [one.what for one in steps_about("whistle", whistle.id)] == [
            "whistle_blown", "whistle_answered", "whistle_climbed", "whistle_climbed", "whistle_answered",
            "whistle_arrived",
        ]  # fmt: skip


@SQLITE
def test_the_card_answers_and_shows_what_is_true_now(town: Chat) -> None:
    whistled(town)
    whistle = the_whistle(town)
    card = town.taps(town.cast.zhou, f"whistle_yes/{whistle.id}").card
    assert [one["text"] for one in card["button_list"]] == ["到场", "不应"]
    assert town.taps(town.cast.zhou, f"whistle_yes/{whistle.id}").card == card  # a second tap changes nothing
    card = town.taps(town.cast.zhou, f"whistle_here/{whistle.id}").card
    assert [one["text"] for one in card["button_list"]] == ["已到场"]
    assert answers(town)[0] == (True, None, True)


@SQLITE
def test_no_on_the_card_asks_why_and_the_next_words_are_the_reason(town: Chat) -> None:
    whistled(town)
    whistle = the_whistle(town)
    card = town.taps(town.cast.zhou, f"whistle_no/{whistle.id}").card
    assert "为什么" in card["sub_title_text"]
    assert answers(town)[0] == (None, None, False)
    town.says(town.cast.zhou, "吊车在外地")
    assert answers(town)[0] == (False, "吊车在外地", False)


@SQLITE
def test_nobody_answers_on_a_card_of_another_department(town: Chat) -> None:
    whistled(town, "城管局")
    whistle = the_whistle(town)
    said = words(
        town.receive(an_event(town.cast.wu, "template_card_event", event_key=f"whistle_yes/{whistle.id}"))
    )
    assert "不归您看" in said
    assert answers(town) == [(None, None, False)]


@SQLITE
@pytest.mark.parametrize(
    ("said", "comes"),
    [
        ("应", True), ("应哨", True), ("我们应", True), ("应 {}", True), ("{}应", True),
        ("好的，应 {}", True), ("不应 {} 没有车", False), ("不应，没有车", False), ("{} 不应 没有车", False),
        ("不应该啊", None), ("应该快了", None), ("到场了吗", None),
    ],
)  # fmt: skip
def test_how_people_say_it(town: Chat, said: str, comes: bool | None) -> None:
    number = whistled(town, "城管局")
    town.says(town.cast.zhou, said.format(number))
    assert answers(town)[0][0] is comes


@SQLITE
def test_with_two_whistles_the_number_is_asked_for(town: Chat) -> None:
    whistled(town, "城管局")
    other = number_in(town.says(town.cast.wang, "5号楼1单元井盖没了"))
    town.says(town.cast.zhao, f"吹哨 {other} 城管局 井盖没了")
    assert other in town.says(town.cast.zhou, "应")
    town.says(town.cast.zhou, f"应 {other}")
    assert "应了" in town.says(town.cast.zhou, "应")  # only one is left that waits


@SQLITE
def test_to_who_was_not_called_the_words_mean_nothing(town: Chat) -> None:
    number = whistled(town, "城管局")
    town.says(town.cast.wu, f"应 {number}")
    assert "不归您看" in town.says(town.cast.qian, f"应 {number}")
    assert answers(town) == [(None, None, False)]


@SQLITE
def test_who_may_not_whistle_is_told_so_and_how_it_is_done(town: Chat) -> None:
    number = reported(town)
    assert "吹哨" in town.says(town.cast.zhao, "吹哨")
    assert "城管局" in town.says(town.cast.zhao, f"吹哨 {number} 水务局 灯杆要倒")
    assert "城管局" in town.says(town.cast.zhao, f"吹哨 {number}")
    with town.database.read():
        assert session().scalars(select(Whistle).where(Whistle.by_id == town.cast.zhao.id)).all() == []


@SQLITE
def test_what_waits_for_a_department_stands_in_its_list_of_work(town: Chat) -> None:
    number = whistled(town, "城管局")
    assert f"回“应 {number}”" in town.says(town.cast.zhou, "待办")
    town.says(town.cast.zhou, f"应 {number}")
    assert f"回“到场 {number}”" in town.says(town.cast.zhou, "待办")
    town.says(town.cast.zhou, "到场")
    assert "没有等您办的事" in town.says(town.cast.zhou, "待办")


@SQLITE
def test_a_department_disputes_in_words_what_was_handed_to_it(town: Chat) -> None:
    cast, number = town.cast, reported(town)
    town.says(cast.li, f"接单 {number}")

    def refer() -> None:
        case = reach.hold(without_check(number) or 0)
        lead = session().scalars(select(Department.id).where(Department.name == "城管局")).one()
        referring.refer(case, lead, cast.li.id, "归城管管")

    town.database.write(refer)
    assert f"异议 {number}" in town.says(cast.zhou, f"退单 {number} 不归我们")
    assert "写一句原因" in town.says(cast.zhou, f"异议 {number}")
    assert "等没有参与的负责人裁定" in town.says(cast.zhou, f"异议 {number} 产权不在我们")
    with town.database.read():
        assert [one.facts["why"] for one in letters_to(cast.zhao, "referral_disputed")] == ["产权不在我们"]
    assert "不归您看" in town.says(
        cast.zhao, f"异议 {number_in(town.says(cast.wang, '5号楼1单元井盖没了'))} 不归我们"
    )
