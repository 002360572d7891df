"""What keepers do from a chat, in WeCom and, bound by a code, in the service account."""

import itertools
import re

import pytest
import time_machine
from cast import Someone
from chat import Chat
from factories import a_case, letters_to, told, unit_of_work
from sqlalchemy import func, select

from models.base.clock import after
from models.base.orm import session
from models.case import reach
from models.case.case import Case
from models.history.step import steps_about
from models.media.keeping import count_about
from models.outbox.cards import card_of
from models.person.tables import Staff


def new_case(chat: Chat, **more: object) -> str:
    return chat.database.write(lambda: a_case(reporter=chat.cast.wang, **more).number)  # type: ignore[arg-type]


def the(chat: Chat, number: str) -> Case:
    with unit_of_work(chat.database):
        return reach.hold(int(number[:-1]))


def buttons(card: object) -> list[str]:
    return [one["text"] for one in card.card["button_list"]]  # type: ignore[attr-defined]


@pytest.mark.parametrize("line", ["接单 {}", "接单{}", "接 {}", "接单：{}", "【接单】{}", "接单"])
def test_a_keeper_accepts_in_words(chat: Chat, line: str) -> None:
    number = new_case(chat)
    assert number in chat.says(chat.cast.li, line.format(number))
    assert the(chat, number).taker_id == chat.cast.li.id


def test_of_two_keepers_who_accept_the_second_is_told(chat: Chat) -> None:
    number = new_case(chat)
    chat.says(chat.cast.li, f"接单 {number}")
    assert "已经有人接了" in chat.says(chat.cast.ma, f"接单 {number}")
    assert the(chat, number).taker_id == chat.cast.li.id


def test_saying_it_again_answers_the_same_and_changes_nothing(chat: Chat) -> None:
    number = new_case(chat)
    first = chat.says(chat.cast.li, f"接单 {number}")
    assert chat.says(chat.cast.li, f"接单 {number}") == first
    with unit_of_work(chat.database):
        assert told(chat.cast.wang) == ["case_accepted"]


def test_somebody_else_s_case_is_not_there(chat: Chat) -> None:
    number = new_case(chat)
    for line in ("接单 {}", "办结 {} 好了", "退单 {} 远", "转派 {} 马师傅 远", "无照片 {} 坏了"):
        assert "没有查到" in chat.says(chat.cast.wu, line.format(number))
    assert the(chat, number).state == "dispatched"


def test_a_resident_s_command_is_no_command(chat: Chat) -> None:
    number = new_case(chat)
    chat.says(chat.cast.wang, f"接单 {number}")
    chat.says(chat.cast.rider, f"接单 {number}")
    chat.says(chat.cast.wang, f"办结 {number} 好了")
    assert the(chat, number).state == "dispatched"


def test_given_back_with_its_reason_or_asked_for_it(chat: Chat) -> None:
    number = new_case(chat)
    assert "为什么" in chat.says(chat.cast.li, f"退单 {number}")
    assert "已退" in chat.says(chat.cast.li, "我在外地")
    assert "已退" in chat.says(chat.cast.ma, f"退单 {number} 梯子坏了")
    with unit_of_work(chat.database):
        assert letters_to(chat.cast.sun, "case_dispatched")[0].facts["note"] == "梯子坏了"


@pytest.mark.parametrize(
    "line", ["转派 {} 马师傅 太高了够不着", "转派 {} K002，太高了", "转给 {} 马师傅：太高了"]
)
def test_handed_to_a_colleague_by_name_or_number(chat: Chat, line: str) -> None:
    number = new_case(chat, accepted_by=chat.cast.li)
    assert "马师傅" in chat.says(chat.cast.li, line.format(number))
    chat.says(chat.cast.ma, f"接单 {number}")
    assert the(chat, number).taker_id == chat.cast.ma.id


@pytest.mark.parametrize("line", ["转派 {}", "转派 {} 马师傅", "转派 {} 没这个人 远"])
def test_an_unclear_hand_over_explains_itself(chat: Chat, line: str) -> None:
    number = new_case(chat, accepted_by=chat.cast.li)
    assert "转派" in chat.says(chat.cast.li, line.format(number))
    assert the(chat, number).taker_id == chat.cast.li.id


ORDERS = list(itertools.permutations(["tap", "words", "photo"]))


