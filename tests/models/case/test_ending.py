"""Ends that differ: explained, not true, a yearly work; each with a second person and the resident's word."""

from datetime import date

import pytest
from cast import Cast, Someone
from factories import a_case, a_photo, everything, finish, group_letters, letters_to, spot, steps, told

from handlers import words
from models.base.actor import By
from models.base.clock import now
from models.base.refusals import Invalid, NotAllowed
from models.case import on_the_spot
from models.case.case import Case
from models.case.ending import Work
from models.case.lifecycle import State
from models.case.telling import whole
from models.history import record, steps_about
from models.joins.turning import agree_as_second, ask_whether_it_was, case_was

RULE = "《黑龙江省住宅物业管理条例》第四十条"
WORK = Work("0012", "墙皮脱落", 2027, "赵主任", date(2027, 4, 1))


def by(person: Someone) -> By:
    return By.person(person.id)


def explained(cast: Cast) -> Case:
    """Said by the one who works on it, agreed to by the desk."""
    case = a_case(reporter=cast.wang, accepted_by=cast.li)
    case.propose_end(cast.li.id, "explained", "这是业主自己家里的管子", RULE)
    case.agree_to_end(cast.zhao.id)
    return case


def last(case: Case, what: str) -> dict[str, object]:
    return next(dict(one.facts) for one in reversed(steps_about("case", case.id)) if one.what == what)


def test_what_cannot_be_done_needs_reason_rule_and_a_second_person_before_the_resident_is_asked(
    cast: Cast,
) -> None:
    case = a_case(reporter=cast.wang, accepted_by=cast.li)
    with pytest.raises(Invalid, match="reason_needed"):
        case.propose_end(cast.li.id, "explained", " ", RULE)
    with pytest.raises(Invalid, match="rule_needed"):
        case.propose_end(cast.li.id, "explained", "这是业主自己家里的管子")
    case.propose_end(cast.li.id, "explained", "这是业主自己家里的管子", RULE)
    assert (case.state, case.claim, case.proposal) == (State.HANDLING, None, "explained")
    assert "case_finished" not in told(cast.wang)
    assert told(cast.zhao)[-1] == "case_claim_asked"
    assert case.agree_to_end(cast.zhao.id)
    assert (case.state, case.claim, case.proposal, case.taker_id) == (
        State.FINISHED, "explained", None, cast.li.id,
    )  # fmt: skip
    said = last(case, "finished")
    assert (said["claim"], said["rule"], said["approved_by"]) == ("explained", RULE, cast.zhao.id)
    assert told(cast.li)[-1] == "case_claim_ended"


def test_the_resident_reads_reason_rule_and_who_agreed_and_how_to_object(cast: Cast) -> None:
    explained(cast)
    text = words.letter("case_finished", "chat", letters_to(cast.wang, "case_finished")[0].facts).text
    for part in ("这是业主自己家里的管子", RULE, "赵主任", "李师傅", "不同意"):
        assert part in text
    assert "修好" not in text


def test_nobody_agrees_to_the_own_words_nor_without_a_deciding_post(cast: Cast) -> None:
    case = a_case(reporter=cast.wang, accepted_by=cast.li)
    case.propose_end(cast.zhao.id, "untrue", "路灯亮着，没有坏")
    had = everything(case)
    with pytest.raises(NotAllowed, match="proposer_agrees"):
        case.agree_to_end(cast.zhao.id)
    for other in (cast.li, cast.ma, cast.qian, cast.wu):
        with pytest.raises(NotAllowed):
            case.agree_to_end(other.id)
        with pytest.raises(NotAllowed):
            case.refuse_end(other.id, "不行")
    assert everything(case) == had
    assert case.agree_to_end(cast.leader.id)
    assert case.taker_id == cast.zhao.id
    assert told(cast.li)[-1] == "case_called_off"


def test_what_is_refused_goes_on_with_its_reason(cast: Cast) -> None:
    case = a_case(reporter=cast.wang, accepted_by=cast.li)
    case.propose_end(cast.li.id, "untrue", "没看到漏水")
    with pytest.raises(Invalid, match="reason_needed"):
        case.refuse_end(cast.zhao.id, "")
    assert case.refuse_end(cast.zhao.id, "晚上再去看一次")
    assert (case.state, case.proposal) == (State.HANDLING, None)
    assert not case.agree_to_end(cast.zhao.id)
    assert letters_to(cast.li, "case_claim_ended")[0].facts["why"] == "晚上再去看一次"
    case.propose_end(cast.li.id, "untrue", "晚上又看了，不漏")
    assert case.agree_to_end(cast.zhao.id)


