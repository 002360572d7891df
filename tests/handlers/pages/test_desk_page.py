"""The page of a desk: what waits comes first, and each thing can be settled there."""

import io
from collections.abc import Callable
from typing import Any

from cast import Cast, Someone
from factories import a_case, a_collected_case, told
from page_phone import Phone
from pictures import photo
from sqlalchemy import event, func, select, update

from models.base.clock import now
from models.base.orm import put, session
from models.case import offering
from models.case.caller import caller_of
from models.case.case import Case
from models.case.tables import Alarm
from models.history import steps_about
from models.media import keeping
from models.media.files import Files
from models.media.item import Item
from models.outbox.letter import Letter, State
from models.person.tables import Staff
from models.place.spot import NOWHERE
from models.praise import Praise
from models.praise import keep as keep_praise
from server.config import Config
from server.database import Database

Desk = Callable[[Someone], str]


def newest(db: Database) -> Case:
    with db.read():
        return session().scalars(select(Case).order_by(Case.id.desc())).first()  # type: ignore[return-value]


def test_each_sees_what_waits_for_them_and_the_desk_its_community(
    db: Database, phone: Phone, town: Cast, desk: Desk
) -> None:
    number = db.write(lambda: a_case(reporter=town.wang, text="楼道灯坏了").number)
    held = db.write(lambda: a_case(reporter=town.wang, text="门坏了", accepted_by=town.li).number)
    keeper = phone.open(desk(town.li)).text
    assert number in keeper
    assert held in keeper
    assert number not in phone.open(desk(town.wu)).text
    assert number not in phone.open(desk(town.qian)).text  # the desk of another community


def test_residents_and_those_who_left_have_no_desk(
    db: Database, phone: Phone, town: Cast, desk: Desk
) -> None:
    assert phone.open(desk(town.wang)).status_code == 404
    assert phone.send(f"{desk(town.wang)}/desk/enter", words="3号楼灯不亮").status_code == 404
    db.write(lambda: session().execute(update(Staff).where(Staff.number == "C001").values(active=False)))
    assert phone.open(desk(town.zhao)).status_code == 404


def test_a_caller_is_entered_and_the_case_goes_to_the_keeper(
    db: Database, phone: Phone, town: Cast, desk: Desk
) -> None:
    form = {
        "source": "phone",
        "words": "育英小区3号楼2单元没有暖气",
        "name": "张桂兰",
        "phone": "138-1234-5678",
    }
    page = phone.sent_and_shown(f"{desk(town.zhao)}/desk/enter", once="e" * 16, **form)
    case = newest(db)
    assert f"{case.number}号" in page
    assert "138****5678" in page
    assert (case.source, case.entered_by, case.reporter_id) == ("phone", town.zhao.id, None)
    assert (case.building_name, case.unit_name, case.category) == ("3", "2", "heating")
    with db.read():
        assert caller_of(case) == ("张桂兰", "13812345678")
        assert told(town.li) == ["case_dispatched"]
    assert "13812345678" not in str(case.caller_sealed)


def test_a_patrol_finds_something_and_chooses_place_and_kind(
    db: Database, phone: Phone, town: Cast, desk: Desk
) -> None:
    with db.read():
        estate = session().scalars(select(Case.estate_id)).first()
    estate = estate or db.write(lambda: a_case(reporter=town.wang).estate_id)
    picture = (io.BytesIO(photo()), "a.jpg")
    form = {
        "source": "patrol",
        "estate": str(estate),
        "building": "5",
        "words": "杂物堵着",
        "urgency": "urgent",
    }
    phone.sent_and_shown(f"{desk(town.sun)}/desk/enter", category="clutter", photos=picture, **form)
    case = newest(db)
    assert (case.source, case.building_name, case.category, case.urgency) == (
        "patrol", "5", "clutter", "urgent",
    )  # fmt: skip
    with db.read():
        assert session().scalar(select(func.count(Item.id))) == 1