@pytest.mark.parametrize("order", ORDERS, ids="-".join)
def test_finished_by_tap_words_and_photo_in_any_order(chat: Chat, order: tuple[str, ...]) -> None:
    number = new_case(chat, accepted_by=chat.cast.li)
    li = chat.cast.li
    for minute, what in enumerate(order):
        with time_machine.travel(after(minutes=9 * minute)):
            if what == "tap":
                chat.taps(li, f"finish/{number}")
            elif what == "words":
                chat.says(li, f"办结 {number} 换了新灯泡")
            else:
                chat.photographs(li)
    case = the(chat, number)
    assert (case.state, case.finish_text) == ("finished", "换了新灯泡")
    with unit_of_work(chat.database):
        assert count_about("case", case.id, "finish") == 1
        assert told(chat.cast.wang).count("case_finished") == 1


@pytest.mark.parametrize(
    "order", [("tap", "photo"), ("words", "photo"), ("photo", "words"), ("photo", "tap")]
)
def test_two_of_them_are_enough_and_after_half_an_hour_they_do_not_meet(
    chat: Chat, order: tuple[str, str]
) -> None:
    li = chat.cast.li
    for minutes, state in ((29, "finished"), (31, "handling")):
        number = new_case(chat, accepted_by=li)
        for late, what in enumerate(order):
            with time_machine.travel(after(minutes=minutes * late)):
                if what == "tap":
                    chat.taps(li, f"finish/{number}")
                elif what == "words":
                    chat.says(li, f"办结 {number} 换了新灯泡")
                else:
                    chat.photographs(li)
        assert the(chat, number).state == state, minutes
        chat.says(li, f"无照片 {number} 手机没电")


def test_after_the_tap_plain_words_tell_what_was_done(chat: Chat) -> None:
    number = new_case(chat, accepted_by=chat.cast.li)
    chat.taps(chat.cast.li, f"finish/{number}")
    chat.says(chat.cast.li, "换了个声控开关")
    chat.photographs(chat.cast.li)
    assert the(chat, number).finish_text == "换了个声控开关"


def test_after_tap_and_photo_a_late_sentence_is_still_its_story(chat: Chat) -> None:
    number = new_case(chat, accepted_by=chat.cast.li)
    chat.taps(chat.cast.li, f"finish/{number}")
    chat.photographs(chat.cast.li)
    assert number in chat.says(chat.cast.li, "换了个声控开关")
    assert the(chat, number).finish_text == "换了个声控开关"


def test_but_a_new_report_with_its_place_is_one(chat: Chat) -> None:
    number = new_case(chat, accepted_by=chat.cast.li)
    chat.taps(chat.cast.li, f"finish/{number}")
    chat.photographs(chat.cast.li)
    assert number not in chat.says(chat.cast.li, "育英5号楼1单元水管漏水")


def test_a_second_photo_of_the_same_work_is_no_new_report(chat: Chat) -> None:
    number = new_case(chat, accepted_by=chat.cast.li)
    chat.says(chat.cast.li, f"办结 {number} 换了灯泡")
    for _ in range(3):
        assert number in chat.photographs(chat.cast.li)
    with unit_of_work(chat.database):
        (case,) = session().scalars(select(Case))
        assert count_about("case", case.id, "finish") == 3


def test_two_cases_in_hand_are_told_apart(chat: Chat) -> None:
    first = new_case(chat, accepted_by=chat.cast.li)
    second = new_case(chat, accepted_by=chat.cast.li)
    reply = chat.says(chat.cast.li, "办结")
    assert first in reply
    assert second in reply
    chat.says(chat.cast.li, f"办结 {second} 换了")
    chat.photographs(chat.cast.li)
    assert (the(chat, first).state, the(chat, second).state) == ("handling", "finished")
    chat.says(chat.cast.li, "办结 也换了")  # now it can only be the first
    chat.photographs(chat.cast.li)
    assert the(chat, first).state == "finished"


def test_without_a_photo_only_with_the_reason(chat: Chat) -> None:
    number = new_case(chat, accepted_by=chat.cast.li)
    chat.says(chat.cast.li, f"办结 {number} 换了灯泡")
    assert "为什么" in chat.says(chat.cast.li, "无照片")
    assert number in chat.says(chat.cast.li, "无照片 手机没电了")
    case = the(chat, number)
    assert (case.state, case.finish_text, case.no_photo_reason) == ("finished", "换了灯泡", "手机没电了")


def test_a_photo_whose_case_was_handed_on_meanwhile_is_refused_in_words(chat: Chat) -> None:
    number = new_case(chat, accepted_by=chat.cast.li)
    chat.taps(chat.cast.li, f"finish/{number}")

    def hand_on() -> None:
        reach.hold(int(number[:-1])).transfer(chat.cast.zhao.id, chat.cast.ma.id, "李师傅请假")

    chat.database.write(hand_on)
    assert number in chat.photographs(chat.cast.li)
    assert the(chat, number).state == "dispatched"


