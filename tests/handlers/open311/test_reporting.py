"""What another program reports is a case as every other: once, placed, offered, and its sender sealed."""

import threading
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from cast import Cast
from factories import a_town
from georeport import said
from open311_desk import HERE, Program, a_key, an_app
from page_phone import Phone, body_of
from settings_files import configuration, plain_url
from sqlalchemy import func, select
from standing import standing

from models.base.links import personal_path
from models.base.orm import session
from models.base.signed_ids import signed_id
from models.case.caller import caller_of, email_of
from models.case.case import Case
from models.case.reach import hold
from models.case.tables import Alarm, Offer
from models.history import steps_about
from models.partner import keys
from models.place.datum import to_wgs
from models.place.public_ids import place_id
from server.app import create_app
from server.database import Database

ONE_DATABASE = pytest.mark.parametrize("db", ["sqlite"], indirect=True)


@pytest.fixture
def town(db: Database) -> Cast:
    return db.write(a_town)


@pytest.fixture
def program(db: Database, town: Cast) -> Program:
    return Program(an_app(db), a_key(db))


def case_of(database: Database, public_id: str) -> Case:
    with database.read():
        return session().scalars(select(Case).where(Case.public_id == public_id)).one()


def count(database: Database) -> int:
    with database.read():
        return session().scalar(select(func.count(Case.id))) or 0


def test_a_report_is_a_case_offered_to_whoever_keeps_the_building(db: Database, town: Cast, program: Program):
    number = program.send(
        first_name="小明", last_name="张", phone="+86 138-0000-1234", email="ming@example.cn", device_id="d1"
    )
    case = case_of(db, number)
    assert (case.category, case.source, case.estate_name) == ("lighting", "open311", "育英小区")
    assert (case.building_name, case.unit_name, case.text) == ("3", "2", "灯不亮了\n地点：育英小区3号楼2单元")
    with db.read():
        offered = set(session().scalars(select(Offer.person_id).where(Offer.case_id == case.id)))
        assert offered == {town.li.id, town.ma.id}
        assert caller_of(case) == ("张小明", "13800001234")
        assert email_of(case) == "ming@example.cn"
        told = str([step.facts for step in steps_about("case", case.id)])
    kept = str(dict(vars(case)))
    assert not any(secret in kept + told for secret in ("小明", "1380000", "ming@"))
    assert standing("d1", kept + told) == []


@ONE_DATABASE
def test_both_formats_answer_with_the_id_and_what_was_sent_along(db: Database, program: Program):
    for suffix in ("xml", "json"):
        answer = program.post(suffix, account_id="a-7")
        (made,) = said(answer, "created")
        assert made["account_id"] == "a-7"
        assert case_of(db, made["service_request_id"]).number in made["service_notice"]


@ONE_DATABASE
def test_places_by_id_by_point_and_by_words(db: Database, program: Program):
    def place(**form: Any) -> tuple[str | None, str | None, str | None]:
        case = case_of(db, program.send(**form))
        return case.estate_name, case.building_name, case.place_from

    east, north = to_wgs(126.99, 46.63)  # of 育英小区
    point = {"lat": str(north), "long": str(east), "address_string": None}
    assert place(**point) == ("育英小区", None, "location")
    assert place(**point | {"address_string": "5号楼门口"}) == ("育英小区", "5", "said")
    assert place(**point | {"address_string": "建设小区1号楼"}) == ("建设小区", "1", "said")
    assert place(**point | {"description": "7号楼单元门坏了"}) == ("育英小区", "7", "said")
    building, estate = place_id(1, 2), place_id(1)
    assert place(address_string=None, address_id=building) == ("育英小区", "5", "said")
    assert place(address_string=None, address_id=estate) == ("育英小区", None, "said")
    case = case_of(db, program.send(address_string="河边那条路", jurisdiction_id="建设社区"))
    assert (case.estate_id, case.community_id) == (None, 2)
    near = case_of(db, program.send(**point))
    assert (near.longitude, near.latitude) == (pytest.approx(126.99), pytest.approx(46.63))


def test_an_address_id_is_the_same_on_the_way_in_and_out_and_no_number_of_ours(
    db: Database, program: Program
):
    for building in (2, None):
        known = {"address_string": None, "address_id": place_id(1, building)}
        sent = program.send(**known)
        (one,) = program.read(f"requests/{sent}")
        assert one["address_id"] == known["address_id"]
        assert len(one["address_id"]) == 32
        case = case_of(db, sent)
        assert (case.estate_id, case.building_id) == (1, building)
    for other in (signed_id("households", 1), signed_id("buildings", 2), "b2", "e1", "2"):
        answer = program.post(address_string=None, address_id=other)
        assert answer.status_code == 400