def test_entering_says_what_is_missing_and_keeps_what_was_typed(
    db: Database, phone: Phone, town: Cast, desk: Desk
) -> None:
    path = f"{desk(town.zhao)}/desk/enter"
    for form, said in (
        ({"words": ""}, "什么事"),
        ({"words": "灯不亮，姓刘"}, "哪个小区"),
        ({"words": "育英小区3号楼灯不亮", "phone": "12"}, "手机号"),
        ({"words": "育英小区3号楼灯不亮", "category": "magic"}, "办不了"),
    ):
        answer = phone.send(path, **form)
        assert answer.status_code == 422
        assert said in answer.text
        assert form["words"] in answer.text
    with db.read():
        assert session().scalar(select(func.count(Case.id))) == 0


def test_an_emergency_told_by_phone_rings_at_once(db: Database, phone: Phone, town: Cast, desk: Desk) -> None:
    phone.send(f"{desk(town.sun)}/desk/enter", words="育英小区5号楼1单元有煤气味", source="phone")
    with db.read():
        assert session().scalar(select(func.count(Alarm.id))) == 1
        assert "case_emergency" in told(town.zhao)
    assert "紧急，先打" in phone.open(desk(town.zhao)).text


def a_voice(town: Cast, files: Files) -> str:
    case = a_collected_case(town.wang, text="")
    case.category = None
    item = keeping.keep(
        case.about, purpose="report", kind="voice", file=files.keep(b"#!AMR\nxx", "audio/amr"),
        content_type="audio/amr", by=town.wang.id,
    )  # fmt: skip
    session().flush()
    return session().get_one(Item, item).public_id


def test_a_voice_is_listened_to_and_its_words_send_the_case_on(
    db: Database, phone: Phone, town: Cast, desk: Desk, config: Config
) -> None:
    public = db.write(a_voice, town, Files(config.storage.dir))
    path = desk(town.zhao)
    assert f"/media/{public}" in phone.open(path).text
    heard = phone.open(f"{path}/media/{public}")
    assert (heard.status_code, heard.data, heard.mimetype) == (200, b"#!AMR\nxx", "audio/amr")
    page = phone.sent_and_shown(f"{path}/desk/heard", item=public, words="育英小区3号楼2单元水管爆了")
    assert "谢谢您听" in page
    assert f"/media/{public}" not in page
    case = newest(db)
    assert (case.state, case.building_name, case.category) == ("dispatched", "3", "water")
    assert "水管爆了" in case.text
    with db.read():
        assert "heard" in [step.what for step in steps_about("case", case.id)]
    assert phone.send(f"{desk(town.wu)}/desk/heard", item=public, words="x").status_code == 404


def test_what_nobody_was_found_for_is_handed_to_a_colleague(
    db: Database, phone: Phone, town: Cast, desk: Desk
) -> None:
    def work() -> str:
        case = a_case(reporter=town.wang, text="长椅断了", at=NOWHERE)
        offering.end(case.id, "moved", at=now())
        case.state, case.route = "filed", "nobody"
        return case.number

    number = db.write(work)
    page = phone.open(desk(town.zhao)).text
    assert "没查到谁管" in page
    path = page.split('class="entry" href="')[1].split('"')[0]
    assert number in phone.open(path).text
    phone.sent_and_shown(f"{path}/transfer", to="G001", reason="你片里的")
    assert "没查到谁管" not in phone.open(desk(town.zhao)).text
    assert number in phone.open(desk(town.sun)).text


def test_who_cannot_be_asked_is_on_the_visit_list(db: Database, phone: Phone, town: Cast, desk: Desk) -> None:
    number = db.write(lambda: a_case(entered_by=town.zhao, finished_by=town.li).number)
    asked = db.write(lambda: a_case(reporter=town.wang, finished_by=town.li).number)
    listed = phone.open(desk(town.zhao)).text.split("要上门或打电话问")[1].split("</section>")[0]
    assert number in listed
    assert asked not in listed


def a_letter(key: str, case: Case, **more: object) -> int:
    facts = {"number": case.number, "estate": "育英小区", "building": "3", "unit": "2", "minutes": 38,
             "category": "lighting"}  # fmt: skip
    return put(
        Letter,
        **{
            "key": key, "kind": "case_group_mended", "about_kind": "case", "about_id": case.id,
            "to_kind": "group", "to_id": 1, "data_class": "public", "state": State.BY_HAND,
            "not_before": now(), "created_at": now(), "facts": facts, **more,
        },
    )  # fmt: skip


