"""Every verb said by everybody whose turn it is not: refused, no step, no letter, nothing changed."""

from collections.abc import Callable

import pytest
from cast import Cast, Someone
from factories import a_case, a_photo, everything

from models.base.actor import By
from models.base.refusals import Refused
from models.case import emergency
from models.case.case import Case

Said = Callable[[Case, Someone, Cast], object]

OFFERED = {"accept": lambda case, who, cast: case.accept(who.id)}
WORKED_ON: dict[str, Said] = {
    "accept": lambda case, who, cast: case.accept(who.id),
    "give_back": lambda case, who, cast: case.give_back(who.id, "不归我管"),
    "transfer": lambda case, who, cast: case.transfer(who.id, cast.sun.id, "您近"),
    "finish": lambda case, who, cast: case.finish(who.id, "换了灯泡"),
    "finish without a photo": lambda case, who, cast: case.finish(who.id, "换了", no_photo_reason="没带手机"),
    "void as a resident": lambda case, who, cast: case.void(By.person(who.id), "不要了"),
    "void as staff": lambda case, who, cast: case.void(By.staff(who.id), "不是诉求"),
    "leave": lambda case, who, cast: case.leave(who.id),
}
FINISHED: dict[str, Said] = {
    "finish": lambda case, who, cast: case.finish(who.id, "又换了一个"),
    "nod": lambda case, who, cast: case.nod(By.person(who.id)),
    "nod by phone": lambda case, who, cast: case.nod(By.staff(who.id), by_phone=True),
    "object": lambda case, who, cast: case.object(By.person(who.id), "没好"),
    "object by phone": lambda case, who, cast: case.object(By.staff(who.id), "没好"),
    "rate": lambda case, who, cast: case.rate(By.person(who.id), 5),
    "transfer": lambda case, who, cast: case.transfer(who.id, cast.sun.id, "您近"),
    "give_back": lambda case, who, cast: case.give_back(who.id, "不归我管"),
}


def wrong_callers(cast: Cast) -> dict[str, Someone]:
    """Case of 王阿姨, in the hands of 李师傅, met by 孙小雨 too; 马师傅 had it and gave it back."""
    return {
        "a rider": cast.rider,
        "another keeper": cast.wu,
        "one who gave it back": cast.ma,
        "a grid worker": cast.sun,
        "the desk of another community": cast.qian,
        "a department": cast.zhou,
    }


@pytest.mark.parametrize("verb", WORKED_ON)
def test_nobody_moves_what_somebody_else_works_on(cast: Cast, verb: str) -> None:
    case = a_case(reporter=cast.wang)
    case.give_back(cast.ma.id, "够不着")
    case.accept(cast.li.id)
    case.join(cast.sun_xiaoyu.id)
    a_photo(case, cast.li)
    had = everything(case)
    people = wrong_callers(cast) | {"the reporter": cast.wang, "one who joined": cast.sun_xiaoyu}
    if verb == "void as a resident":
        del people["the reporter"]
    if verb == "leave":
        del people["one who joined"]
    for who in people.values():
        with pytest.raises(Refused):
            WORKED_ON[verb](case, who, cast)
        assert everything(case) == had, who


@pytest.mark.parametrize("verb", FINISHED)
def test_nobody_judges_or_moves_what_is_finished_but_those_it_concerns(cast: Cast, verb: str) -> None:
    case = a_case(reporter=cast.wang)
    case.give_back(cast.ma.id, "够不着")
    case.accept(cast.li.id)
    a_photo(case, cast.li)
    case.finish(cast.li.id, "换了灯泡")
    had = everything(case)
    for who in (wrong_callers(cast) | {"the taker": cast.li}).values():
        with pytest.raises(Refused):
            FINISHED[verb](case, who, cast)
        assert everything(case) == had, who


def test_what_was_offered_to_others_cannot_be_accepted(cast: Cast) -> None:
    case = a_case(reporter=cast.wang)
    had = everything(case)
    for who in (cast.wang, cast.rider, cast.wu, cast.sun, cast.zhao, cast.qian, cast.zhou, cast.leader):
        with pytest.raises(Refused):
            case.accept(who.id)
        assert everything(case) == had


def test_only_those_who_are_rung_or_who_have_the_case_stop_an_alarm(cast: Cast) -> None:
    case = an_emergency(cast)
    for who in (cast.wang, cast.rider, cast.wu, cast.qian):
        had = everything(case)
        with pytest.raises(Refused):
            emergency.acknowledge(case.id, who.id)
        assert everything(case) == had
    assert emergency.acknowledge(case.id, cast.zhao.id)


def an_emergency(cast: Cast) -> Case:
    case = a_case(reporter=cast.wang, text="楼道着火了", category="fire_safety", urgency="emergency")
    emergency.raise_alarm(case.id, "119", community_id=case.community_id, facts=case.facts(), every_minutes=3)
    return case
