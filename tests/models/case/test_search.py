"""Words find the cases that hold them: the same ones as reading every case would, for everybody who may."""

import random
from itertools import product

import time_machine
from calendars import known_years
from cast import Cast, Someone
from factories import a_case, finish, spot
from sqlalchemy import func, select

from models.base.actor import By
from models.base.clock import ago
from models.base.orm import session
from models.base.privacy import blind
from models.case import search_index
from models.case.caller import keep_caller
from models.case.case import Case
from models.case.listing import Page, page
from models.case.listing_terms import Filters
from models.case.search_index import follow, forget, index
from models.case.search_tables import CaseWords
from models.case.search_text import stretches_of
from models.case.search_units import asked, holds
from models.person.arriving import Visitor, visitor_of
from models.person.tables import Person

SAID = (
    "地下室漏水了", "楼顶漏雨，水流到楼道里", "３号楼二单元灯不亮!", "电梯坏了，卡在5楼",
    "下水道堵了，水漫出来", "停车位被占，车牌黑A12345", "吃水管道漏", "wifi信号不好",
    "暖气不热 100%", "𠮷祥小吃店油烟💧大", "樓道燈壞了",
)  # fmt: skip
LOOKED_FOR = (
    "漏水", "水", "漏", "灯", "电梯", "3号楼", "3栋", "502", "50", "3-2-502", "2-502",
    "育英小区", "wifi", "WiFi", "吃水", "水管道", "漏水 地下室", "灯不亮 3号楼2单元",
    "楼道灯坏了", "𠮷", "💧", "a12345", "12345", "%", "_", "漏%", "水_", "100%",
    "没有这样的话", "换了灯泡", "3号楼2单元502室", "1号楼", "１号楼", "5楼",
)  # fmt: skip


def indexed() -> None:
    while follow():
        pass


def looking(someone: Someone) -> Visitor:
    visitor = visitor_of(someone.id, "page")
    assert visitor is not None
    return visitor


def found(someone: Someone, words: str, **filters: object) -> list[int]:
    seen: list[int] = []
    part: Page | None = None
    while part is None or part.next is not None:
        part = page(looking(someone), Filters(words=words, **filters), part.next if part else None, seconds=9)  # type: ignore[arg-type]
        seen += [case.id for case in part.cases]
    return seen


def read_through(someone: Someone, words: str) -> list[int]:
    """Every case that the person may see, one by one."""
    from models.case.reach import visible_to

    cases = session().scalars(select(Case).where(visible_to(looking(someone))).order_by(Case.id.desc())).all()
    stretches = stretches_of(cases)
    wanted = asked(words)
    return [
        case.id
        for case in cases
        if wanted and all(any(holds(stretches[case.id], one) for one in word) for word in wanted)
    ]


def a_past(cast: Cast, seed: int, size: int = 40) -> list[Case]:
    chance = random.Random(seed)
    places = [
        spot("育英小区", "3", "2"), spot("育英小区", "5", "1"), spot("育英小区", None, None),
        spot("建设小区", "1", "2"),
    ]  # fmt: skip
    made = []
    for _ in range(size):
        case = a_case(
            reporter=chance.choice([cast.wang, cast.sun_xiaoyu, cast.rider]),
            text=chance.choice(SAID) + chance.choice(["", "！！", "\n快来", " " + chance.choice(SAID)]),
            at=chance.choice(places),
            entered_by=chance.choice([None, None, None, cast.zhao]),
        )
        if chance.random() < 0.3:
            case.room = chance.choice(["502", "1502", "50"])
        what = chance.random()
        if what < 0.2:
            case.join(cast.stranger.id or cast.rider.id, chance.choice(SAID))
        elif what < 0.4:
            case.add_text(chance.choice(SAID), By.person(cast.wang.id))
        elif what < 0.5:
            case.relocate(chance.choice(places), By.staff(cast.zhao.id))
        elif what < 0.6 and case.may_be_accepted_by(cast.li.id):
            case.accept(cast.li.id)
            finish(case, cast.li)
        if chance.random() < 0.2:
            indexed()
        made.append(case)
    session().flush()
    return made


def test_a_search_finds_what_reading_every_case_finds(cast):
    a_past(cast, 1)
    indexed()
    all_words = [(cast.leader, words) for words in LOOKED_FOR]
    roles = (cast.zhao, cast.qian, cast.li, cast.sun, cast.zhou, cast.wang)
    for someone, words in all_words + list(product(roles, ("漏水", "水", "3号楼", "502"))):
        assert found(someone, words) == read_through(someone, words), (someone, words)
    assert found(cast.leader, "漏水")
    assert found(cast.leader, "漏水", order="oldest") == found(cast.leader, "漏水")[::-1]


