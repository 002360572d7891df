"""Cadres in the mini-program: today, the verbs of a case, visits without a network, roll-calls; what is not
theirs is not there."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from api_client import Mini
from cast import Cast, Someone
from factories import a_case, steps, unit_of_work
from notices import handed_in, tell_all
from pictures import photo
from sqlalchemy import func, select, update

from models.base.clock import ago, now
from models.base.orm import put, session
from models.case.case import Case
from models.media.item import Item
from models.place.tables import Building, Estate, Household
from models.place.version import raise_version
from models.visit import covering
from models.visit.tables import HomeVisit, VisitOpinion
from server.database import Database

Phone = Callable[[Someone], Mini]
REASON = "不在我包保的楼"


def uploaded(mini: Mini) -> str:
    data = photo()
    name = mini.post("/uploads", {"size": len(data), "type": "image/jpeg"})["id"]
    assert mini("PATCH", f"/uploads/{name}", data, **{"Upload-Offset": "0"}).json["state"] == "kept"
    return str(name)


def made(db: Database, **said: Any) -> str:
    with unit_of_work(db):
        return a_case(**said).public_id


def test_today_is_what_waits_the_late_first(mini: Phone, town: Cast, db: Database) -> None:
    fresh = made(db, reporter=town.wang)
    held = made(db, reporter=town.wang, accepted_by=town.li)
    late = made(db, reporter=town.sun_xiaoyu)
    with unit_of_work(db):
        session().execute(update(Case).where(Case.public_id == late).values(finish_due=ago(hours=3)))
        session().execute(
            update(Case)
            .where(Case.public_id != late)
            .values(finish_due=now() + timedelta(days=3), due_at=None)
        )
    li = mini(town.li)
    said = li.get("/work/today")
    assert [one["case"]["id"] for one in said["items"]] == [late, fresh, held]
    assert [one["why"] for one in said["items"]] == ["等您接单，已经超期", "等您接单", "在您手上"]
    assert [one["late"] for one in said["items"]] == [True, False, False]
    assert (said["counts"]["offered"], said["counts"]["held"], said["more"]) == (2, 1, 0)
    assert mini(town.wu).get("/work/today")["items"] == []
    assert mini(town.wang).refused("GET", "/work/today") == (404, "not_found", None)


def test_accept_progress_and_finish_with_photos_of_before_and_after(
    mini: Phone, town: Cast, db: Database
) -> None:
    case = made(db, reporter=town.wang)
    li, wang = mini(town.li), mini(town.wang)
    assert "accept" in li.get(f"/work/cases/{case}")["may"]
    taken = li.post(f"/work/cases/{case}/accept", key="accept-01")
    assert taken == li.post(f"/work/cases/{case}/accept", key="accept-01")
    assert {"finish", "progress", "return", "transfer"} <= set(taken["may"])
    told = li.post(f"/work/cases/{case}/progress", {"text": "下午来换", "photos": [uploaded(li)]})
    assert [one["kind"] for one in told["story"] if one["photos"]] == ["told"]
    without = li.refused("POST", f"/work/cases/{case}/finish", {"text": "换了"})
    assert without[:2] == (422, "photo_needed")
    before, after = uploaded(li), uploaded(li)
    body = {"text": "换了灯座", "before": [before], "after": [after]}
    done = li.post(f"/work/cases/{case}/finish", body, key="finish-01")
    assert done["state"] == "finished"
    assert [one["part"] for one in done["photos"]] == ["progress", "before", "finish"]
    assert li.post(f"/work/cases/{case}/finish", body)["state"] == "finished"  # again changes nothing
    seen = wang.get(f"/cases/{case}")
    assert {"nod", "no"} <= set(seen["may"])
    assert {one["part"] for one in seen["photos"]} == {"progress", "before", "finish"}
    with db.read():
        assert session().execute(select(func.count(Item.id))).scalar_one() == 3


def test_return_and_transfer(mini: Phone, town: Cast, db: Database) -> None:
    case = made(db, reporter=town.wang, accepted_by=town.li)
    li = mini(town.li)
    several = li.get(f"/work/cases/{case}/receivers")["items"]
    ma = next(one for one in several if one["label"].startswith("马师傅"))
    assert ma["label"] == "马师傅 包保干部"
    assert not any(one["label"].startswith("钱主任") for one in several)  # of another community
    assert li.refused("POST", f"/work/cases/{case}/transfer", {"to": "x" * 32, "reason": REASON}) == (
        422, "no_such_colleague", "to",
    )  # fmt: skip
    li.post(f"/work/cases/{case}/transfer", {"to": ma["id"], "reason": REASON})
    assert mini(town.ma).get("/work/today")["items"][0]["case"]["id"] == case
    mini(town.ma).post(f"/work/cases/{case}/return", {"reason": REASON})
    with db.read():
        found = session().scalars(select(Case)).one()
        handed = [one for one in steps(found) if one in ("transferred", "returned")]
        assert (handed, found.state) == (["transferred", "returned"], "dispatched")


def test_what_is_not_theirs_is_not_there(mini: Phone, town: Cast, db: Database) -> None:
    case = made(db, reporter=town.wang)
    for who in (town.wu, town.sun_xiaoyu, town.wang):  # elsewhere; no staff; the reporter, who has no post
        for method, path, body in (
            ("GET", "", None),
            ("POST", "/accept", None),
            ("POST", "/return", {"reason": REASON}),
            ("GET", "/receivers", None),
            ("POST", "/transfer", {"to": "x" * 32, "reason": REASON}),
            ("POST", "/progress", {"text": "x"}),
            ("POST", "/finish", {"text": "x"}),
        ):
            refused = mini(who).refused(method, f"/work/cases/{case}{path}", body)
            code = "case_not_found" if who is town.wu else "not_found"
            assert refused == (404, code, None), (who, path)
    ma, li = mini(town.ma), mini(town.li)
    li.post(f"/work/cases/{case}/accept")
    assert ma.refused("POST", f"/work/cases/{case}/finish", {"text": "x"})[0] == 409  # sees it, has it not
    assert ma.refused("POST", f"/work/cases/{case}/accept")[1] == "taken_by_other"
    with db.read():
        assert steps(session().scalars(select(Case)).one())[-1] == "accepted"


@pytest.fixture
def homes(db: Database, town: Cast) -> list[int]:
    """Two in building 3 (kept by 李, grid of 孙), one in 5 (the grid alone), one elsewhere."""

    def rows() -> list[int]:
        places = [("育英小区", "3", "301"), ("育英小区", "3", "302"), ("育英小区", "5", "101")]
        found = []
        for estate, building, room in [*places, ("建设小区", "1", "101")]:
            query = select(Building.id).join(Estate, Estate.id == Building.estate_id)
            of = session().scalars(query.where(Estate.name == estate, Building.name == building)).one()
            found.append(put(Household, building_id=of, unit_name="1", room=room, active=True))
        raise_version()
        return found

    return db.write(rows)


def test_a_visit_is_noted_once_and_its_opinions_become_cases(
    mini: Phone, town: Cast, db: Database, homes: list[int]
) -> None:
    sun, li = mini(town.sun), mini(town.li)
    said = sun.get("/work/visits")
    assert [one["label"] for one in said["items"]] == [
        "育英小区3号楼1单元301室", "育英小区3号楼1单元302室", "育英小区5号楼1单元101室",
    ]  # fmt: skip
    assert {name: said["cover"][name] for name in ("visited", "met", "homes")} == {
        "visited": 0, "met": 0, "homes": 3,
    }  # fmt: skip
    assert len(li.get("/work/visits")["items"]) == 2
    first, second, _ = (one["id"] for one in said["items"])
    body = {
        "sync_id": "visit-0001",
        "home_id": first,
        "result": "met",
        "words": "老两口在家",
        "opinions": [
            {"class": "repair", "text": "三楼的灯不亮", "make_case": True},
            {"class": "service", "text": "垃圾收得勤快"},
        ],
    }
    one = sun.post("/work/visits", body, key="visit-0001")
    assert sun.post("/work/visits", body, key="visit-0001") == one
    assert sun.post("/work/visits", body | {"words": "再发一次"}) == one  # by its own name, key or not
    assert len(one["cases"]) == 1
    with db.read():
        assert session().execute(select(func.count(HomeVisit.id))).scalar_one() == 1
        coded = session().execute(select(VisitOpinion.kind, VisitOpinion.case_id.is_not(None))).all()
        assert [tuple(row) for row in coded] == [("repair", True), ("service", False)]
        case = session().scalars(select(Case)).one()
        assert (case.source, case.category, case.room, case.reporter_id) == ("visit", "lighting", "301", None)
        assert case.entered_by == town.sun.id
        since = covering.this_year()
        assert covering.opinions([case.building_id or 0], since) == {"repair": (1, 1), "service": (1, 0)}
    sun.post("/work/visits", {"sync_id": "visit-0002", "home_id": second, "result": "absent"})
    left = sun.get("/work/visits")
    assert [one["label"] for one in left["items"]] == ["育英小区5号楼1单元101室"]
    assert {name: left["cover"][name] for name in ("visited", "met", "homes")} == {
        "visited": 2, "met": 1, "homes": 3,
    }  # fmt: skip
    assert [one["id"] for one in sun.get("/work/visits?state=absent")["items"]] == [second]
    met = sun.get("/work/visits?state=met")["items"]
    assert [(one["result_label"], one["words"]) for one in met] == [("见到了", "老两口在家")]
    for other in (li, mini(town.zhao), mini(town.leader)):  # who keeps it, the desk, whoever stands above
        assert [one["words"] for one in other.get("/work/visits?state=met")["items"]] == ["老两口在家"]
    for stranger in (mini(town.wu), mini(town.qian), mini(town.zhou)):
        assert stranger.get("/work/visits?state=met")["items"] == []
    pages = sun.get("/work/visits?state=all&limit=2")
    assert len(pages["items"]) == 2
    assert len(sun.get(f"/work/visits?state=all&limit=2&cursor={pages['next']}")["items"]) == 1
    assert len(sun.get("/work/visits?since=2999-01-01")["items"]) == 3


def test_a_door_of_somebody_elses_is_not_there(
    mini: Phone, town: Cast, db: Database, homes: list[int]
) -> None:
    sun, wu = mini(town.sun), mini(town.wu)
    elsewhere = wu.get("/work/visits")["items"][0]["id"]
    mine = sun.get("/work/visits")["items"][0]["id"]
    body = {"sync_id": "visit-0001", "result": "met"}
    for home in (elsewhere, "x" * 32):
        refused = sun.refused("POST", "/work/visits", body | {"home_id": home})
        assert refused == (404, "not_found", None)
    assert sun.refused("POST", "/work/visits", body | {"home_id": mine, "result": "gone"})[0] == 422
    for opinion, field in (
        ({"class": "weather", "text": "x"}, "class"),
        ({"class": "other", "text": " "}, "text"),
    ):
        refused = sun.refused("POST", "/work/visits", body | {"home_id": mine, "opinions": [opinion]})
        assert refused[2] == f"opinions.0.{field}"
    for when in ("2020-01-01T00:00:00+08:00", "2999-01-01T00:00:00+08:00", "0001-01-01T00:00:00+08:00"):
        late = sun.refused("POST", "/work/visits", body | {"home_id": mine, "visited_at": when})
        assert late == (422, "visit_time", "visited_at")
    assert sun.refused("GET", "/work/visits?since=0001-01-01") == (422, "bad_field", "since")
    with db.read():
        assert session().execute(select(func.count(HomeVisit.id))).scalar_one() == 0
    sun.post("/work/visits", body | {"home_id": mine})
    other = sun.get("/work/visits")["items"][0]["id"]
    assert sun.refused("POST", "/work/visits", body | {"home_id": other}) == (409, "visit_reused", "sync_id")


def test_a_roll_call_is_answered_and_who_is_silent_is_a_list(mini: Phone, town: Cast, db: Database) -> None:
    with unit_of_work(db):
        handed_in(
            town.zhao.id,
            to={"communities": ["育英社区"], "roles": ["keeper", "grid_worker"]},
            is_call=True,
            title="八点点名",
        )
    tell_all(db)
    li, zhao = mini(town.li), mini(town.zhao)
    (line,) = li.get("/work/rollcalls")["items"]
    assert (line["title"], line["answered"], line["answer"]) == ("八点点名", False, None)
    li.post(f"/work/rollcalls/{line['id']}", {"answer": "here"})
    mini(town.sun).post(f"/work/rollcalls/{line['id']}", {"answer": "cannot"})
    assert li.get("/work/rollcalls")["items"][0]["answer"] == "here"
    roll = zhao.get(f"/work/rollcalls/{line['id']}")
    assert (roll["here"], roll["cannot"]) == (1, 1)
    assert "马师傅" in roll["silent_names"]
    assert "李师傅" not in roll["silent_names"]
    assert roll["silent"] == len(roll["silent_names"])
    assert li.refused("GET", f"/work/rollcalls/{line['id']}")[0] == 404  # who answers does not look on
    assert zhao.get("/work/rollcalls")["items"] == []
    assert zhao.refused("POST", f"/work/rollcalls/{line['id']}", {"answer": "here"})[0] == 404
    assert mini(town.wang).refused("GET", "/work/rollcalls")[0] == 404