@ONE_DATABASE
def test_somebody_in_the_elevator_rings_at_once(db: Database, program: Program):
    lift = {"service_code": "elevator", "description": "电梯停了"}
    program.send(**lift, **{"attribute[trapped]": "no"})
    with db.read():
        assert session().scalar(select(func.count(Alarm.id))) == 0
    case = case_of(db, program.send(**lift, **{"attribute[trapped]": "yes", "attribute[unit]": "1"}))
    assert (case.urgency, case.unit_name) == ("emergency", "1")
    with db.read():
        assert session().scalars(select(Alarm.number_to_call)).one() == "119"


@ONE_DATABASE
def test_answers_stand_in_the_case_as_people_say_them(db: Database, program: Program):
    case = case_of(
        db,
        program.send(
            service_code="heating", description=None, media_url="https://pictures.example/1.jpg",
            **{
                "attribute[temperature]": "14.5", "attribute[since]": "2026-11-20T08:00:00+08:00",
                "attribute[rooms][]": ["living", "bath"],
            },
        ),
    )  # fmt: skip
    assert case.text.splitlines() == [
        "供热", "室温：14.5", "从什么时候开始：2026-11-20T08:00:00+08:00", "哪儿不热：客厅、卫生间",
        "地点：育英小区3号楼2单元", "照片：https://pictures.example/1.jpg",
    ]  # fmt: skip


WRONG: list[tuple[int, dict[str, Any]]] = [
    (403, {"api_key": None}), (403, {"api_key": "x" * 43}), (403, {"api_key": "x" * 5000}),
    (400, {"service_code": None}), (404, {"service_code": "potholes"}),
    (400, {"address_string": None}), (400, {"address_string": "  "}),
    (400, {"lat": "46.6"}), (400, {"lat": "46.6", "long": "x"}), (400, {"lat": "nan", "long": "1"}),
    (400, {"lat": "91", "long": "1"}), (400, {"lat": "1e400", "long": "1"}),
    (400, {"lat": "40.7", "long": "-74.0", "address_string": None}),
    (400, {"address_string": None, "address_id": "b2"}), (400, {"address_id": "x"}),
    (400, {"address_string": None, "address_id": "2"}), (400, {"address_id": "A" * 32}),
    (400, {"address_string": "不知道在哪儿"}),
    (404, {"jurisdiction_id": "没有的社区"}), (400, {"jurisdiction_id": "建设社区"}),
    (400, {"description": "长" * 4001}), (400, {"email": "nobody"}), (400, {"email": "a@b.c\n"* 2}),
    (400, {"phone": "<script>"}), (400, {"media_url": "javascript:alert(1)"}),
    (400, {"media_url": "https://x/" + "y" * 500}), (400, {"first_name": "长" * 61}),
    (400, {"attribute[unit]": ["1", "2"]}), (400, {"attribute[nothing]": "1"}),
    (400, {"attribute[unit]": "1\n2"}), (400, {"attribute[unit]": "1" * 101}),
    (400, {"service_code": "elevator"}),
    (400, {"service_code": "elevator", "attribute[trapped]": "perhaps"}),
    (400, {"service_code": "heating", "attribute[temperature]": "inf"}),
    (400, {"service_code": "heating", "attribute[since]": "2026-11-20"}),
    (400, {"service_code": "heating", "attribute[rooms][]": ["living", "attic"]}),
    (400, {"once": "short"}), (400, {"once": "a b c d e f g h"}),
]  # fmt: skip


@ONE_DATABASE
def test_what_does_not_fit_is_said_in_the_shape_and_files_nothing(db: Database, program: Program):
    for number, (status, form) in enumerate(WRONG):
        program.key = a_key(db, f"第{number}个")  # because one sends no more than so many at once
        for suffix in ("xml", "json"):
            answer = program.post(suffix, **form)
            errors = said(answer, "errors")
            assert (answer.status_code, {one["code"] for one in errors}) == (status, {status}), form
    assert count(db) == 0


@ONE_DATABASE
def test_all_that_is_wrong_is_said_at_once(program: Program):
    answer = program.post(service_code="elevator", address_string=None, email="x")
    assert len(said(answer, "errors")) == 3


@ONE_DATABASE
def test_only_forms_are_taken(db: Database, program: Program):
    client = program.app.test_client()
    body = {**program.report, "api_key": program.key}
    for sent in (
        {"json": body},
        {"data": "<request/>", "content_type": "text/xml"},
        {"data": body, "content_type": "multipart/form-data"},
    ):
        headers = {"X-Api-Key": program.key}
        answer = client.post("/open311/v2/requests.xml", headers=headers, **sent)  # type: ignore[arg-type]
        assert said(answer, "errors")[0]["code"] == 400
    assert count(db) == 0


