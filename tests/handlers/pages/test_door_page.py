"""What a printed code opens: a place, the people who answer for it, and a report without registration."""

import io
from datetime import timedelta

import pytest
import time_machine
from cast import Cast
from factories import told
from known_town import tell_what_is_known
from page_phone import Phone
from pictures import photo
from sqlalchemy import func, select, update

from handlers.house import House
from models.base.clock import now
from models.base.orm import session
from models.case.caller import caller_of
from models.case.case import Case
from models.case.tables import Alarm
from models.media.item import Item
from models.person.tables import Person
from models.place import doors
from models.place.tables import DoorCode
from models.praise import Praise
from server.config import Config
from server.database import Database

SQLITE = pytest.mark.parametrize("db", ["sqlite"], indirect=True)
DOOR = "/q/door-3-2"


def only_case(db: Database) -> Case:
    with db.read():
        return session().scalars(select(Case)).one()


def number_of(db: Database, model: type) -> int:
    with db.read():
        return session().scalar(select(func.count()).select_from(model)) or 0


def test_a_scan_names_the_place_and_the_people_and_is_counted(db: Database, phone: Phone, town: Cast) -> None:
    db.write(tell_what_is_known)
    page = phone.open(DOOR).text
    assert "育英小区3号楼2单元" in page
    assert "李师傅" in page
    assert 'href="tel:0455-1234567"' in page  # the grid worker's duty phone
    assert "139000" not in page  # nobody's own
    assert "119" in page
    phone.open(DOOR)
    with db.read():
        assert session().scalar(select(DoorCode.scans)) == 2


def test_a_report_needs_no_registration_and_is_followed_and_nodded_on_its_own_page(
    db: Database, phone: Phone, town: Cast
) -> None:
    answer = phone.send(DOOR, words="灯不亮", photos=(io.BytesIO(photo()), "a.jpg"), once="o" * 16)
    assert answer.status_code == 303
    own = answer.headers["Location"]
    page = phone.open(own).text
    case = only_case(db)
    assert case.number in page
    assert "记住这个网址" in page
    assert "/media/" in page
    assert (case.building_name, case.unit_name, case.category, case.source) == ("3", "2", "lighting", "door")
    with db.read():
        assert told(town.li) == ["case_dispatched"]
    db.write(lambda: _finished(case.id, town.li.id))
    assert "谢谢您点头" in phone.sent_and_shown(f"{own}/nod")


def _finished(key: int, taker: int) -> None:
    case = session().get_one(Case, key)
    case.accept(taker)
    case.finish(taker, "换了", no_photo_reason="太暗")


def test_the_same_report_sent_twice_is_one_case(db: Database, phone: Phone, town: Cast) -> None:
    first = phone.send(DOOR, words="灯不亮", once="o" * 16, photos=(io.BytesIO(photo()), "a.jpg"))
    second = phone.send(DOOR, words="灯不亮", once="o" * 16, photos=(io.BytesIO(photo()), "a.jpg"))
    assert first.headers["Location"] == second.headers["Location"]
    assert number_of(db, Case) == number_of(db, Item) == 1


@SQLITE
def test_a_phone_is_kept_with_consent_only_and_sealed(db: Database, phone: Phone, town: Cast) -> None:
    refused = phone.send(DOOR, words="水管漏了", phone="138 1234 5678")
    assert refused.status_code == 422
    assert "水管漏了" in refused.text
    assert phone.send(DOOR, words="水管漏了", phone="12", consent="yes").status_code == 422
    assert phone.send(DOOR, words="水管漏了", phone="138 1234 5678", consent="yes").status_code == 303
    case = only_case(db)
    assert "1381234" not in str(case.caller_sealed)
    with db.read():
        assert caller_of(case) == ("", "13812345678")
        newest = session().scalars(select(Person).order_by(Person.id.desc())).first()
        assert newest is not None
        assert newest.phone_hash is None  # a number that nobody proved opens nothing


@SQLITE
def test_words_may_name_another_door_of_the_estate(db: Database, phone: Phone, town: Cast) -> None:
    phone.send(DOOR, words="5号楼1单元门锁坏了")
    assert (only_case(db).building_name, only_case(db).unit_name) == ("5", "1")


