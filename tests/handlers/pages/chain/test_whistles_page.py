"""The pages of whistles: what a department must do now, what a desk sees, and the whole way by forms."""

import io
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

import pytest
import time_machine
from cast import Cast, Someone
from factories import a_case, letters_to
from page_phone import Phone
from pictures import photo
from sqlalchemy import select
from whistle_town import a_whistle, departments

from models.base.checkdigit import with_check
from models.base.clock import after, ago, local
from models.base.orm import session
from models.case import reach
from models.media.item import Item
from models.whistle import climbing
from models.whistle.reading import called_in
from models.whistle.tables import Referral, SiteMeeting, Whistle
from server.database import Database

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)
Desk = Callable[[Someone], str]
ALL = ("zhao", "qian", "leader", "sun", "li", "ma", "wu", "zhou", "wang", "sun_xiaoyu")


class Blown(NamedTuple):
    lead: int
    other: int
    number: str
    case: int
    whistle: int


@pytest.fixture
def called(db: Database, town: Cast) -> tuple[int, int]:
    return db.write(lambda: departments(town))


@pytest.fixture
def blown(db: Database, town: Cast, called: tuple[int, int]) -> Blown:
    """By 李, the head of the grid, for the 城管局 (周) and the 供电公司 (钱)."""

    def work() -> Blown:
        case = a_case(reporter=town.wang, when=ago(days=2))
        whistle = a_whistle(town, *called, case=case, by=town.li)
        return Blown(*called, case.number, case.id, whistle.id)

    return db.write(work)


def picture() -> tuple[io.BytesIO, str]:
    return io.BytesIO(photo(800, 600)), "IMG_1.jpg"


def typed(moment: datetime) -> str:
    return local(moment).strftime("%Y-%m-%dT%H:%M")


def the_whistle(db: Database, blown: Blown) -> Whistle:
    with db.read():
        return session().get_one(Whistle, blown.whistle)


def test_who_gets_in(phone: Phone, town: Cast, desk: Desk, blown: Blown) -> None:
    one, case = f"/whistles/{blown.whistle}", f"/whistles/case/{blown.number}"
    may = {
        "/whistles": {"zhao", "qian", "leader", "li", "ma", "zhou"},
        one: {"zhao", "qian", "leader", "li", "ma", "zhou"},
        case: {"zhao", "leader", "li", "ma"},
    }
    for path, those in may.items():
        for who in ALL:
            answer = phone.open(desk(getattr(town, who)) + path)
            assert (answer.status_code == 200) is (who in those), (path, who)
    for path in (f"{one}/yes", f"{one}/end", f"{case}/blow", f"{case}/rule"):
        for who in ("sun", "wu", "wang"):
            assert phone.send(desk(getattr(town, who)) + path).status_code == 404, (path, who)
        assert phone.send(desk(town.zhao) + path.rpartition("/")[0] + "/dance").status_code == 404
    for junk in ("999", "case/999", f"case/{with_check(10**30)}", "case/x", "2147483648"):
        assert phone.open(f"{desk(town.zhao)}/whistles/{junk}").status_code == 404


def test_a_department_reads_first_what_it_must_do_now(
    db: Database, phone: Phone, town: Cast, desk: Desk, blown: Blown
) -> None:
    assert "吹哨应哨" in phone.open(desk(town.zhou)).text
    page = desk(town.zhou) + "/whistles"
    assert "请应一声" in phone.open(page).text
    one = f"{page}/{blown.whistle}"
    assert phone.open(one).text.index("应，我们来") < phone.open(one).text.index("李师傅吹哨")
    text = phone.sent_and_shown(f"{one}/yes", department=blown.lead)
    assert "我们到了" in text
    assert "请到场" in phone.open(page).text
    text = phone.sent_and_shown(f"{one}/here", department=blown.lead)
    assert "已到场" in text
    assert "没有等您的哨" in phone.open(page).text
    with db.read():
        assert [item.facts["department"] for item in letters_to(town.li, "whistle_answered")] == ["城管局"]


def test_a_no_without_a_word_stays_in_the_form(phone: Phone, town: Cast, desk: Desk, blown: Blown) -> None:
    one = f"{desk(town.qian)}/whistles/{blown.whistle}"
    answer = phone.send(f"{one}/no", department=blown.other, reason="")
    assert (answer.status_code, "请写一句原因" in answer.text) == (422, True)
    assert "杆子不是我们的" in phone.sent_and_shown(
        f"{one}/no", department=blown.other, reason="杆子不是我们的"
    )
    assert phone.send(f"{one}/yes", department=blown.lead).status_code == 409  # another's