@ONE_DATABASE
def test_words_that_are_no_utf_8_are_refused_and_not_filed_garbled(db: Database, program: Program):
    client = program.app.test_client()
    for kind in ("application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=GBK"):
        plain = urlencode(
            {"api_key": program.key, "service_code": "lighting", "address_string": "育英小区3号楼"}
        )
        body = f"{plain}&{urlencode({'description': '楼道灯不亮了'}, encoding='gbk')}"
        answer = client.post(f"{HERE}/requests.json", data=body, content_type=kind)
        (error,) = said(answer, "errors")
        assert (error["code"], "UTF-8" in error["description"]) == (400, True)
    assert count(db) == 0


def test_signs_that_no_keyboard_writes_are_left_out_of_answers_too(db: Database, program: Program):
    case = case_of(db, program.send(**{"attribute[unit]": "1\0", "description": "灯\0不亮"}))
    assert (case.unit_name, case.text.splitlines()[0]) == ("1", "灯不亮")


@ONE_DATABASE
def test_four_thousand_signs_are_kept_whole(db: Database, program: Program):
    words = "灯" * 3999 + "完"
    assert words in case_of(db, program.send(description=words)).text
    assert program.read("requests", own="true")[0]["description"].startswith(words)


def test_the_same_report_many_times_at_once_is_one_case(db: Database, program: Program):
    answers: list[Any] = []
    gate = threading.Barrier(6)

    def send() -> None:
        gate.wait()
        answers.append(said(program.post(once="order-2026-1"), "created"))

    threads = [threading.Thread(target=send) for _ in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(20)
    assert len(answers) == 6
    assert all(one == answers[0] for one in answers)
    assert count(db) == 1
    (found,) = program.read("tokens/order-2026-1", "token")
    assert found == {
        "service_request_id": answers[0][0]["service_request_id"],
        "token": "order-2026-1",
    }
    assert Program(program.app, a_key(db, "别家")).get("tokens/order-2026-1.json").status_code == 404
    assert Program(program.app).get("tokens/order-2026-1.json").status_code == 404


@ONE_DATABASE
def test_another_report_under_the_same_key_is_not_taken_for_a_copy(db: Database, program: Program):
    first = said(program.post(once="order-2026-1", description="3号楼路灯不亮"), "created")
    other = program.post(once="order-2026-1", description="5号楼井盖没了")
    assert (other.status_code, count(db)) == (400, 1)
    said(other, "errors")
    assert said(program.post(once="order-2026-1", description="3号楼路灯不亮"), "created") == first


def test_a_key_opens_what_it_is_for_and_is_over_when_it_is_used_up(db: Database, program: Program):
    reads = Program(program.app, a_key(db, "只查", rights=["read"]))
    assert said(reads.post(), "errors")[0]["code"] == 403
    writes = Program(program.app, a_key(db, "只报", rights=["report"]))
    writes.send()
    assert writes.get("requests.json", own="true").status_code == 403
    assert writes.get("requests.json").status_code == 200
    elsewhere = Program(program.app, a_key(db, "建设的", community_id=2))
    assert said(elsewhere.post(), "errors")[0]["code"] == 403
    assert case_of(db, elsewhere.send(address_string="哪儿都行")).community_id == 2
    small = Program(program.app, a_key(db, "很少", daily_quota=2))
    small.send()
    small.send()
    answer = small.post("xml")
    assert said(answer, "errors")[0]["code"] == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 86_400
    db.write(keys.revoke, "12345热线")
    assert said(program.post(), "errors")[0]["code"] == 403


@ONE_DATABASE
def test_whoever_takes_it_sees_the_sender_masked_until_the_number_is_asked_for(
    db: Database, town: Cast, program: Program, tmp_path: Path
):
    number = program.send(first_name="小明", last_name="张", phone="13800001234", email="ming@example.cn")
    case = case_of(db, number)
    phone = Phone(create_app(configuration(tmp_path, plain_url(db)), db).test_client())
    path = f"/{personal_path('case', town.li.id, case.id)}"
    page = body_of(phone.open(path).text)
    assert "张**" in page
    assert "m***@example.cn" in page
    assert "合作平台" in page
    assert not any(one in page for one in ("小明", "13800001234", "ming@"))
    db.write(lambda: hold(case.id).accept(town.li.id))
    page = body_of(phone.send(f"{path}/call", purpose="call_back").text)
    assert "ming@example.cn" in page