def test_the_list_of_work_stays_short_however_much_there_is(chat: Chat) -> None:
    for _ in range(9):
        new_case(chat, text="灯" * 300)
        new_case(chat, accepted_by=chat.cast.li)
    assert "/p/" in chat.says(chat.cast.li, "待办")


# Cards


def test_a_tap_accepts_and_the_card_then_offers_finish(chat: Chat) -> None:
    number = new_case(chat)
    card = chat.taps(chat.cast.li, f"accept/{number}")
    assert buttons(card) == ["办结", "办不了"]
    assert number in card.card["main_title"]["title"]
    assert the(chat, number).taker_id == chat.cast.li.id


def test_the_one_who_taps_second_sees_whose_it_is(chat: Chat) -> None:
    number = new_case(chat)
    chat.taps(chat.cast.li, f"accept/{number}")
    assert buttons(chat.taps(chat.cast.ma, f"accept/{number}")) == ["已由李师傅接单"]


def test_taps_again_answer_the_same_and_change_nothing(chat: Chat) -> None:
    number = new_case(chat)
    for verb in ("accept", "finish", "return"):
        first = chat.taps(chat.cast.li, f"{verb}/{number}")
        before = the(chat, number).state
        with unit_of_work(chat.database):
            letters = len(letters_to(chat.cast.li)) + len(letters_to(chat.cast.wang))
        assert chat.taps(chat.cast.li, f"{verb}/{number}") == first
        with unit_of_work(chat.database):
            assert len(letters_to(chat.cast.li)) + len(letters_to(chat.cast.wang)) == letters
        assert the(chat, number).state == before


def test_a_button_that_names_no_case_is_known_by_its_card(chat: Chat) -> None:
    number = new_case(chat)

    def arrived() -> None:
        letters_to(chat.cast.li, "case_dispatched")[0].task_id = "card-of-li"

    chat.database.write(arrived)
    chat.taps(chat.cast.li, "accept", task_id="card-of-li")
    assert the(chat, number).taker_id == chat.cast.li.id
    with unit_of_work(chat.database):
        letter = card_of("card-of-li")
        assert letter is not None
        assert letter.response_code is not None


def test_finish_on_the_card_asks_for_the_photo_in_the_chat(chat: Chat) -> None:
    number = new_case(chat, accepted_by=chat.cast.li)
    card = chat.taps(chat.cast.li, f"finish/{number}")
    assert "照片" in card.card["sub_title_text"]
    with unit_of_work(chat.database):
        assert told(chat.cast.li)[-1] == "finish_reminder"


def test_return_on_the_card_asks_why_and_the_next_words_are_the_reason(chat: Chat) -> None:
    number = new_case(chat)
    card = chat.taps(chat.cast.li, f"return/{number}")
    assert "为什么" in card.card["sub_title_text"]
    chat.says(chat.cast.li, "我在外地")
    with unit_of_work(chat.database):
        assert told(chat.cast.ma) == ["case_dispatched"]
    assert buttons(chat.taps(chat.cast.li, f"accept/{number}")) == ["已派给他人"]


@pytest.mark.parametrize("button", ["accept/999999", "accept/", "", "none/1", "接单", "finish/" + "1" * 500])
def test_a_button_that_leads_nowhere_is_answered_in_words(chat: Chat, button: str) -> None:
    from chat import an_event

    answer = chat.receive(
        an_event(chat.cast.li, "template_card_event", event_key=button, task_id="t", response_code="r")
    )
    assert "没有查到" in str(answer)


# The service account


def bound(chat: Chat) -> Someone:
    code = re.search(r"[2-9A-Z]{8}", chat.says(chat.cast.li, "绑定码"))
    assert code
    home = Someone("李师傅在服务号", official="o-li")
    assert "绑定好了" in chat.says(home, f"绑定 {code[0]}")
    home.id = chat.cast.li.id
    return home


def test_a_cadre_bound_by_a_code_works_from_the_service_account(chat: Chat) -> None:
    home = bound(chat)
    number = new_case(chat)
    assert number in chat.says(home, f"接单 {number}")
    chat.says(home, f"办结 {number} 换了灯泡")
    chat.photographs(home)
    assert the(chat, number).state == "finished"
    assert the(chat, number).taker_id == chat.cast.li.id