def test_a_copy_of_a_form_changes_nothing(
    db: Database, phone: Phone, town: Cast, desk: Desk, blown: Blown
) -> None:
    one = f"{desk(town.zhou)}/whistles/{blown.whistle}"
    for _ in range(2):
        phone.send(f"{one}/here", once="k1", department=blown.lead, photos=picture())
    with db.read():
        assert len(session().scalars(select(Item).where(Item.purpose == "whistle")).all()) == 1


def test_the_whistlers_side_notes_an_arrival_with_its_moment_and_a_photo(
    db: Database, phone: Phone, town: Cast, desk: Desk, blown: Blown
) -> None:
    one = f"{desk(town.zhao)}/whistles/{blown.whistle}"
    with time_machine.travel(after(hours=1)):
        at = typed(ago(minutes=10))
        text = phone.sent_and_shown(f"{one}/here", department=blown.lead, at=at, photos=picture())
    assert "到场照片" in text
    with db.read():
        arrived = called_in(blown.whistle)[0].arrived_at
        assert arrived is not None
        assert typed(arrived) == at
        public = session().scalars(select(Item.public_id).where(Item.purpose == "whistle")).one()
    seen = f"/whistles/{blown.whistle}/media/{public}"
    assert phone.open(desk(town.qian) + seen).status_code == 200  # called too
    assert phone.open(desk(town.wu) + seen).status_code == 404
    assert phone.open(desk(town.zhou) + f"/whistles/{blown.whistle}/media/x").status_code == 404


def test_at_the_end_both_sides_score_and_the_figures_say_so(
    phone: Phone, town: Cast, desk: Desk, blown: Blown
) -> None:
    lead, head = (f"{desk(one)}/whistles/{blown.whistle}" for one in (town.zhou, town.li))
    phone.sent_and_shown(f"{lead}/here", department=blown.lead)
    text = phone.sent_and_shown(f"{lead}/end", words="杆子扶正了")
    assert "这哨该不该吹" in text
    assert phone.send(f"{lead}/justify", justified="no", note="").status_code == 422
    assert "主办评：该吹" in phone.sent_and_shown(f"{lead}/justify", justified="yes")
    assert "给城管局打分" in phone.open(head).text
    assert phone.send(f"{head}/grade", department=blown.lead, grade="9").status_code == 422
    assert "得5分" in phone.sent_and_shown(f"{head}/grade", department=blown.lead, grade=5)
    text = phone.open(desk(town.zhao) + "/whistles").text
    assert "5.0（1）" in text
    assert "<dt>该吹/主办评过</dt><dd>1/1<" in text
    assert "<dt>按时应答/该应答</dt><dd>1/1<" in text  # the other one was let off in time


def test_it_is_called_off_with_a_reason_by_the_whistlers_side_alone(
    db: Database, phone: Phone, town: Cast, desk: Desk, blown: Blown
) -> None:
    assert phone.send(f"{desk(town.zhou)}/whistles/{blown.whistle}/off", words="不去").status_code == 409
    assert "撤了" in phone.sent_and_shown(
        f"{desk(town.zhao)}/whistles/{blown.whistle}/off", words="自己扶正了"
    )
    assert the_whistle(db, blown).ended_how == "called_off"


def test_what_is_late_stands_out(db: Database, phone: Phone, town: Cast, desk: Desk, blown: Blown) -> None:
    with time_machine.travel(after(hours=2)):
        db.write(climbing.climb_some)
        text = phone.open(f"{desk(town.leader)}/whistles/{blown.whistle}").text
        assert "已经往上报" in text
        assert "超时没应" in text
        assert "没应，往上报给郑书记" in text


# of a case


def test_the_desk_whistles_on_a_form(
    db: Database, phone: Phone, town: Cast, desk: Desk, called: tuple[int, int]
) -> None:
    case = db.write(lambda: a_case(reporter=town.wang).number)
    page = f"{desk(town.zhao)}/whistles/case/{case}"
    assert 'value="1" selected' in phone.open(page).text  # who takes lighting leads
    answer = phone.send(f"{page}/blow", lead=called[0], words="", urgency="urgent")
    assert answer.status_code == 422
    answer = phone.send(f"{page}/blow", lead=called[0], words="来人", urgency="urgent", answer_by="gestern")
    assert answer.status_code == 422
    form = {"lead": called[0], "assist": [called[0], called[1]], "words": "灯杆要倒", "urgency": "urgent"}
    assert "城管局" in phone.sent_and_shown(f"{page}/blow", **form)
    with db.read():
        whistle = session().scalars(select(Whistle)).one()
        assert [one.department_id for one in called_in(whistle.id)] == list(called)


