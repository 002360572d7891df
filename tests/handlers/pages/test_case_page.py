"""The page of a case: each sees what is theirs, and its forms do what they say, once."""

import gzip
import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from cast import Cast
from factories import a_case, a_collected_case, spot
from markupsafe import escape
from page_phone import Phone
from pictures import photo, tell_tale
from sqlalchemy import func, select, update

from handlers.pages.case_verbs import VERBS
from models.base.actor import By
from models.base.clock import now
from models.base.orm import session
from models.case import emergency, reach
from models.case.caller import keep_caller
from models.case.case import Case
from models.case.tables import Rating
from models.history import steps_about
from models.joins.turning import agree_as_second, ask_whether_it_was
from models.media.item import Item
from models.person.tables import Person, Staff
from models.place.version import raise_version
from server.config import Config
from server.database import Database

Link = Callable[..., str]
SQLITE = pytest.mark.parametrize("db", ["sqlite"], indirect=True)


def case_of(db: Database, key: int) -> Case:
    with db.read():
        return session().get_one(Case, key)


def made(db: Database, **how: object) -> int:
    return db.write(lambda: a_case(**how).id)  # type: ignore[arg-type]


def picture() -> tuple[io.BytesIO, str]:
    return io.BytesIO(photo(800, 600)), "IMG_1.jpg"


def test_the_keeper_accepts_and_finishes_with_a_photo_and_the_resident_nods_and_rates(
    db: Database, phone: Phone, town: Cast, link: Link
) -> None:
    key = made(db, reporter=town.wang)
    keeper, resident = link(town.li, key), link(town.wang, key)
    assert "接单</button>" in phone.open(keeper).text
    assert "接单成功" in phone.sent_and_shown(f"{keeper}/accept", once="a" * 16)
    shown = phone.sent_and_shown(
        f"{keeper}/finish", once="b" * 16, words="换了灯泡", photos=[picture(), picture()]
    )
    assert "已报办结" in shown
    page = phone.open(resident).text
    assert "换了灯泡" in page
    assert page.count("/media/") == 4  # two pictures, each with its link
    assert "满意，修好了" in page
    assert "谢谢您点头" in phone.sent_and_shown(f"{resident}/nod", once="c" * 16)
    assert "谢谢您的评价" in phone.sent_and_shown(f"{resident}/rate", once="d" * 16, grade="5", words="快")
    case = case_of(db, key)
    assert (case.state, case.close_kind, case.taker_id) == ("rated", "nod", town.li.id)
    with db.read():
        items = session().scalars(select(Item)).all()
    assert [(one.purpose, one.kind, one.state) for one in items] == [("finish", "image", "kept")] * 2


def test_the_same_form_sent_twice_has_one_effect(db: Database, phone: Phone, town: Cast, link: Link) -> None:
    key = made(db, reporter=town.wang)
    path = link(town.wang, key)
    for _ in range(3):
        assert "记下了" in phone.sent_and_shown(
            f"{path}/add", once="k" * 16, words="声控的那盏", photos=picture()
        )
    case = case_of(db, key)
    assert case.text.count("声控的那盏") == 1
    with db.read():
        assert session().scalar(select(func.count(Item.id))) == 1


@SQLITE
def test_two_keepers_tap_and_one_gets_it(db: Database, phone: Phone, town: Cast, link: Link) -> None:
    key = made(db, reporter=town.wang)
    assert phone.send(f"{link(town.li, key)}/accept").status_code == 303
    second = phone.send(f"{link(town.ma, key)}/accept")
    assert second.status_code == 409
    assert "已经有人接了" in second.text
    assert case_of(db, key).taker_id == town.li.id


@SQLITE
def test_what_was_typed_stays_when_something_is_missing(
    db: Database, phone: Phone, town: Cast, link: Link
) -> None:
    key = made(db, reporter=town.wang, accepted_by=town.li)
    answer = phone.send(f"{link(town.li, key)}/finish", words="灯座也换了", verb="finish")
    assert answer.status_code == 422
    assert "还差一张照片" in answer.text
    assert "灯座也换了" in answer.text
    assert case_of(db, key).state == "handling"


@SQLITE
def test_a_finish_without_a_photo_says_why(db: Database, phone: Phone, town: Cast, link: Link) -> None:
    key = made(db, reporter=town.wang, accepted_by=town.li)
    phone.sent_and_shown(f"{link(town.li, key)}/finish", words="通了", reason="管道在地下")
    assert "没有照片：管道在地下" in phone.open(link(town.wang, key)).text