def test_a_code_works_once_and_ten_minutes(chat: Chat) -> None:
    code = re.search(r"[2-9A-Z]{8}", chat.says(chat.cast.li, "绑定码"))
    assert code
    with time_machine.travel(after(minutes=11)):
        assert "过期" in chat.says(chat.cast.stranger, f"绑定 {code[0]}")
    assert "绑定好了" in chat.says(chat.cast.stranger, f"绑定{code[0].lower()}")
    assert "过期" in chat.says(chat.cast.rider, f"绑定 {code[0]}")


def test_who_has_a_post_is_never_merged_away_by_a_code(chat: Chat) -> None:
    code = re.search(r"[2-9A-Z]{8}", chat.says(chat.cast.li, "绑定码"))
    assert code
    chat.says(chat.cast.ma, f"绑定 {code[0]}")
    with unit_of_work(chat.database):
        assert session().scalars(select(Staff).where(Staff.person_id == chat.cast.ma.id)).one().active
    number = new_case(chat)
    assert number in chat.says(chat.cast.ma, f"接单 {number}")


def test_what_was_reported_before_the_binding_stays_one_s_own(chat: Chat) -> None:
    home = Someone("李师傅在服务号", official="o-li")
    number = re.search(r"\d{6}", chat.says(home, "育英5号楼1单元灯不亮"))
    assert number
    code = re.search(r"[2-9A-Z]{8}", chat.says(chat.cast.li, "绑定码"))
    assert code
    chat.says(home, f"绑定 {code[0]}")
    assert the(chat, number[0]).reporter_id == chat.cast.li.id
    assert number[0] in chat.says(home, "进度")


@pytest.mark.parametrize("line", ["不归我管", "不归我管，是供电公司的", "钥匙不在我这儿"])
def test_after_a_tap_on_return_any_words_are_the_reason(chat: Chat, line: str) -> None:
    number = new_case(chat)
    new_case(chat)
    chat.taps(chat.cast.li, f"return/{number}")
    assert number in chat.says(chat.cast.li, line)
    with unit_of_work(chat.database):
        returned = [step for step in steps_about("case", int(number[:-1])) if step.what == "returned"]
        assert [step.facts["reason"] for step in returned] == [line]


@pytest.mark.parametrize(
    "line", ["接单 {}", "接单{}", "退单 {} 远", "办结 {} 好了", "转派 {} 马师傅 远", "接单"]
)
def test_a_cadre_who_is_not_known_reports_nothing(chat: Chat, line: str) -> None:
    number = new_case(chat)
    assert "绑定" in chat.says(chat.cast.stranger, line.format(number))
    with unit_of_work(chat.database):
        assert session().scalar(select(func.count()).select_from(Case)) == 1


@pytest.mark.parametrize(
    "line", ["{}接单", "{} 接单", "{}号接单", "已接单 {}", "好的，接单 {}", "收到，接单 {}", "我接{}"]
)
def test_number_and_courtesies_may_go_before_the_command(chat: Chat, line: str) -> None:
    number = new_case(chat)
    new_case(chat)
    assert number in chat.says(chat.cast.li, line.format(number))
    assert the(chat, number).taker_id == chat.cast.li.id


@pytest.mark.parametrize(
    ("line", "kept"),
    [("{} 办结 换了灯", "换了灯"), ("{}修好了", ""), ("已办结 {}，换灯", "换灯"), ("{}号办完了", "")],
)
def test_a_finish_may_begin_with_its_number(chat: Chat, line: str, kept: str) -> None:
    number = new_case(chat)
    other = new_case(chat)
    for one in (number, other):
        chat.says(chat.cast.li, f"接单 {one}")
    chat.says(chat.cast.li, line.format(number))
    chat.photographs(chat.cast.li)
    case = the(chat, number)
    assert (case.state, case.finish_text or "") == ("finished", kept)
    assert the(chat, other).state == "handling"


def test_the_desk_gets_to_the_money_by_one_word(chat: Chat) -> None:
    assert "/fees" in chat.says(chat.cast.zhao, "收费台")
    assert "/fees" not in chat.says(chat.cast.li, "收费台"), "a keeper has none"
    assert "/fees" not in chat.says(chat.cast.zhao, "收费太贵了，居民有意见")


def test_the_books_are_one_word_away(chat: Chat) -> None:
    assert "/books" in chat.says(chat.cast.zhao, "记账")
    assert "/books" not in chat.says(chat.cast.li, "记账"), "a keeper has none"


def test_the_desk_gets_to_the_notices_by_one_word(chat: Chat) -> None:
    for words in ("通知", "发通知"):
        assert "/notices" in chat.says(chat.cast.zhao, words)
    assert "/notices" not in chat.says(chat.cast.li, "通知"), "a keeper writes none"