def test_meetings_are_planned_held_and_read_by_the_resident(
    db: Database, phone: Phone, town: Cast, desk: Desk, blown: Blown, link: Callable[..., str]
) -> None:
    page = f"{desk(town.li)}/whistles/case/{blown.number}"
    text = phone.sent_and_shown(
        f"{page}/met", starts_at=typed(ago(days=1)), where="3号楼前", who="住建局、城管局", outcome="铺防滑砖"
    )
    assert "第1次" in text
    planned = {"starts_at": typed(after(hours=2)), "where": "3号楼前", "who": "城管局，供电公司"}
    assert "第2次" in phone.sent_and_shown(f"{page}/meet", **planned)
    assert phone.send(f"{page}/meet", **planned).status_code == 409
    with time_machine.travel(after(hours=3)):
        assert "记下结果" in phone.open(page).text
        text = phone.sent_and_shown(f"{page}/held", who="城管局", outcome="下周换杆")
        assert "记下了：第2次现场办公" in text
    resident = phone.open(link(town.wang, blown.case)).text
    assert "城管局）：<q>下周换杆" in resident
    assert "2次现场办公" in resident
    assert "吹哨、现场办公、转部门" not in resident
    assert "吹哨、现场办公、转部门" in phone.open(link(town.zhao, blown.case)).text
    with db.read():
        assert [one.number for one in session().scalars(select(SiteMeeting))] == [1, 2]
    phone.sent_and_shown(f"{page}/meet", **planned | {"starts_at": typed(after(days=1))})
    assert "这次不开了" in phone.sent_and_shown(f"{page}/put-off")


def test_a_hand_over_is_disputed_and_ruled_with_the_hint_of_the_list(
    db: Database, phone: Phone, town: Cast, desk: Desk, called: tuple[int, int], link: Callable[..., str]
) -> None:
    case = db.write(lambda: _gas(town))
    with db.read():
        number = session().get_one(type(reach.hold(case)), case).number
    page = "/whistles/case/" + number
    text = phone.sent_and_shown(f"{desk(town.li)}{page}/refer", department=called[0], reason="归城管管")
    assert "首接李师傅" in text
    item = _referral(db)
    assert "您首接、转出去的" in phone.open(f"{desk(town.li)}/whistles").text
    text = phone.sent_and_shown(f"{desk(town.zhou)}{page}/dispute", item=item, reason="燃气公司的")
    assert "有异议" in text
    assert "等您裁定" in phone.open(f"{desk(town.zhao)}/whistles").text
    assert "按清单不该交给社区办" in phone.open(f"{desk(town.zhao)}{page}").text
    assert phone.send(f"{desk(town.li)}{page}/rule", item=item, ruling="stays", reason="x").status_code == 409
    assert phone.send(f"{desk(town.zhao)}{page}/rule", item=99, ruling="stays", reason="x").status_code == 404
    text = phone.sent_and_shown(
        f"{desk(town.zhao)}{page}/rule", item=item, ruling="stays", reason="清单里写着"
    )
    assert "由城管局办，不再变" in text
    resident = phone.open(link(town.wang, case)).text
    assert "转给城管局办，首接李师傅跟到底" in resident
    assert "裁定由城管局办" in resident
    assert "燃气公司的" not in resident  # what colleagues say among themselves


def test_an_answer_from_outside_is_told_to_the_resident(
    db: Database, phone: Phone, town: Cast, desk: Desk, blown: Blown, link: Callable[..., str]
) -> None:
    page = f"{desk(town.zhao)}/whistles/case/{blown.number}"
    form = {"who": "住建局张科长", "way": "phone", "words": "下周来换"}
    assert phone.send(f"{page}/outside", **form, said_at="").status_code == 422
    phone.sent_and_shown(f"{page}/outside", **form, said_at=typed(ago(hours=1)))
    assert "住建局张科长打电话回话" in phone.open(link(town.wang, blown.case)).text
    with db.read():
        assert len(letters_to(town.wang, "outside_answer")) == 1


def _gas(town: Cast) -> int:
    return a_case(reporter=town.wang, text="燃气管锈了", category="gas", accepted_by=town.li).id


def _referral(db: Database) -> int:
    with db.read():
        return session().scalars(select(Referral.id)).one()


def test_moments_are_the_phones_own(
    db: Database, phone: Phone, town: Cast, desk: Desk, called: tuple[int, int]
) -> None:
    case = db.write(lambda: a_case(reporter=town.wang).number)
    page = f"{desk(town.zhao)}/whistles/case/{case}/blow"
    answer_by, arrive_by = after(minutes=30), after(hours=3)
    form = {"lead": called[0], "words": "来人", "urgency": "urgent"}
    phone.sent_and_shown(page, **form, answer_by=typed(answer_by), arrive_by=typed(arrive_by))
    with db.read():
        whistle = session().scalars(select(Whistle)).one()
        assert abs(whistle.arrive_due - arrive_by) < timedelta(minutes=1)