def test_one_proposal_waits_at_a_time_and_falls_with_the_work(cast: Cast) -> None:
    case = a_case(reporter=cast.wang, accepted_by=cast.li)
    case.propose_end(cast.li.id, "untrue", "没看到漏水")
    with pytest.raises(NotAllowed, match="claim_waits"):
        case.propose_end(cast.zhao.id, "untrue", "没看到漏水")
    assert case.proposed() is None  # no extension waits
    case.give_back(cast.li.id, "不归我管")
    assert case.proposal is None
    assert not case.agree_to_end(cast.zhao.id)


def test_a_no_to_what_was_explained_goes_to_the_desk_and_not_back(cast: Cast) -> None:
    case = explained(cast)
    assert case.object(by(cast.wang), "总管也漏")
    assert (case.state, case.route, case.taker_id, case.claim) == (State.DISPATCHED, "objected", None, None)
    assert told(cast.zhao)[-1] == "case_objected"
    assert not case.may_be_accepted_by(cast.li.id)
    case.accept(cast.zhao.id)
    finish(case, cast.zhao)
    assert case.claim == "mended"


def test_a_no_to_what_the_desk_itself_explained_goes_above_it(cast: Cast) -> None:
    case = a_case(reporter=cast.wang)
    case.propose_end(cast.zhao.id, "explained", "这是业主自己家里的管子", RULE)
    case.agree_to_end(cast.leader.id)
    case.rate(by(cast.wang), 1, "推脱")
    assert case.state == State.DISPATCHED
    assert not case.may_be_accepted_by(cast.zhao.id) or told(cast.leader)[-1] == "case_objected"
    assert told(cast.leader)[-1] == "case_objected"


def test_a_yes_closes_and_the_building_does_not_read_that_it_is_mended(cast: Cast) -> None:
    case = explained(cast)
    assert case.nod(by(cast.wang))
    assert (case.state, case.close_kind, case.claim) == (State.CLOSED, "nod", "explained")
    assert not group_letters()


def test_silence_closes_by_default_and_the_claim_stays_with_it(cast: Cast) -> None:
    case = explained(cast)
    case.close_by_default()
    assert (case.close_kind, case.claim, case.solved_level) == ("default", "explained", None)
    text = words.letter(
        "case_closed_default", "chat", letters_to(cast.wang, "case_closed_default")[0].facts
    ).text
    assert "不同意" in text


def test_whoever_agreed_does_not_write_down_the_callers_yes(cast: Cast) -> None:
    case = a_case(entered_by=cast.sun, accepted_by=cast.li)
    case.propose_end(cast.li.id, "untrue", "没看到漏水")
    case.agree_to_end(cast.zhao.id)
    with pytest.raises(NotAllowed, match="nod_by_taker"):
        case.nod(By.staff(cast.zhao.id), by_phone=True)
    assert case.nod(By.staff(cast.sun.id), by_phone=True)


def test_a_yearly_work_needs_the_problem_that_holds_it(cast: Cast) -> None:
    case = a_case(reporter=cast.wang, accepted_by=cast.li)
    with pytest.raises(Invalid, match="work_needed"):
        case.propose_end(cast.li.id, "yearly_work", "整栋楼的墙皮")
    case.propose_end(cast.li.id, "yearly_work", "整栋楼的墙皮", work=WORK)
    case.agree_to_end(cast.zhao.id)
    text = words.letter("case_finished", "chat", letters_to(cast.wang, "case_finished")[0].facts).text
    assert "2027年的专项工程" in text
    assert "4月1日" in text


def test_what_nobody_took_is_ended_by_the_desk_and_who_was_asked_hears_of_it(cast: Cast) -> None:
    case = a_case(reporter=cast.wang)
    case.propose_end(cast.zhao.id, "untrue", "路灯亮着")
    case.agree_to_end(cast.leader.id)
    assert (case.state, case.taker_id) == (State.FINISHED, cast.zhao.id)
    assert told(cast.li, state="waiting") == []
    assert "accepted" not in steps(case)