@SQLITE
def test_a_keeper_gives_back_with_a_reason_only(db: Database, phone: Phone, town: Cast, link: Link) -> None:
    key = made(db, reporter=town.wang, accepted_by=town.li)
    path = link(town.li, key)
    assert phone.send(f"{path}/return", reason="  ").status_code == 422
    assert "已退单" in phone.sent_and_shown(f"{path}/return", reason="要用吊车")
    assert case_of(db, key).taker_id is None
    assert "要用吊车" not in phone.open(link(town.wang, key)).text


@SQLITE
def test_a_case_is_transferred_to_a_colleague_of_the_community(
    db: Database, phone: Phone, town: Cast, link: Link
) -> None:
    key = made(db, reporter=town.wang, accepted_by=town.li)
    path = link(town.li, key)
    assert "孙网格员" in phone.open(path).text
    assert phone.send(f"{path}/transfer", to="K003", reason="他近").status_code == 422  # of another community
    assert "已转派" in phone.sent_and_shown(f"{path}/transfer", to="G001", reason="他近")
    assert "接单</button>" in phone.open(link(town.sun, key)).text


@SQLITE
def test_a_resident_objects_under_the_same_number(db: Database, phone: Phone, town: Cast, link: Link) -> None:
    key = made(db, reporter=town.wang, finished_by=town.li)
    page = phone.sent_and_shown(f"{link(town.wang, key)}/object", words="晚上又灭了", photos=picture())
    assert "接着修" in page
    case = case_of(db, key)
    assert (case.state, case.round) == ("handling", 2)
    assert "第2回修" in phone.open(link(town.li, key)).text


@SQLITE
def test_an_emergency_is_acknowledged_by_whoever_is_rung(
    db: Database, phone: Phone, town: Cast, link: Link
) -> None:
    def work() -> int:
        case = a_case(reporter=town.wang, text="厨房着火了", category="fire_safety", urgency="emergency")
        emergency.raise_alarm(
            case.id, "119", community_id=case.community_id, facts=case.facts(), every_minutes=3
        )
        return case.id

    key = db.write(work)
    path = link(town.zhao, key)
    assert "先打 119" in phone.open(path).text
    assert "不再呼叫" in phone.sent_and_shown(f"{path}/acknowledge")
    assert "还没有人应" not in phone.open(path).text


@SQLITE
def test_without_a_desk_the_grid_worker_who_is_rung_sees_and_acknowledges(
    db: Database, phone: Phone, town: Cast, link: Link
) -> None:
    def work() -> tuple[int, int]:
        session().execute(update(Staff).where(Staff.number == "C001").values(active=False))
        raise_version()
        calm = a_case(reporter=town.wang)
        case = a_case(reporter=town.wang, text="着火了", category="fire_safety", urgency="emergency")
        emergency.raise_alarm(
            case.id, "119", community_id=case.community_id, facts=case.facts(), every_minutes=3
        )
        return case.id, calm.id

    fire, calm = db.write(work)
    assert "不再呼叫" in phone.sent_and_shown(f"{link(town.sun, fire)}/acknowledge")
    assert "接单成功" in phone.sent_and_shown(f"{link(town.sun, fire)}/accept")
    assert phone.open(link(town.sun, calm)).status_code == 404


@SQLITE
def test_a_neighbour_who_joined_can_leave_again(db: Database, phone: Phone, town: Cast, link: Link) -> None:
    key = made(db, reporter=town.wang, text="灯不亮，我电话13812345678")
    db.write(lambda: reach.hold(key).join(town.sun_xiaoyu.id))
    page = phone.open(link(town.sun_xiaoyu, key)).text
    assert "138****5678" in page
    assert "13812345678" not in page
    phone.send(f"{link(town.sun_xiaoyu, key)}/leave")
    assert phone.open(link(town.sun_xiaoyu, key)).status_code == 404


@SQLITE
def test_the_desk_takes_apart_what_is_not_one_thing(
    db: Database, phone: Phone, town: Cast, link: Link
) -> None:
    first, second = made(db, reporter=town.wang), made(db, reporter=town.sun_xiaoyu)
    by = By.person(town.sun_xiaoyu.id)
    db.write(lambda: reach.hold(second).merge_into(reach.hold(first), by))
    assert "分开办" not in phone.open(link(town.sun_xiaoyu, first)).text
    assert phone.send(f"{link(town.li, first)}/separate").status_code == 409
    assert "并到那边办" in phone.open(link(town.zhao, second)).text
    assert "分开了" in phone.sent_and_shown(f"{link(town.zhao, first)}/separate")
    assert case_of(db, second).state == "dispatched"