def test_of_what_is_due_the_first_comes_first(cast):
    known_years()
    a_past(cast, 3, 25)
    indexed()
    due = {case.id: case.due_at for case in session().scalars(select(Case))}
    order = found(cast.leader, "水", order="due")
    assert order == sorted(
        (one for one in found(cast.leader, "水") if due[one]), key=lambda one: (due[one], one)
    )
    assert len(order) > 5


def test_signs_alone_find_nothing_and_stand_for_nothing_else(cast):
    a_case(reporter=cast.wang, text="一%二_三")
    indexed()
    for words in ("%", "_", "%%", "*", "\\", "'", '"', "一%四", "二%%五", "' OR 1=1 --"):
        assert found(cast.leader, words) == []
    assert found(cast.leader, "二_三")
    assert found(cast.leader, "一%三")


def test_odd_text_is_looked_for_like_any_other(cast):
    case = a_case(reporter=cast.wang, text="漏水 e\u0301cole ①号 \u202e倒")
    indexed()
    for words in ("\x00", "\ud800", "\u202e漏", "é" * 500, "，。", "0" * 80, "a" * 3000, "漏" * 3000):
        assert len(found(cast.leader, words)) <= 1
    for words in ("école", "ÉCOLE", "1号", "\u200b漏\u200b 水", "倒"):
        assert found(cast.leader, words) == [case.id], words


def test_the_number_of_a_case_said_over_the_telephone(cast):
    case = a_case(reporter=cast.wang)
    indexed()
    assert found(cast.zhao, case.number) == [case.id]
    assert found(cast.qian, case.number) == []
    wrong = str((int(case.number[-1]) + 1) % 10)
    assert found(cast.zhao, case.number[:-1] + wrong) == []


def test_a_telephone_number_finds_whose_it_is_and_stands_nowhere(cast):
    session().get_one(Person, cast.wang.id).phone_hash = blind("13911112222", "phone")
    reported = a_case(reporter=cast.wang)
    called = a_case(entered_by=cast.zhao)
    keep_caller(called, "李大爷", "13911113333")
    written = a_case(reporter=cast.rider, text="打 139 1111 4444 找我，座机 8221234")
    indexed()
    for number, case in (
        ("13911112222", reported), ("13911113333", called), ("13911114444", written),
        ("139 1111 4444", written), ("8221234", written),
    ):  # fmt: skip
        assert found(cast.zhao, number) == [case.id]
        assert found(cast.qian, number) == []
    assert found(cast.zhao, "13911119999") == []


def test_what_was_let_go_of_stands_in_no_index(cast):
    kept, case = a_case(reporter=cast.rider, text="漏水"), a_case(entered_by=cast.zhao, text="漏水")
    keep_caller(case, "李大爷", "13911113333")
    indexed()
    before = session().execute(select(func.count()).select_from(CaseWords)).scalar_one()
    case.caller_sealed = None
    session().flush()
    forget([case.id])
    assert session().execute(select(func.count()).select_from(CaseWords)).scalar_one() == before - 1
    assert found(cast.zhao, "13911113333") == []
    assert found(cast.zhao, "漏水") == [case.id, kept.id]


def test_the_index_goes_on_where_it_stopped_and_forgets_nothing(cast, monkeypatch):
    monkeypatch.setattr(search_index, "MOST_UNSETTLED", 3)
    monkeypatch.setattr(search_index, "STEPS", 4)
    monkeypatch.setattr(search_index, "AT_ONCE", 2)
    made = [a_case(reporter=cast.wang, text="漏水") for _ in range(9)]
    indexed()
    with time_machine.travel(ago(minutes=-6)):
        indexed()
    with time_machine.travel(ago(minutes=-12)):
        made.append(a_case(reporter=cast.wang, text="漏水"))
        indexed()
        assert found(cast.zhao, "漏水") == [case.id for case in reversed(made)]
    with time_machine.travel(ago(minutes=-30)):
        indexed()
        follow()
        with time_machine.travel(ago(minutes=-40)):
            indexed()
        assert search_index.behind() == 0


def test_an_address_that_was_put_right_is_found_under_the_new_one(cast):
    case = a_case(reporter=cast.wang, text="漏水")
    indexed()
    case.relocate(spot("育英小区", "5", "1"), By.staff(cast.zhao.id))
    indexed()
    assert found(cast.zhao, "5号楼 漏水") == [case.id]
    assert found(cast.zhao, "3号楼") == []


def test_to_index_twice_writes_nothing_new(cast):
    case = a_case(reporter=cast.wang, text="漏水")
    session().flush()
    index([case.id])
    before = [tuple(row) for row in session().execute(select(CaseWords.gram, CaseWords.cases))]
    index([case.id])
    assert [tuple(row) for row in session().execute(select(CaseWords.gram, CaseWords.cases))] == before