def test_what_a_building_is_warned_of_does_not_end_before_it_is_safe(cast: Cast) -> None:
    case = a_case(reporter=cast.wang, accepted_by=cast.li)
    case.propose_end(cast.li.id, "explained", "要等开春", RULE)
    record(case.about, "warned", by=By.staff(cast.zhao.id), at=now(), notice=1)
    with pytest.raises(NotAllowed, match="safe_first"):
        case.agree_to_end(cast.zhao.id)
    case.refuse_end(cast.zhao.id, "先排险")
    with pytest.raises(NotAllowed, match="safe_first"):
        case.propose_end(cast.li.id, "yearly_work", "整面墙", work=WORK)
    record(case.about, "made_safe", by=By.staff(cast.li.id), at=now())
    case.propose_end(cast.li.id, "yearly_work", "整面墙", work=WORK)
    assert case.agree_to_end(cast.zhao.id)


def test_what_was_not_mended_took_no_time_to_mend(cast: Cast) -> None:
    case = explained(cast)
    assert whole(case)["minutes_to_mend"] is None


# levels


def test_the_level_is_that_of_whoever_finished_it(cast: Cast) -> None:
    for who, level in ((cast.li, "building"), (cast.sun, "grid"), (cast.zhao, "community")):
        case = a_case(reporter=cast.wang)
        if who != cast.li:
            case.transfer(cast.zhao.id, who.id, "请您去看看")
        case.accept(who.id)
        finish(case, who)
        assert case.solved_level == level == last(case, "finished")["level"]


def test_the_desk_puts_the_level_right_and_nobody_else(cast: Cast) -> None:
    case = a_case(reporter=cast.wang, finished_by=cast.li)
    with pytest.raises(NotAllowed):
        case.say_level(cast.li.id, "department")
    with pytest.raises(Invalid):
        case.say_level(cast.zhao.id, "moon")
    assert case.say_level(cast.zhao.id, "department")
    assert not case.say_level(cast.zhao.id, "department")
    assert (case.solved_level, last(case, "level_said")) == ("department", {"level": "department"})
    case.object(by(cast.wang), "没好")
    assert case.solved_level is None
    with pytest.raises(NotAllowed):
        case.say_level(cast.zhao.id, "grid")


# on the spot


def on_spot(cast: Cast, *, reporter: Someone | None = None) -> Case:
    case = on_the_spot.begin(
        text="楼道堆的纸箱清走了", category="sanitation", spot=spot(), by=cast.li.id,
        reporter=reporter.id if reporter else None,
    )  # fmt: skip
    a_photo(case, cast.li)
    on_the_spot.solve(case, cast.li.id)
    return case


def test_on_the_spot_it_is_opened_and_finished_in_one_breath_and_the_resident_is_asked(cast: Cast) -> None:
    case = on_spot(cast, reporter=cast.wang)
    assert steps(case) == ["reported", "finished"]
    assert (case.state, case.solved_level, case.taker_id) == (State.FINISHED, "spot", cast.li.id)
    assert told(cast.wang) == ["case_finished"]
    assert told(cast.li) == told(cast.ma) == []
    case.object(by(cast.wang), "还有一堆")
    assert (case.state, case.taker_id) == (State.HANDLING, cast.li.id)


def test_with_nobody_to_ask_it_is_closed_and_never_counted_as_a_nod(cast: Cast) -> None:
    case = on_spot(cast)
    assert (case.state, case.close_kind) == (State.CLOSED, "unasked")
    assert not group_letters()
    assert told(cast.li) == []


def test_on_the_spot_a_photo_is_needed_and_a_post(cast: Cast) -> None:
    case = on_the_spot.begin(text="清走了", category=None, spot=spot(), by=cast.li.id)
    with pytest.raises(Invalid, match="photo_needed"):
        on_the_spot.solve(case, cast.li.id)
    with pytest.raises(NotAllowed):
        on_the_spot.begin(text="清走了", category=None, spot=spot(), by=cast.wang.id)
    with pytest.raises(NotAllowed, match="spot_elsewhere"):
        on_the_spot.begin(text="清走了", category=None, spot=spot(), by=cast.qian.id)
    with pytest.raises(NotAllowed):
        on_the_spot.solve(a_case(reporter=cast.wang), cast.li.id)


# what staff take for no case at all


def test_whose_words_were_taken_for_small_talk_hears_of_it(cast: Cast) -> None:
    case = a_case(reporter=cast.wang, text="今天真冷")
    ask_whether_it_was(case, "chat", cast.zhao.id, "闲聊")
    assert agree_as_second(case, cast.leader.id) == "void"
    assert case.state == State.VOID
    assert told(cast.wang) == ["case_voided"]
    mine = a_case(reporter=cast.rider, text="今天真冷")
    case_was(mine, "chat", by(cast.rider), "我就说说")
    assert told(cast.rider) == []