@SQLITE
def test_a_missing_place_is_said_on_the_page_and_the_case_goes_on(
    db: Database, phone: Phone, town: Cast, link: Link
) -> None:
    key = db.write(lambda: a_collected_case(town.wang).id)
    path = link(town.wang, key)
    estate = db.write(lambda: spot().estate_id)
    page = phone.open(path).text
    assert "还差一句" in page
    assert phone.send(f"{path}/place", estate=str(estate), building="99").status_code == 422
    assert "往下办" in phone.sent_and_shown(
        f"{path}/place", estate=str(estate), building="3号楼", unit="2单元"
    )
    case = case_of(db, key)
    assert (case.state, case.building_name, case.unit_name) == ("dispatched", "3", "2")


@SQLITE
def test_the_desk_takes_the_nod_of_a_caller_by_phone_but_not_of_its_own_work(
    db: Database, phone: Phone, town: Cast, link: Link
) -> None:
    def work() -> int:
        case = a_case(entered_by=town.zhao, finished_by=town.li)
        keep_caller(case, "张桂兰", "13812345678")
        return case.id

    key = db.write(work)
    desk = link(town.zhao, key)
    page = phone.open(desk).text
    assert "张**" in page
    assert "138****5678" in page
    assert "13812345678" not in page
    called = phone.send(f"{desk}/call", purpose="call_back")
    assert 'href="tel:13812345678"' in called.text
    with db.read():
        assert "number_shown" in [step.what for step in steps_about("case", key)]
    assert phone.send(f"{link(town.li, key)}/nod-by-phone").status_code == 409
    assert "由您代记" in phone.sent_and_shown(f"{desk}/nod-by-phone")
    assert case_of(db, key).close_kind == "nod_by_phone"


@SQLITE
def test_the_desk_corrects_category_and_urgency(db: Database, phone: Phone, town: Cast, link: Link) -> None:
    key = made(db, reporter=town.wang)
    path = link(town.zhao, key)
    assert phone.send(f"{path}/correct", category="nonsense", urgency="normal").status_code == 422
    phone.sent_and_shown(f"{path}/correct", category="power", urgency="urgent")
    case = case_of(db, key)
    assert (case.category, case.urgency) == ("power", "urgent")


@SQLITE
def test_nobody_does_what_is_not_theirs(db: Database, phone: Phone, town: Cast, link: Link) -> None:
    """One case for all verbs, because none of them changes anything."""
    key = made(db, reporter=town.wang, finished_by=town.li)
    form = {"grade": "5", "reason": "因为", "to": "G001"}
    strangers = (town.wu, town.rider, town.qian)
    for one in strangers:
        assert phone.open(link(one, key)).status_code == 404
    for verb in (*VERBS, "call"):
        for one in strangers:
            assert phone.send(f"{link(one, key)}/{verb}", **form).status_code == 404, verb
        assert phone.send(f"{link(town.ma, key)}/{verb}", **form).status_code in (409, 422), verb
        case = case_of(db, key)
        assert (case.state, case.taker_id, case.category) == ("finished", town.li.id, "lighting"), verb


@SQLITE
def test_a_link_opens_what_its_holder_may_see_now(db: Database, phone: Phone, town: Cast, link: Link) -> None:
    key = made(db, reporter=town.wang, accepted_by=town.li)
    assert phone.open(link(town.li, key)).status_code == 200
    db.write(lambda: session().execute(update(Staff).where(Staff.number == "K001").values(active=False)))
    assert phone.open(link(town.li, key)).status_code == 404


@SQLITE
def test_altered_links_open_nothing(db: Database, phone: Phone, town: Cast, link: Link) -> None:
    key = made(db, reporter=town.wang)
    path = link(town.wang, key)
    for place in range(3, len(path)):
        other = "A" if path[place] != "A" else "B"
        assert phone.open(path[:place] + other + path[place + 1 :]).status_code == 404
    for odd in ("", "x", "%00", "..%2f..%2fetc%2fpasswd", "中文", "a" * 5000):
        assert phone.open(f"/p/{odd}").status_code == 404


@SQLITE
def test_thirty_days_after_the_last_word_the_link_is_over(
    db: Database, phone: Phone, town: Cast, link: Link
) -> None:
    key = made(db, reporter=town.wang, finished_by=town.li, nodded_by=town.wang)
    assert phone.open(link(town.wang, key)).status_code == 200
    with time_machine.travel(now() + timedelta(days=31)):
        over = phone.open(link(town.wang, key))
        assert over.status_code == 410
        assert "三十天" in over.text
        assert phone.send(f"{link(town.wang, key)}/rate", grade="1").status_code == 410


