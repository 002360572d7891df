"""A quarrel with a mediator: who reads it, how it ends, who is asked whether the agreement was kept."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
import time_machine
from cast import Cast, Someone
from factories import a_case, letters_to, steps, told
from sqlalchemy import select, text

from models.base.actor import By
from models.base.clock import local, now
from models.base.orm import session
from models.base.refusals import Invalid, NotAllowed, NotFound
from models.history import steps_about
from models.mediation import mediating, reading
from models.mediation.tables import Mediation
from models.person.arriving import staff_of
from models.person.tables import Staff
from models.place.version import raise_version

CANARY = "金丝雀九四七"


def a_quarrel(cast: Cast, *, case_id: int | None = None, began: date = date(2015, 5, 1)) -> str:
    """Opened by 赵 of the desk, given to 李."""
    one = mediating.open_one(
        1, "noise", f"张三、李四{CANARY}", f"半夜打鼓{CANARY}", began, cast.li.id, By.staff(cast.zhao.id),
        case_id=case_id,
    )  # fmt: skip
    return one.public_id


def an_agreement(cast: Cast) -> str:
    key = a_quarrel(cast)
    mediating.agree(key, f"十点以后不打{CANARY}", By.staff(cast.li.id))
    return key


def leave(who: Someone) -> None:
    session().scalars(select(Staff).where(Staff.person_id == who.id)).one().active = False
    session().flush()
    raise_version()


def what_happened(key: str) -> list[str]:
    number = session().execute(select(Mediation.id).where(Mediation.public_id == key)).scalar_one()
    return [one.what for one in steps_about("mediation", number)]


def test_the_two_read_it_and_each_reading_is_a_step(cast: Cast) -> None:
    key = a_quarrel(cast)
    mediating.meet(key, now() - timedelta(hours=1), f"都答应再想想{CANARY}", By.staff(cast.li.id))
    for one in (cast.li, cast.zhao):
        opened = reading.read(key, By.staff(one.id))
        assert CANARY in opened.parties
        assert CANARY in opened.matter
        assert CANARY in opened.meetings[0].note
    assert what_happened(key).count("mediation_read") == 2


@pytest.mark.parametrize("who", ["leader", "qian", "ma", "sun", "wang"])
def test_nobody_else_reads_or_moves_it_whatever_the_post(cast: Cast, who: str) -> None:
    key, by = a_quarrel(cast), By.staff(getattr(cast, who).id)
    for attempt in (
        lambda: reading.read(key, by),
        lambda: mediating.meet(key, now(), "x", by),
        lambda: mediating.agree(key, "x", by),
        lambda: mediating.end(key, "to_court", by),
        lambda: mediating.check(key, True, by),
        lambda: mediating.hand_on(key, cast.ma.id, by),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert what_happened(key) == ["mediation_opened"]
    assert reading.mine(by.id) == []


def test_no_word_of_it_stands_in_the_clear(cast: Cast) -> None:
    case = a_case(reporter=cast.wang, text="楼上太吵", category="dispute")
    key = a_quarrel(cast, case_id=case.id)
    mediating.meet(key, now(), f"再想想{CANARY}", By.staff(cast.li.id))
    mediating.agree(key, f"不打了{CANARY}", By.staff(cast.li.id))
    with time_machine.travel(now() + timedelta(days=31)):
        assert mediating.ask_one()
    session().flush()
    for name in ("mediations", "mediation_meetings", "steps", "letters", "cases"):
        rows = session().execute(text(f"SELECT * FROM {name}")).all()
        assert CANARY not in str(rows), name


def test_the_case_knows_that_it_is_with_the_mediator_and_no_more(cast: Cast) -> None:
    case = a_case(reporter=cast.wang, text="楼上太吵", category="dispute")
    key = a_quarrel(cast, case_id=case.id)
    assert reading.is_with_mediator(case.id)
    with pytest.raises(NotAllowed, match="mediation_open"):
        a_quarrel(cast, case_id=case.id)
    mediating.end(key, "no_agreement", By.staff(cast.li.id))
    assert not reading.is_with_mediator(case.id)
    assert [one for one in steps(case) if "mediat" in one] == ["with_mediator", "mediation_over"]
    said = [one.facts for one in steps_about("case", case.id) if "mediat" in one.what]
    assert said == [{}, {}]


def test_the_mediator_hears_that_there_is_one_and_not_what(cast: Cast) -> None:
    key = a_quarrel(cast)
    [letter] = letters_to(cast.li, "mediation_given")
    assert set(letter.facts) == {"path", "at"}
    assert told(cast.zhao) == []
    mediating.hand_on(key, cast.ma.id, By.staff(cast.zhao.id))
    assert letters_to(cast.li, "mediation_given")[0].state == "withdrawn"
    assert told(cast.ma) == ["mediation_given"]
    assert CANARY in reading.read(key, By.staff(cast.ma.id)).matter
    with pytest.raises(NotFound):
        reading.read(key, By.staff(cast.li.id))


def test_after_thirty_days_the_mediator_is_asked_once(cast: Cast) -> None:
    key = an_agreement(cast)
    assert not mediating.ask_one()
    with time_machine.travel(now() + timedelta(days=29)):
        assert not mediating.ask_one()
        with pytest.raises(NotAllowed, match="mediation_early"):
            mediating.check(key, True, By.staff(cast.li.id))
    with time_machine.travel(now() + timedelta(days=30)):
        assert mediating.ask_one()
        assert not mediating.ask_one()
        assert reading.due(cast.li.id) == 1
        assert reading.due(cast.zhao.id) == 0
        mediating.check(key, True, By.staff(cast.li.id))
        assert reading.due(cast.li.id) == 0
        with pytest.raises(NotAllowed, match="mediation_not_now"):
            mediating.check(key, False, By.staff(cast.li.id))
    assert told(cast.li).count("mediation_check") == 1
    assert reading.mine(cast.li.id)[0].ended_how == "kept"


def test_that_it_was_broken_may_be_said_at_once(cast: Cast) -> None:
    key = an_agreement(cast)
    mediating.check(key, False, By.staff(cast.li.id))
    assert reading.mine(cast.zhao.id)[0].ended_how == "broken"


def test_a_new_mediator_is_asked_when_the_one_before_was(cast: Cast) -> None:
    key = an_agreement(cast)
    with time_machine.travel(now() + timedelta(days=31)):
        mediating.ask_one()
        mediating.hand_on(key, cast.ma.id, By.staff(cast.li.id))
        assert mediating.ask_one()
    assert "mediation_check" in told(cast.ma)


def test_where_the_mediator_has_left_the_post_who_opened_it_is_asked_once(cast: Cast) -> None:
    key = an_agreement(cast)
    leave(cast.li)
    with time_machine.travel(now() + timedelta(days=31)):
        assert mediating.ask_one()
        assert not mediating.ask_one()
        assert "mediation_check" in told(cast.zhao)
        assert "mediation_check" not in told(cast.li)
        mediating.check(key, True, By.staff(cast.zhao.id))


def test_handed_back_to_the_first_mediator_that_person_is_asked_again(cast: Cast) -> None:
    key = an_agreement(cast)
    with time_machine.travel(now() + timedelta(days=31)):
        assert mediating.ask_one()
    with time_machine.travel(now() + timedelta(days=32)):
        mediating.hand_on(key, cast.ma.id, By.staff(cast.li.id))
        assert mediating.ask_one()
    with time_machine.travel(now() + timedelta(days=33)):
        mediating.hand_on(key, cast.li.id, By.staff(cast.zhao.id))
        assert mediating.ask_one()
        assert not mediating.ask_one()
    assert told(cast.li).count("mediation_check") == 2


def test_where_both_have_left_the_desk_finds_another_mediator_and_reads_no_word(cast: Cast) -> None:
    key = a_quarrel(cast)
    leave(cast.li)
    desk = By.staff(cast.leader.id)
    assert reading.all_left(cast.leader.id) == []
    assert not mediating.tell_left()
    leave(cast.zhao)
    [line] = reading.all_left(cast.leader.id)
    assert CANARY not in str(line)
    assert mediating.tell_left()
    assert not mediating.tell_left()
    assert line.public_id == key
    with pytest.raises(NotFound):
        reading.read(key, desk)
    with pytest.raises(NotAllowed, match="mediation_not_to_self"):
        mediating.find_another(key, cast.leader.id, desk)
    mediating.find_another(key, cast.ma.id, desk)
    assert reading.all_left(cast.leader.id) == []
    [letter] = letters_to(cast.leader, "mediation_left")
    assert letter.state == "withdrawn"
    assert told(cast.ma) == ["mediation_given"]
    assert CANARY in reading.read(key, By.staff(cast.ma.id)).matter
    with pytest.raises(NotFound):
        reading.read(key, desk)


@pytest.mark.parametrize("who", ["qian", "ma", "sun", "wang"])
def test_nobody_but_the_places_own_desk_hands_on_what_both_have_left(cast: Cast, who: str) -> None:
    key, person = a_quarrel(cast), getattr(cast, who)
    leave(cast.li)
    leave(cast.zhao)
    assert reading.all_left(person.id) == []
    with pytest.raises(NotFound):
        mediating.find_another(key, cast.ma.id, By.staff(person.id))


def test_what_one_of_the_two_still_has_is_handed_on_by_nobody_else(cast: Cast) -> None:
    key = a_quarrel(cast)
    leave(cast.li)
    with pytest.raises(NotFound):
        mediating.find_another(key, cast.ma.id, By.staff(cast.leader.id))


@pytest.mark.parametrize("how", ["no_agreement", "to_court", "withdrawn"])
def test_without_an_agreement_it_ends_and_nothing_follows(cast: Cast, how: str) -> None:
    key = a_quarrel(cast)
    mediating.end(key, how, By.staff(cast.zhao.id))
    one = session().scalars(select(Mediation)).one()
    assert (one.ended_how, one.concluded_at is not None, one.check_on) == (how, how != "withdrawn", None)
    for late in (
        lambda: mediating.agree(key, "x", By.staff(cast.li.id)),
        lambda: mediating.end(key, how, By.staff(cast.li.id)),
        lambda: mediating.check(key, True, By.staff(cast.li.id)),
        lambda: mediating.hand_on(key, cast.ma.id, By.staff(cast.li.id)),
    ):
        with pytest.raises(NotAllowed, match="mediation_not_now"):
            late()


def test_what_is_missing_or_impossible_is_refused(cast: Cast) -> None:
    by, today = By.staff(cast.zhao.id), local(now()).date()
    mediator, tomorrow = cast.li.id, today + timedelta(days=1)
    for code, arguments in (
        ("mediation_kind", ("no_such", "a", "b", today, mediator)),
        ("mediation_words", ("noise", " ", "b", today, mediator)),
        ("mediation_words", ("noise", "a", "", today, mediator)),
        ("mediation_day", ("noise", "a", "b", tomorrow, mediator)),
        ("keeper_unclear", ("noise", "a", "b", today, cast.wang.id)),
    ):
        with pytest.raises(Invalid, match=code):
            mediating.open_one(1, *arguments, by)
    key = a_quarrel(cast)
    with pytest.raises(Invalid, match="mediation_words"):
        mediating.meet(key, now(), " ", by)
    with pytest.raises(Invalid, match="mediation_words"):
        mediating.agree(key, " ", by)
    for at in (now() + timedelta(minutes=5), now() - timedelta(days=365 * 20)):
        with pytest.raises(Invalid, match="mediation_day"):
            mediating.meet(key, at, "x", by)
    with pytest.raises(Invalid, match="mediation_end"):
        mediating.end(key, "kept", by)
    with pytest.raises(Invalid, match="keeper_unclear"):
        mediating.hand_on(key, cast.wang.id, by)


def test_the_desk_hands_on_what_a_mediator_who_left_had(cast: Cast) -> None:
    key = a_quarrel(cast)
    staff = staff_of(cast.li.id)
    assert staff is not None
    staff.active = False
    mediating.hand_on(key, cast.ma.id, By.staff(cast.zhao.id))
    assert CANARY in reading.read(key, By.staff(cast.zhao.id)).parties


def test_nothing_outside_its_room_names_a_sealed_column() -> None:
    root = Path(__file__).resolve().parents[3]
    names = {"parties_sealed", "matter_sealed", "agreement_sealed", "note_sealed"}
    for package in ("models", "handlers", "server", "scripts"):
        for file in (root / package).rglob("*.py"):
            if file.parent.name in ("mediation", "versions"):
                continue
            assert not names & set(re.findall(r"\w+", file.read_text(encoding="utf-8"))), file