def test_a_letter_for_a_group_is_carried_by_hand_and_who_did_it_is_written_down(
    db: Database, phone: Phone, town: Cast, desk: Desk
) -> None:
    key = db.write(lambda: a_letter("g", a_case(reporter=town.wang)))
    page = phone.open(desk(town.zhao)).text
    assert "从反映到修好38分钟" in page
    assert "data:image/png" in page
    for said in ("由您转达", "已经有人转达"):
        assert said in phone.sent_and_shown(f"{desk(town.zhao)}/desk/carried", item=str(key))
    with db.read():
        letter = session().get_one(Letter, key)
        assert (letter.state, letter.channel) == (State.SENT, "hand")
        last = steps_about("case", letter.about_id or 0)[-1]
        assert (last.what, last.by_id) == ("told_by_hand", town.zhao.id)


def test_a_letter_that_failed_is_shown_with_its_reason_and_sent_again(
    db: Database, phone: Phone, town: Cast, desk: Desk
) -> None:
    key = db.write(
        lambda: a_letter("f", a_case(reporter=town.wang), kind="case_finished", to_kind="person",
                         to_id=town.wang.id, state=State.FAILED, reason="no_address")
    )  # fmt: skip
    page = phone.open(desk(town.zhao)).text
    assert "没有任何能联系上的办法" in page
    assert "王阿姨" not in page
    assert "再发一次" in phone.sent_and_shown(f"{desk(town.zhao)}/desk/again", item=str(key))
    with db.read():
        assert session().get_one(Letter, key).state == State.WAITING


def test_praise_is_checked_once(db: Database, phone: Phone, town: Cast, desk: Desk) -> None:
    key = db.write(lambda: keep_praise("谢谢李师傅", by=town.wang.id, for_id=town.li.id, case_id=None))
    assert "谢谢李师傅" in phone.open(desk(town.zhao)).text
    assert "谢谢李师傅" not in phone.open(desk(town.qian)).text
    assert "谢谢李师傅" not in phone.sent_and_shown(f"{desk(town.zhao)}/desk/praise", item=str(key))
    with db.read():
        assert session().get_one(Praise, key).checked_by == town.zhao.id


def test_keepers_settle_nothing_that_is_the_desks(db: Database, phone: Phone, town: Cast, desk: Desk) -> None:
    key = db.write(lambda: a_letter("g", a_case(reporter=town.wang)))
    for task in ("carried", "again", "praise"):
        assert phone.send(f"{desk(town.li)}/desk/{task}", item=str(key)).status_code == 409
    assert phone.send(f"{desk(town.zhao)}/desk/nonsense").status_code == 404


def test_a_desk_settles_nothing_of_another_community(
    db: Database, phone: Phone, town: Cast, desk: Desk
) -> None:
    failed: dict[str, object] = {"kind": "case_finished", "to_kind": "person", "to_id": town.wang.id,
                                 "state": State.FAILED, "reason": "no_address"}  # fmt: skip

    def work() -> tuple[int, int, int]:
        case = a_case(reporter=town.wang)
        thanks = keep_praise("谢谢李师傅", by=town.wang.id, for_id=town.li.id, case_id=None)
        return a_letter("g", case), a_letter("f", case, **failed), thanks

    by_hand, dead, thanks = db.write(work)
    for task, key in (("carried", by_hand), ("carried", dead), ("again", dead)):
        assert phone.send(f"{desk(town.qian)}/desk/{task}", item=str(key)).status_code == 409
    phone.send(f"{desk(town.qian)}/desk/praise", item=str(thanks))
    with db.read():
        assert session().get_one(Letter, by_hand).state == State.BY_HAND
        assert session().get_one(Letter, dead).state == State.FAILED
        assert session().get_one(Praise, thanks).checked_at is None


def test_a_longer_list_asks_the_database_no_more_often(
    db: Database, phone: Phone, town: Cast, desk: Desk
) -> None:
    def asked(cases: int) -> int:
        db.write(lambda: [a_case(entered_by=town.zhao, finished_by=town.li) for _ in range(cases)] and None)
        statements: list[str] = []

        def note(*arguments: Any) -> None:
            statements.append(arguments[2])

        event.listen(db.engine, "before_cursor_execute", note)
        assert phone.open(desk(town.zhao)).status_code == 200
        event.remove(db.engine, "before_cursor_execute", note)
        return len(statements)

    asked(1)
    assert asked(2) == asked(30)