@SQLITE
@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://localhost"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
    ],
)
def test_a_form_from_another_site_changes_nothing(
    db: Database, phone: Phone, town: Cast, link: Link, headers: dict[str, str]
) -> None:
    key = made(db, reporter=town.wang)
    answer = phone.send(f"{link(town.li, key)}/accept", headers=headers)
    assert answer.status_code == 403
    assert case_of(db, key).state == "dispatched"


@SQLITE
def test_neither_get_nor_a_plain_text_form_changes_anything(
    db: Database, phone: Phone, town: Cast, link: Link
) -> None:
    key = made(db, reporter=town.wang)
    path = f"{link(town.li, key)}/accept"
    assert phone.open(path).status_code in (404, 405)
    assert phone.client.post(phone.led(path), data="accept", content_type="text/plain").status_code == 403
    assert case_of(db, key).state == "dispatched"


@SQLITE
def test_photos_are_shown_only_to_those_who_may_see_the_case(
    db: Database, phone: Phone, town: Cast, link: Link, config: Config
) -> None:
    key, other = made(db, reporter=town.wang), made(db, reporter=town.sun_xiaoyu)
    phone.send(f"{link(town.wang, key)}/add", photos=(io.BytesIO(tell_tale()), "x.jpg"))
    with db.read():
        public = session().scalars(select(Item.public_id)).one()
    shown = phone.open(f"{link(town.li, key)}/media/{public}")
    assert (shown.status_code, shown.mimetype) == (200, "image/jpeg")
    assert shown.headers["Cache-Control"] == "no-store"
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert not any(word in shown.data for word in (b"WHERE", b"COMMENT", b"XMP", b"TRAILER"))
    assert phone.open(f"{link(town.sun_xiaoyu, other)}/media/{public}").status_code == 404
    assert phone.open(f"{link(town.rider, key)}/media/{public}").status_code == 404
    assert phone.open(f"{link(town.li, key)}/media/nothing-like-it").status_code == 404


@SQLITE
@pytest.mark.parametrize(
    "data",
    [b"", b"GIF89a", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"\xff\xd8\xff" + b"x" * 99, b"%PDF-1.4"],
)
def test_a_file_that_is_no_photo_is_refused_in_plain_words(
    db: Database, phone: Phone, town: Cast, link: Link, config: Config, data: bytes
) -> None:
    key = made(db, reporter=town.wang)
    answer = phone.send(f"{link(town.wang, key)}/add", words="", photos=(io.BytesIO(data), "a.jpg"))
    assert answer.status_code == (415 if data else 422)
    assert not list(config.storage.dir.rglob("*.jpg"))


@SQLITE
def test_seven_photos_are_too_many(
    db: Database, phone: Phone, town: Cast, link: Link, config: Config
) -> None:
    key = made(db, reporter=town.wang)
    answer = phone.send(f"{link(town.wang, key)}/add", photos=[picture() for _ in range(7)])
    assert (answer.status_code, "六张" in answer.text) == (422, True)
    assert not list(config.storage.dir.rglob("*.jpg"))


@SQLITE
@pytest.mark.parametrize(
    "evil", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{7*7}}", "'--"]
)
def test_words_are_shown_as_words(db: Database, phone: Phone, town: Cast, link: Link, evil: str) -> None:
    key = made(db, reporter=town.wang, text=evil)
    phone.send(f"{link(town.li, key)}/accept")
    phone.send(f"{link(town.li, key)}/finish", words=evil, reason=evil)
    phone.send(f"{link(town.wang, key)}/object", words=evil)
    for one in (town.wang, town.li, town.zhao):
        page = phone.open(link(one, key))
        assert "<script>alert" not in page.text
        assert "<img src=x" not in page.text
        assert str(escape(evil)) in page.text
        assert "unsafe-inline" not in page.headers["Content-Security-Policy"]


@SQLITE
def test_a_page_weighs_little(db: Database, phone: Phone, town: Cast, link: Link) -> None:
    key = made(db, reporter=town.wang, finished_by=town.li)
    page = phone.open(link(town.wang, key))
    files = [part.split('"')[0] for part in page.text.split('="/static/')[1:]]
    assert len(files) == 3
    loaded = [phone.open(f"/static/{name}") for name in files]
    assert all("immutable" in one.headers["Cache-Control"] for one in loaded)
    assert len(page.data) + sum(len(one.data) for one in loaded) < 60_000
    packed = [phone.client.get(f"/static/{name}", headers={"Accept-Encoding": "br, gzip"}) for name in files]
    assert [gzip.decompress(one.data) for one in packed] == [one.data for one in loaded]
    assert sum(len(one.data) for one in packed) < 11_000
    assert phone.open("/static/pages.0000000000000000.css").status_code == 404
    assert phone.open("/static/..%2fpages%2fcase.html").status_code == 404


