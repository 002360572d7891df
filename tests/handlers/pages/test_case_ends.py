"""Ends other than mended on the page of a case: proposed, agreed to by another, put to the resident."""

import io
from collections.abc import Callable

import pytest
from cast import Cast
from factories import a_case
from page_phone import Phone
from pictures import photo

from handlers.pages.case_ends import ENDS
from models.base.orm import session
from models.case.case import Case
from server.database import Database

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)
Link = Callable[..., str]


def made(db: Database, **how: object) -> int:
    return db.write(lambda: a_case(**how).id)  # type: ignore[arg-type]


def case_of(db: Database, key: int) -> Case:
    with db.read():
        return session().get_one(Case, key)


def explained(db: Database, phone: Phone, town: Cast, link: Link) -> int:
    key = made(db, reporter=town.wang, accepted_by=town.li)
    picture = (io.BytesIO(photo(800, 600)), "IMG_1.jpg")
    said = phone.sent_and_shown(
        f"{link(town.li, key)}/end", to="explained", words="是自家的管子", rule="条例第四十条", photos=picture
    )
    assert "等另一位负责人审" in said
    return key


def test_one_proposes_another_agrees_and_the_resident_reads_why_and_may_object(
    db: Database, phone: Phone, town: Cast, link: Link
) -> None:
    key = explained(db, phone, town, link)
    keeper, desk, resident = (link(one, key) for one in (town.li, town.zhao, town.wang))
    assert "同意，问居民" not in phone.open(keeper).text
    assert "是自家的管子" not in phone.open(resident).text
    waiting = phone.open(desk).text
    assert "同意，问居民" in waiting
    assert "条例第四十条" in waiting
    assert "正在问居民" in phone.sent_and_shown(f"{desk}/end-agree")
    page = phone.open(resident).text
    for words in ("是自家的管子", "条例第四十条", "赵主任", "不同意，请另派人看", "现场看到的"):
        assert words in page
    assert "修好了吗" not in page
    phone.sent_and_shown(f"{resident}/object", words="总管也漏")
    case = case_of(db, key)
    assert (case.state, case.route, case.taker_id) == ("dispatched", "objected", None)


def test_what_is_missing_is_said_and_nothing_typed_is_lost(
    db: Database, phone: Phone, town: Cast, link: Link
) -> None:
    key = made(db, reporter=town.wang, accepted_by=town.li)
    answer = phone.send(f"{link(town.li, key)}/end", to="explained", words="是自家的管子", verb="end")
    assert answer.status_code == 422
    assert "依据" in answer.text
    assert "是自家的管子" in answer.text
    assert phone.send(f"{link(town.li, key)}/end", to="yearly_work", words="整面墙").status_code == 422
    assert case_of(db, key).proposal is None


def test_a_no_by_the_second_person_has_its_reason(db: Database, phone: Phone, town: Cast, link: Link) -> None:
    key = explained(db, phone, town, link)
    desk = link(town.zhao, key)
    assert phone.send(f"{desk}/end-refuse", reason="").status_code == 422
    assert "接着办" in phone.sent_and_shown(f"{desk}/end-refuse", reason="请再去看一次")
    assert "审过了" in phone.sent_and_shown(f"{desk}/end-agree")
    assert case_of(db, key).state == "handling"


def test_nobody_else_ends_a_case_that_way(db: Database, phone: Phone, town: Cast, link: Link) -> None:
    key = explained(db, phone, town, link)
    for one in (town.wang, town.ma, town.li):
        for verb in ENDS:
            answer = phone.send(f"{link(one, key)}/{verb}", to="untrue", words="x", reason="x")
            assert answer.status_code in (404, 409, 422), (one, verb)
    assert case_of(db, key).proposal == "explained"


def test_the_desk_puts_the_level_right(db: Database, phone: Phone, town: Cast, link: Link) -> None:
    key = made(db, reporter=town.wang, finished_by=town.li)
    assert "楼栋解决，改一改" in phone.open(link(town.zhao, key)).text
    phone.sent_and_shown(f"{link(town.zhao, key)}/level", to="department")
    assert "部门解决" in phone.open(link(town.wang, key)).text
    assert "改一改" not in phone.open(link(town.li, key)).text


def test_what_takes_two_is_proposed_with_its_reason_and_agreed_to_by_another(
    db: Database, phone: Phone, town: Cast, link: Link
) -> None:
    key = made(db, reporter=town.wang, text="今天真冷")
    desk, street = (link(one, key) for one in (town.zhao, town.leader))
    form = {"category": "lighting", "urgency": "normal", "intent": "chat"}
    assert phone.send(f"{desk}/correct", **form).status_code == 422
    assert "交上去了" in phone.sent_and_shown(f"{desk}/correct", **form, reason="只是说说天气")
    assert "作废？" in phone.open(desk).text
    assert "second-agree" not in phone.open(desk).text
    assert "只是说说天气" in phone.open(street).text
    assert "已作废" in phone.sent_and_shown(f"{street}/second-agree")
    assert case_of(db, key).state == "void"


def test_less_urgency_is_refused_with_a_reason_and_stays_as_it_was(
    db: Database, phone: Phone, town: Cast, link: Link
) -> None:
    key = made(db, reporter=town.wang, text="闻到煤气味", urgency="emergency", category="gas")
    desk, street = (link(one, key) for one in (town.zhao, town.leader))
    form = {"category": "gas", "urgency": "normal", "intent": ""}
    assert "交上去了" in phone.sent_and_shown(f"{desk}/correct", **form, reason="是邻居做饭")
    assert phone.send(f"{street}/second-refuse", reason="").status_code == 422
    assert "照原样办" in phone.sent_and_shown(f"{street}/second-refuse", reason="再去闻一次")
    case = case_of(db, key)
    assert (case.urgency, case.proposal) == ("emergency", None)