@SQLITE
def test_danger_rings_the_duty_person_and_says_whom_to_call(db: Database, phone: Phone, town: Cast) -> None:
    answer = phone.send(DOOR, words="楼道里着火了，冒烟")
    assert "先打 119" in phone.open(answer.headers["Location"]).text
    assert number_of(db, Alarm) == 1
    with db.read():
        assert "case_emergency" in told(town.zhao)


@SQLITE
def test_thanks_are_no_case(db: Database, phone: Phone, town: Cast) -> None:
    assert "感谢" in phone.sent_and_shown(DOOR, words="谢谢李师傅，大冷天的来给我们修，辛苦了！")
    assert (number_of(db, Case), number_of(db, Praise)) == (0, 1)


@SQLITE
def test_a_door_takes_so_many_reports_an_hour_and_no_more(db: Database, phone: Phone, town: Cast) -> None:
    most = House().door_reports_an_hour
    for number in range(most):
        assert phone.send(DOOR, words=f"灯不亮{number}").status_code == 303
    flooded = phone.send(DOOR, words="还有一件")
    assert flooded.status_code == 429
    assert "过一会儿" in flooded.text
    assert number_of(db, Case) == most
    with time_machine.travel(now() + timedelta(minutes=61)):
        assert phone.send(DOOR, words="还有一件").status_code == 303


@SQLITE
def test_a_revoked_or_invented_code_gets_a_plain_page(db: Database, phone: Phone, town: Cast) -> None:
    assert phone.open("/q/never-issued").status_code == 404
    db.write(doors.revoke, "door-3-2")
    gone = phone.open(DOOR)
    assert gone.status_code == 404
    assert "换了新的" in gone.text
    assert phone.send(DOOR, words="灯不亮").status_code == 404
    assert number_of(db, Case) == 0


@SQLITE
def test_the_chat_is_offered_in_wechat_and_only_when_there_is_one(
    db: Database, phone: Phone, town: Cast
) -> None:
    wechat = {"User-Agent": "Mozilla/5.0 (iPhone) MicroMessenger/8.0.50"}
    assert "进服务号" not in phone.client.get(DOOR, headers=wechat).text
    scene = update(DoorCode).values(scene_url="http://weixin.qq.com/q/02abc")
    db.write(lambda: session().execute(scene))
    page = phone.client.get(DOOR, headers=wechat).text
    assert "进服务号" in page
    assert f"/me/report?door={DOOR.rpartition('/')[2]}" in page
    assert "进服务号" not in phone.open(DOOR).text


@SQLITE
def test_another_site_cannot_make_a_browser_report(db: Database, phone: Phone, town: Cast) -> None:
    answer = phone.send(DOOR, headers={"Origin": "https://elsewhere.example"}, words="灯不亮")
    assert answer.status_code == 403
    assert number_of(db, Case) == 0


@SQLITE
def test_an_empty_report_is_answered_in_words(db: Database, phone: Phone, town: Cast) -> None:
    answer = phone.send(DOOR, words="  \x00 ")
    assert answer.status_code == 422
    assert "什么事" in answer.text


@SQLITE
def test_the_notice_and_the_first_page_are_there_for_everybody(phone: Phone, town: Cast) -> None:
    notice = phone.open("/privacy")
    assert (notice.status_code, "版本" in notice.text, "手机号" in notice.text) == (200, True, True)
    assert phone.open("/").status_code == 200
    assert all(word in notice.text for word in ("微信支付", "减免从不公开", "三十年"))  # money as well (X01)
    assert all('href="/privacy"' in phone.open(path).text for path in ("/", DOOR, "/p/none", "/privacy"))


def test_a_full_disk_is_said_and_the_words_stay(phone: Phone, town: Cast, config: Config) -> None:
    config.storage.dir.parent.mkdir(parents=True, exist_ok=True)
    config.storage.dir.write_text("in the way")
    answer = phone.send("/q/door-3-2", words="楼道灯不亮", photos=[(io.BytesIO(photo()), "a.jpg")])
    assert answer.status_code == 503
    assert "现在存不下文件" in answer.text
    assert "楼道灯不亮" in answer.text