@SQLITE
def test_the_reporters_own_number_is_masked_until_the_taker_asks(
    db: Database, phone: Phone, town: Cast, link: Link
) -> None:
    from models.base import privacy

    def work() -> int:
        person = session().get_one(Person, town.wang.id)
        person.phone_sealed = privacy.seal("13812345678", f"people.phone/{person.public_id}")
        return a_case(reporter=town.wang, accepted_by=town.li).id

    key = db.write(work)
    assert "13812345678" not in phone.open(link(town.li, key)).text
    assert "138****5678" in phone.open(link(town.zhao, key)).text
    assert phone.send(f"{link(town.ma, key)}/call", purpose="call_back").status_code == 409
    assert "tel:13812345678" in phone.send(f"{link(town.li, key)}/call", purpose="call_back").text


@SQLITE
def test_a_bad_grade_after_closing_sends_it_back(db: Database, phone: Phone, town: Cast, link: Link) -> None:
    key = made(db, reporter=town.wang, finished_by=town.li, nodded_by=town.wang)
    path = link(town.wang, key)
    assert phone.send(f"{path}/rate", grade="9").status_code == 422
    assert "接着修" in phone.sent_and_shown(f"{path}/rate", grade="1", words="又坏了")
    assert case_of(db, key).state == "handling"
    with db.read():
        assert session().scalars(select(Rating.grade)).all() == [1]


FILE = 'Content-Disposition: form-data; name="photos"; filename="a.jpg"'
TEXT = 'Content-Disposition: form-data; name="words"'
FLOODS = {
    "17 MiB": f"--x\r\n{FILE}\r\n\r\n".encode() + b"x" * (17 << 20) + b"\r\n--x--\r\n",
    "200 parts": f"--x\r\n{TEXT}\r\n\r\nx\r\n".encode() * 200 + b"--x--\r\n",
    "a long text": f"--x\r\n{TEXT}\r\n\r\n".encode() + b"x" * (1 << 20) + b"\r\n--x--\r\n",
}


@SQLITE
@pytest.mark.parametrize("name", FLOODS)
def test_a_flood_is_cut_in_plain_words(db: Database, phone: Phone, town: Cast, link: Link, name: str) -> None:
    key = made(db, reporter=town.wang)
    answer = phone.client.post(
        f"{link(town.wang, key)}/add", data=FLOODS[name], content_type="multipart/form-data; boundary=x"
    )
    assert answer.status_code == 413
    assert "和美家园" in answer.text


def test_twenty_taps_at_once_are_one(db: Database, phone: Phone, town: Cast, link: Link) -> None:
    key = made(db, reporter=town.wang)
    path = f"{link(town.wang, key)}/add"
    with ThreadPoolExecutor(10) as several:
        answers = list(
            several.map(lambda _: Phone(phone.client.application.test_client()).send(
                path, once="t" * 16, words="还是不亮").status_code, range(20))
        )  # fmt: skip
    assert answers == [303] * 20
    assert case_of(db, key).text.count("还是不亮") == 1


@SQLITE
def test_a_voided_case_is_taken_up_again_or_says_why_not(
    db: Database, phone: Phone, town: Cast, link: Link
) -> None:
    def voided() -> int:
        case = a_case(reporter=town.wang, text="楼道里有人")
        ask_whether_it_was(case, "chat", town.zhao.id, "闲聊")
        agree_as_second(case, town.leader.id)
        return case.id

    key = db.write(voided)
    desk = link(town.zhao, key)
    assert "作废错了：重新立案" in phone.open(desk).text
    assert "作废错了" not in phone.open(link(town.wang, key)).text
    assert 'value="真有"' not in phone.send(f"{desk}/revive", reason=" ").text
    assert "重新立案了" in phone.sent_and_shown(f"{desk}/revive", reason="真有事")
    assert phone.send(f"{desk}/revive", reason="再来").status_code == 409

    def withdrawn() -> None:
        session().get_one(Case, key).void(By.person(town.wang.id), "没事了")

    db.write(withdrawn)
    assert "作废不能一个人撤回" in phone.open(desk).text
    assert "重新立案</button>" not in phone.open(desk).text
