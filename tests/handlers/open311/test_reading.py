"""What everybody reads is the board and nothing beside it; what somebody sent, the sender reads as it was."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from board_town import SECRETS, Lobby, a_lobby
from calendars import known_years
from cast import Cast
from factories import a_case, a_town, spot, unit_of_work
from georeport import said
from open311_desk import BASE, Program, a_key, an_app
from sqlalchemy import select
from standing import standing

from handlers.wording.filters import use_base_url
from models.base.actor import By
from models.base.clock import SHANGHAI, local, now
from models.base.orm import session
from models.board import photos
from models.board.cases import CLOSED
from models.board.rules import rules
from models.case.case import Case
from models.case.lifecycle import WORKING, State
from models.case.reach import hold
from models.media.files import Files
from models.mediation.mediating import open_one
from server.database import Database

ONE_DATABASE = pytest.mark.parametrize("db", ["sqlite"], indirect=True)
NOON = datetime(2026, 11, 20, 12, tzinfo=SHANGHAI)


@pytest.fixture
def lobby(db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lobby:
    monkeypatch.setattr("handlers.wording.filters._base_url", "")
    use_base_url(BASE)
    return db.write(lambda: a_lobby(Files(tmp_path / "files"), 300))


@pytest.fixture
def town(db: Database) -> Cast:
    return db.write(a_town)


def ids(found: list[dict[str, Any]]) -> list[str]:
    return [one["service_request_id"] for one in found]


def test_nothing_of_what_people_wrote_or_where_they_live_is_read(db: Database, lobby: Lobby):
    program = Program(an_app(db))
    found = program.read("requests", "extended", extensions="true")
    with db.read():
        expected = {
            one.public_id
            for one in session().scalars(select(Case))
            if one.category not in rules().between_people
            and (one.state in (*WORKING, State.FINISHED) or (one.state in CLOSED and one.claim == "mended"))
        }
    assert set(ids(found)) == expected
    assert len(expected) > 100
    text = "".join(program.get(f"requests.{one}", extensions="true").text for one in ("xml", "json"))
    assert standing("501", text) == []
    for secret in (*SECRETS, "王阿姨", "李师傅", "家门口"):
        assert secret not in text
    assert {one["description"] for one in found} == {None}
    assert {one["service_notice"] for one in found} == {None}
    assert {one["requested_datetime"][8:] for one in found} == {"01T00:00:00+08:00"}
    assert {one["updated_datetime"][8:] for one in found} == {"01T00:00:00+08:00"}
    assert {one["extended_attributes"]["precision"] for one in found} == {"month"}
    assert {one["address"] for one in found} == {
        "育英小区3号楼",
        "育英小区5号楼",
        "育英小区",
    }  # not the one of two homes
    assert "天暖" in text


def test_a_picture_is_shown_while_somebody_answers_for_it(db: Database, lobby: Lobby):
    program = Program(an_app(db))
    found = {
        one["service_request_id"]: one
        for one in program.read("requests", "extended", extensions="true", status="closed")
    }
    before, after = lobby.shown
    pictured = [one for one in found.values() if one["media_url"]]
    assert [one["media_url"] for one in pictured] == [f"{BASE}/board/{lobby.community}/photo/{after}"]
    assert [one["media_url"].rpartition("/")[2] for one in pictured[0]["extended_attributes"]["photos"]] == [
        after, before,
    ]  # fmt: skip
    number = pictured[0]["service_request_id"]

    def take_down() -> None:
        case = session().scalars(select(Case).where(Case.public_id == number)).one()
        for one in lobby.shown:
            photos.clear(case, lobby.cast.zhao.id, one, shown=False)

    db.write(take_down)
    assert program.read(f"requests/{number}")[0]["media_url"] is None


@ONE_DATABASE
def test_what_is_between_people_is_not_there_for_anybody(db: Database, town: Cast):
    program = Program(an_app(db))

    def between() -> list[str]:
        quarrel = a_case(reporter=town.wang, category="lighting")
        open_one(
            1,
            "neighbours",
            "甲、乙",
            "吵",
            NOON.date(),
            town.zhao.id,
            By.staff(town.zhao.id),
            case_id=quarrel.id,
        )
        fees = a_case(reporter=town.wang, category="fees")
        void = a_case(reporter=town.wang)
        void.void(By.person(town.wang.id), "好了")
        session().flush()
        return [one.public_id for one in (quarrel, fees, void)]

    hidden = db.write(between)
    assert program.read("requests") == []
    assert program.read("requests", service_request_id=",".join(hidden)) == []
    answers = [program.get(f"requests/{one}.xml") for one in (*hidden, "A" * 22, "A" * 500)]
    assert {(one.status_code, one.text) for one in answers} == {(404, answers[-1].text)}


@ONE_DATABASE
def test_windows_are_months_so_that_many_of_them_say_no_day(db: Database, town: Cast):
    with time_machine.travel(NOON, tick=False):
        for day in (3, 17):
            db.write(lambda day=day: a_case(reporter=town.wang, when=NOON.replace(day=day)).id)
        program = Program(an_app(db))

        def within(start: str, end: str) -> int:
            return len(program.read("requests", start_date=start, end_date=end))

        assert within("2026-11-04T00:00:00+08:00", "2026-11-05T00:00:00+08:00") == 2
        assert within("2026-11-17T12:00:00Z", "2026-11-18T00:00:00Z") == 2
        assert within("2026-10-01T00:00:00+08:00", "2026-10-31T23:59:59+08:00") == 0
        assert within("2026-10-31T16:00:00Z", "2026-10-31T16:00:01Z") == 2  # November has begun here


@ONE_DATABASE
def test_the_last_ninety_days_are_what_nobody_asked_otherwise_gets(db: Database, town: Cast):
    with time_machine.travel(NOON, tick=False):
        for days in (0, 60, 150):
            at = NOON - timedelta(days=days)
            db.write(lambda at=at: a_case(reporter=town.wang, when=at).id)
        program = Program(an_app(db))
        assert len(program.read("requests")) == 2
        assert len(program.read("requests", end_date="2026-07-01T00:00:00+08:00")) == 1
        assert len(program.read("requests", start_date="2026-06-01T00:00:00 08:00")) == 1
        for query in (
            {"start_date": "2026-06-01T00:00:00Z", "end_date": "2026-08-31T00:00:00Z"},
            {"start_date": "2026-06-02T00:00:00Z", "end_date": "2026-06-01T00:00:00Z"},
            {"start_date": "2026-06-01"}, {"start_date": "2026-06-01T00:00:00"},
            {"end_date": "2026-13-01T00:00:00Z"}, {"end_date": "9999-12-31T23:59:59-12:00"},
            {"status": "lost"}, {"page": "0"}, {"page": "-1"}, {"page_size": "1001"}, {"page": "١"},
            {"page": "1000", "page_size": "1000"}, {"extensions": "perhaps"}, {"lat": "46.6"},
            {"lat": "x", "long": "1"}, {"lat": "46.6", "long": "126.9", "radius": "99999"},
            {"service_request_id": ",".join("abc" for _ in range(101))},
        ):  # fmt: skip
            answer = program.get("requests.xml", **query)
            assert said(answer, "errors")[0]["code"] == 400, query
        assert said(program.get("requests.json", service_code="potholes"), "errors")[0]["code"] == 404


@ONE_DATABASE
def test_pages_show_each_once_and_the_newest_first(db: Database, town: Cast):
    with unit_of_work(db):
        made = [
            a_case(reporter=town.wang, when=now() - timedelta(hours=hours)).public_id for hours in range(7)
        ]
    program = Program(an_app(db))
    pages = [ids(program.read("requests", page=str(page), page_size="3")) for page in (1, 2, 3, 4)]
    assert [len(one) for one in pages] == [3, 3, 1, 0]
    assert [one for page in pages for one in page] == made
    asked = [made[5], made[0], "nobody", made[5]]
    assert ids(program.read("requests", service_request_id=",".join(asked), status="closed")) == [
        made[5], made[0],
    ]  # fmt: skip


@ONE_DATABASE
def test_open_until_it_is_mended_and_closed_from_the_nod_on(db: Database, town: Cast):
    program = Program(an_app(db))
    number, case_id = db.write(lambda: (one := a_case(reporter=town.wang), (one.public_id, one.id))[1])

    def status() -> tuple[str, str, str]:
        (one,) = program.read(f"requests/{number}", "extended", extensions="true")
        listed = [kind for kind in ("open", "closed") if number in ids(program.read("requests", status=kind))]
        assert listed == [one["status"]]
        assert ids(program.read("requests", status="open,closed")) == [number]
        return one["status"], one["extended_attributes"]["phase"], one["notes"][-1]["type"]

    assert status() == ("open", "任务派遣", "reported")
    db.write(lambda: hold(case_id).accept(town.li.id))
    assert status() == ("open", "任务处置", "accepted")
    db.write(lambda: hold(case_id).finish(town.li.id, "换好了", no_photo_reason="没带手机"))
    assert status() == ("open", "处置反馈", "finished")
    db.write(lambda: hold(case_id).nod(By.person(town.wang.id)))
    assert status() == ("closed", "核查结案", "closed")


@ONE_DATABASE
def test_by_service_by_community_and_around_a_point(db: Database, town: Cast):
    with unit_of_work(db):
        light = a_case(reporter=town.wang).public_id
        road = a_case(reporter=town.wang, category="road", at=spot("建设小区", "1")).public_id
        other = a_case(reporter=town.wang, category=None, at=spot("建设小区", "1")).public_id
    program = Program(an_app(db))
    found = program.read("requests")
    point = {one["service_request_id"]: (one["lat"], one["long"]) for one in found}
    assert len(point) == 3
    assert ids(program.read("requests", service_code="lighting")) == [light]
    assert set(ids(program.read("requests", service_code="road,other"))) == {road, other}
    assert set(ids(program.read("requests", jurisdiction_id="建设社区"))) == {road, other}
    lat, long = point[light]
    assert ids(program.read("requests", lat=str(lat), long=str(long), radius="100")) == [light]
    assert len(program.read("requests", lat=str(lat), long=str(long), radius="10000")) == 3
    assert program.read("requests", lat="0", long="0") == []


def test_the_sender_reads_what_was_sent_and_nobody_else_does(db: Database, town: Cast):
    db.write(known_years)
    mine = Program(an_app(db), a_key(db))
    began = local(now()).replace(microsecond=0)
    quiet = mine.send(service_code="noise", description="楼上太吵", address_string="育英小区3号楼2单元501")
    light = mine.send(lat="46.63", long="126.985")
    assert ids(mine.read("requests", own="true")) == [light, quiet]
    (one,) = mine.read(f"requests/{quiet}", "extended", extensions="true")
    assert one["description"].startswith("楼上太吵")
    assert one["address"] == "育英小区3号楼2单元501室"
    assert datetime.fromisoformat(one["requested_datetime"]) >= began
    assert one["extended_attributes"]["precision"] == "second"
    assert one["service_notice"]
    assert one["expected_datetime"]
    (other,) = mine.read(f"requests/{light}")
    assert (other["lat"], other["long"]) == (pytest.approx(46.63), pytest.approx(126.985))
    for stranger in (Program(mine.app, a_key(db, "别家")), Program(mine.app)):
        assert stranger.get(f"requests/{quiet}.xml").status_code == 404
        (seen,) = stranger.read(f"requests/{light}")
        assert (seen["description"], seen["address"]) == (None, "育英小区3号楼")
    assert Program(mine.app, a_key(db, "又一家")).read("requests", own="true") == []
    with unit_of_work(db):
        key = session().scalars(select(Case.id).where(Case.public_id == light)).one()
        hold(key).void(By.staff(town.zhao.id), "重复了", is_answered=True)
    (over,) = mine.read("requests", own="true", status="closed")
    assert (over["service_request_id"], over["expected_datetime"]) == (light, None)
