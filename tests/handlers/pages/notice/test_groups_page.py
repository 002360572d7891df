"""Groups by hand on a phone: words, code, paper, a tap that can be taken back."""

import io

import pytest
import time_machine
from cast import Cast, Someone
from notices import handed_in, letters_of, tell_all
from page_phone import Phone
from PIL import Image
from sqlalchemy import select

from models.base.clock import after, now
from models.base.links import personal_path
from models.base.orm import put, session
from models.notice.tables import NoticeDoor
from models.place.tables import BuildingGroup, Estate
from server.database import Database


def path_of(someone: Someone, number: int, more: str = "") -> str:
    return "/" + personal_path("notice", someone.id, number) + "/groups" + more


@pytest.fixture
def number(db: Database, town: Cast) -> int:
    """Of the third building's group 李 is the owner; there is one of the estate, too."""

    def work() -> int:
        session().scalars(select(BuildingGroup)).one().owner_id = town.li.id
        estate = session().scalars(select(Estate.id).where(Estate.name == "育英小区")).one()
        put(BuildingGroup, name="育英大群", estate_id=estate, active=True)
        return handed_in(town.zhao.id, {"estates": ["育英小区"]}, title="周二停水/请存水").id

    key = db.write(work)
    tell_all(db)

    def hands() -> None:
        for letter in letters_of(key):
            letter.state, letter.reason, letter.settled_at = "by_hand", "by_hand", now()

    db.write(hands)
    return key


def letter_of(db: Database, number: int, group: str) -> int:
    with db.read():
        key = session().scalars(select(BuildingGroup.id).where(BuildingGroup.name == group)).one()
        return next(one.id for one in letters_of(number) if one.kind == "notice_group" and one.to_id == key)


def test_the_desk_has_words_code_and_paper_for_each_group(
    db: Database, phone: Phone, town: Cast, number: int
) -> None:
    assert "贴到群里：还有2个群" in phone.open(f"/{personal_path('notice', town.zhao.id, number)}").text
    page = phone.open(path_of(town.zhao, number)).text
    with db.read():
        codes = session().scalars(select(NoticeDoor.code)).all()
    for words in ("育英3号楼群", "育英大群", "请提前存水", *(f"http://localhost/q/{code}" for code in codes)):
        assert words in page
    assert "copy." in page
    assert "groups.pdf?sheet=1" in page


def test_the_picture_is_named_after_notice_and_group(
    db: Database, phone: Phone, town: Cast, number: int
) -> None:
    answer = phone.open(path_of(town.zhao, number, f"/{letter_of(db, number, '育英大群')}.png"))
    assert answer.mimetype == "image/png"
    named = answer.headers["Content-Disposition"]
    assert "UTF-8''%E5%91%A8%E4%BA%8C%E5%81%9C%E6%B0%B4_" in named  # 周二停水_, no slash in a name
    assert named.endswith("%E8%82%B2%E8%8B%B1%E5%A4%A7%E7%BE%A4.png")
    picture = Image.open(io.BytesIO(answer.data))
    assert picture.size[0] >= 400
    assert picture.convert("L").getpixel((5, 5)) == 255


def test_the_sheets_are_a_pdf_of_what_waits(db: Database, phone: Phone, town: Cast, number: int) -> None:
    answer = phone.open(path_of(town.zhao, number, ".pdf"))
    assert answer.mimetype == "application/pdf"
    assert answer.data.startswith(b"%PDF")
    assert answer.data.count(b"/Type /Page\n") == 2
    phone.send(path_of(town.zhao, number, f"/{letter_of(db, number, '育英大群')}/pasted"))
    assert phone.open(path_of(town.zhao, number, ".pdf")).data.count(b"/Type /Page\n") == 1
    assert phone.open(path_of(town.zhao, number, ".pdf?sheet=2")).status_code == 404
    assert phone.open(path_of(town.wang, number, ".pdf")).status_code == 404


def test_one_tap_says_who_has_pasted_it_and_twice_changes_nothing(
    db: Database, phone: Phone, town: Cast, number: int
) -> None:
    path = path_of(town.li, number, f"/{letter_of(db, number, '育英3号楼群')}/pasted")
    with time_machine.travel("2026-11-21T03:35:00+00:00", tick=False):
        assert "这个群您贴好了" in phone.sent_and_shown(path)
    assert "已经有人转达过了" in phone.sent_and_shown(path)
    page = phone.open(path_of(town.zhao, number)).text
    assert "李师傅 11:35 已贴" in page
    assert "贴好了1个" in page


def test_a_slip_of_the_thumb(db: Database, phone: Phone, town: Cast, number: int) -> None:
    letter = letter_of(db, number, "育英3号楼群")
    assert "点错了，还没贴" in phone.sent_and_shown(path_of(town.li, number, f"/{letter}/pasted"))
    assert "还算没贴" in phone.sent_and_shown(path_of(town.li, number, f"/{letter}/not_pasted"))
    phone.send(path_of(town.li, number, f"/{letter}/pasted"))
    with time_machine.travel(after(minutes=11)):
        assert "点错了，还没贴" not in phone.open(path_of(town.li, number)).text
        assert "改不了了" in phone.sent_and_shown(path_of(town.li, number, f"/{letter}/not_pasted"))


def test_the_owner_has_the_own_group_and_no_other(
    db: Database, phone: Phone, town: Cast, number: int
) -> None:
    page = phone.open(path_of(town.li, number)).text
    assert "育英3号楼群" in page
    assert "育英大群" not in page
    other = letter_of(db, number, "育英大群")
    assert phone.open(path_of(town.li, number, f"/{other}.png")).status_code == 404
    assert phone.send(path_of(town.li, number, f"/{other}/pasted")).status_code == 404


@pytest.mark.parametrize("who", ["ma", "sun", "qian", "wu", "wang", "rider"])
def test_nobody_else_has_groups(db: Database, phone: Phone, town: Cast, number: int, who: str) -> None:
    someone, letter = getattr(town, who), letter_of(db, number, "育英大群")
    for more in ("", f"/{letter}.png", ".pdf"):
        answer = phone.open(path_of(someone, number, more))
        assert answer.status_code == 404 or "大群" not in answer.text
    assert phone.send(path_of(someone, number, f"/{letter}/pasted")).status_code == 404


def test_many_groups_are_paged(db: Database, phone: Phone, town: Cast) -> None:
    def work() -> int:
        estate = session().scalars(select(Estate.id).where(Estate.name == "育英小区")).one()
        for number in range(30):
            put(BuildingGroup, name=f"大群{number:02}", estate_id=estate, active=True)
        return handed_in(town.zhao.id, {"estates": ["育英小区"]}).id

    number = db.write(work)
    tell_all(db)

    def hands() -> None:
        for letter in letters_of(number):
            letter.state = "by_hand"

    db.write(hands)
    first = phone.open(path_of(town.zhao, number)).text
    assert "还有<strong>31个群</strong>" in first
    assert first.count("已贴到群里</button>") == 20
    assert phone.open(path_of(town.zhao, number, "?from=20")).text.count("已贴到群里</button>") == 11


def test_what_was_stopped_is_not_pasted_any_more(db: Database, phone: Phone, town: Cast, number: int) -> None:
    letter = letter_of(db, number, "育英大群")
    phone.send(f"/{personal_path('notice', town.zhao.id, number)}/notice/stop")
    assert phone.send(path_of(town.zhao, number, f"/{letter}/pasted")).status_code == 404
