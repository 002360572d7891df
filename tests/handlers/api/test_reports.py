"""Something is wrong, told from the telephone: photos in pieces, a place, one case for a draft, its story."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from api_client import Mini
from cast import Cast, Someone
from factories import a_case, steps, unit_of_work
from flask import Flask
from hostile_pictures import tells
from pictures import photo, tell_tale
from sqlalchemy import func, select

from models.base.orm import session
from models.case.case import Case
from models.case.tables import Fellow
from models.client.tables import Upload
from models.consent import consents
from models.inbox.received import Received
from models.joins.merging import merge
from models.media.item import Item
from server.config import Config
from server.database import Database

Phone = Callable[[Someone], Mini]
DOOR = "door-3-2"
one_database = pytest.mark.parametrize("db", ["sqlite"], indirect=True)


def draft(**more: Any) -> dict[str, Any]:
    return {"draft_id": "draft-0001", "text": "楼道灯不亮", "category": "lighting"} | more


def uploaded(mini: Mini, data: bytes, piece: int = 20_000) -> str:
    name = mini.post("/uploads", {"size": len(data), "type": "image/jpeg"})["id"]
    for at in range(0, len(data), piece):
        said = mini("PATCH", f"/uploads/{name}", data[at : at + piece], **{"Upload-Offset": str(at)})
        assert said.status_code == 200, said.text
    assert said.json["state"] == "kept"
    return str(name)


def test_a_report_with_a_photo_and_its_story(mini: Phone, town: Cast, db: Database, config: Config) -> None:
    wang = mini(town.wang)
    picture = uploaded(wang, photo())
    case = wang.post("/reports", draft(door=DOOR, floor="3", photos=[picture]))
    assert case["place"] == "育英小区3号楼2单元3层"
    assert (case["state"], case["category_label"], case["mine"]) == ("dispatched", "照明", True)
    assert case["who"]["name"] in ("李师傅", "马师傅")
    assert [one["words"] for one in case["story"]] == ["您报了这件事", "派给李师傅、马师傅"]
    assert case["story"][0]["photos"] == case["photos"]
    assert set(case["may"]) == {"more", "withdraw"}
    shown = wang.client.get(case["photos"][0]["url"], buffered=True)
    assert shown.mimetype == "image/jpeg"
    assert wang.get("/cases?state=open")["items"][0]["id"] == case["id"]
    assert wang.get("/cases?state=ended") == {"items": [], "next": None}
    assert not list((Path(config.storage.dir) / "parts").iterdir())
    assert wang.refused("POST", "/reports", draft(draft_id="draft-0002", door=DOOR, photos=[picture])) == (
        422, "upload_not_found", "photos.0",
    )  # fmt: skip


def test_however_often_a_draft_is_sent_it_is_one_case(mini: Phone, town: Cast, db: Database) -> None:
    wang = mini(town.wang)
    first = wang.post("/reports", draft(door=DOOR), key="key-0001-0001")
    assert wang.post("/reports", draft(door=DOOR), key="key-0001-0001") == first
    assert (
        wang.post("/reports", draft(door=DOOR, text="灯还是不亮"), key="key-0002-0002")["id"] == first["id"]
    )
    assert wang.refused("POST", "/reports", draft(door=DOOR, text="别的"), key="key-0001-0001") == (
        422, "key_reused", "Idempotency-Key",
    )  # fmt: skip
    assert mini(town.sun_xiaoyu).post("/reports", draft(door=DOOR))["id"] != first["id"]
    with db.read():
        assert session().execute(select(func.count(Case.id))).scalar_one() == 2


@one_database
def test_where_it_is(mini: Phone, town: Cast) -> None:
    wang, rider, neighbour = mini(town.wang), mini(town.rider), mini(town.sun_xiaoyu)
    home = wang.get("/me")["homes"][0]["id"]
    (third,) = wang.get("/places?q=育英3号楼")["items"]
    assert third["units"] == ["1", "2", "3"]
    said = [
        (wang, {"home_id": home}, "育英小区3号楼2单元501室"),
        (wang, {}, "育英小区3号楼2单元501室"),
        (rider, {"place_id": third["place_id"], "unit": "1"}, "育英小区3号楼1单元"),
        (rider, {"text": "建设小区1号楼门口灯不亮"}, "建设小区1号楼"),
        (rider, {"door": DOOR, "text": "育英5号楼的灯不亮"}, "育英小区5号楼"),
    ]
    for number, (who, more, place) in enumerate(said):
        case = who.post("/reports", draft(draft_id=f"draft-1{number:03}", **more))
        assert case["place"] == place
    for number, (more, refused) in enumerate(
        (
            ({}, (422, "place_missing", "place_id")),
            ({"door": "nowhere"}, (422, "place_missing", "door")),
            ({"place_id": home}, (422, "place_missing", "place_id")),
            ({"home_id": home}, (404, "not_found", None)),
            ({"door": DOOR, "text": " "}, (422, "text_missing", "text")),
            ({"door": DOOR, "category": "x"}, (422, "bad_field", "category")),
            ({"door": DOOR, "photos": ["x"]}, (422, "upload_not_found", "photos.0")),
            ({"door": DOOR, "extra": 1}, (422, "bad_field", "extra")),
            ({"door": DOOR, "photos": [1]}, (422, "bad_field", "photos.0")),
            ({"door": DOOR, "text": "\x00"}, (422, "bad_text", "text")),
        )
    ):
        who = rider if number < 6 else neighbour
        assert who.refused("POST", "/reports", draft(draft_id=f"draft-2{number:03}", **more)) == refused


def test_words_say_more_of_what_was_chosen_and_nothing_of_another_place(mini: Phone, town: Cast) -> None:
    rider = mini(town.rider)
    (third,) = rider.get("/places?q=育英3号楼")["items"]
    (yuying,) = [one for one in rider.get("/places")["items"] if one["label"] == "育英小区"]
    said = [
        (third, {"text": "育英3号楼2单元5楼灯不亮"}, "育英小区3号楼2单元5层"),
        (third, {"text": "2单元灯不亮", "unit": "1"}, "育英小区3号楼1单元"),
        (third, {"text": "育英5号楼2单元灯不亮"}, "育英小区3号楼"),
        (third, {"text": "建设小区1号楼灯不亮"}, "育英小区3号楼"),
        (yuying, {"text": "3号楼2单元灯不亮"}, "育英小区3号楼2单元"),
        (yuying, {"text": "建设小区1号楼灯不亮"}, "育英小区"),
    ]
    for number, (chosen, more, place) in enumerate(said):
        told = draft(draft_id=f"draft-3{number:03}", place_id=chosen["place_id"], **more)
        assert rider.post("/reports", told)["place"] == place


def test_where_somebody_stands_is_kept_only_with_consent(mini: Phone, town: Cast, db: Database) -> None:
    rider = mini(town.rider)
    here = {"lat": 46.63, "lng": 126.99}
    assert rider.refused("POST", "/reports", draft(**here)) == (403, "place_consent_needed", "lat")
    assert rider.refused("GET", "/places?lat=46.63&lng=126.99")[:2] == (403, "place_consent_needed")
    with db.read():
        assert session().execute(select(func.count(Case.id))).scalar_one() == 0
    version = consents.kinds()["precise_place"]["version"]
    rider("PUT", "/consents/precise_place", {"version": version, "given": True})
    assert rider.get("/places?lat=46.63&lng=126.99")["items"][0]["estate"] == "育英小区"
    assert rider.post("/reports", draft(**here))["place"] == "育英小区"
    whole = rider.post("/reports", draft(draft_id="draft-near-3", text="3号楼2单元有人飞线充电", **here))
    assert whole["place"] == "育英小区3号楼2单元"
    rider("PUT", "/consents/precise_place", {"version": version, "given": False})
    with db.read():
        kept = session().execute(select(Case.longitude, Case.latitude, Case.estate_name)).all()
    assert [tuple(one) for one in kept] == [(None, None, "育英小区")] * 2
    states = {one["kind"]: one["state"] for one in rider.get("/consents")["items"]}
    assert states == {"precise_place": "refused", "basic": "given"}


def test_a_photo_goes_on_where_it_broke_off(mini: Phone, town: Cast, db: Database) -> None:
    wang, data = mini(town.wang), photo()
    name = wang.post("/uploads", {"size": len(data), "type": "image/jpeg"})["id"]
    path, half = f"/uploads/{name}", len(data) // 2
    send = wang("PATCH", path, data[:half], **{"Upload-Offset": "0"})
    assert (send.json["offset"], send.json["state"]) == (half, "open")
    assert wang.refused("PATCH", path, data[:half], **{"Upload-Offset": "0"})[:2] == (409, "upload_offset")
    assert wang.get(path)["offset"] == half
    late = {"Upload-Offset": str(half)}
    assert wang.refused("PATCH", path, data[half:] + b"x", **late)[:2] == (422, "upload_too_long")
    assert wang("PUT", path, data[half:], **late).json["state"] == "kept"
    assert wang("PATCH", path, b"again", **late).json["state"] == "kept"
    assert mini(town.sun_xiaoyu).refused("GET", path)[0] == 404
    assert wang.refused("PATCH", path, b"x" * 1_200_000, **late)[:2] == (413, "too_large")
    assert wang.refused("POST", "/uploads", {"size": 11 * 1024 * 1024, "type": "image/jpeg"})[0] == 422
    assert wang.refused("POST", "/uploads", {"size": 9, "type": "image/svg+xml"}) == (
        415,
        "photo_type",
        "type",
    )


@one_database
def test_what_is_no_photo_is_refused_and_its_bytes_are_gone(
    mini: Phone, town: Cast, db: Database, config: Config
) -> None:
    wang = mini(town.wang)
    name = wang.post("/uploads", {"size": 9, "type": "image/png"})["id"]
    assert wang.refused("PATCH", f"/uploads/{name}", b"<svg></a>", **{"Upload-Offset": "0"})[:2] == (
        422, "photo_unusable",
    )  # fmt: skip
    assert wang.get(f"/uploads/{name}")["state"] == "refused"
    assert not list((Path(config.storage.dir) / "parts").iterdir())
    with db.read():
        assert session().scalars(select(Upload.file)).all() == [None]


@one_database
def test_what_a_telephone_writes_into_a_photo_is_gone(
    mini: Phone, town: Cast, db: Database, config: Config
) -> None:
    wang = mini(town.wang)
    case = wang.post("/reports", draft(door=DOOR, photos=[uploaded(wang, tell_tale())]))
    sent = wang.client.get(case["photos"][0]["url"], buffered=True).data
    assert tells(sent) == []
    with db.read():
        assert session().scalars(select(Item.purpose)).one() == "report"


def test_nod_no_rate_more_withdraw(mini: Phone, town: Cast, db: Database) -> None:
    def done() -> str:
        return a_case(reporter=town.wang, finished_by=town.li).public_id

    one, two, three = db.write(lambda: (done(), done(), a_case(reporter=town.wang).public_id))
    wang = mini(town.wang)
    assert {"nod", "no"} <= set(wang.get(f"/cases/{one}")["may"])
    assert [line["asks"] for line in wang.get("/cases")["items"]] == [False, True, True]
    assert wang.post(f"/cases/{one}/nod")["state"] == "closed"
    assert wang.post(f"/cases/{one}/nod")["state"] == "closed"
    rated = wang.post(f"/cases/{one}/rate", {"grade": 5, "text": "好"})
    assert (rated["state"], rated["grade"]) == ("rated", 5)
    again = wang.post(f"/cases/{two}/no", {"text": "又不亮了", "photos": [uploaded(wang, photo())]})
    assert (again["state"], again["story"][-1]["kind"]) == ("handling", "objected")
    assert "又不亮了" in again["story"][-1]["words"]
    assert wang.refused("POST", f"/cases/{two}/withdraw", {"reason": "好了"})[:2] == (409, "no_longer_open")
    assert wang.post(f"/cases/{three}/more", {"text": "三楼的也不亮"})["text"].endswith("三楼的也不亮")
    assert wang.post(f"/cases/{three}/withdraw", {"reason": "自己好了"})["state"] == "void"
    other = mini(town.sun_xiaoyu)
    for verb, body in (("nod", None), ("no", {"text": "x"}), ("rate", {"grade": 1}), ("more", {"text": "x"})):
        assert other.refused("POST", f"/cases/{two}/{verb}", body)[:2] == (404, "case_not_found")
    assert other.refused("GET", f"/cases/{two}")[:2] == (404, "case_not_found")
    with unit_of_work(db):
        assert steps(session().scalars(select(Case).where(Case.public_id == one)).one())[-2:] == [
            "closed",
            "rated",
        ]


def test_i_have_met_it_too(mini: Phone, town: Cast, db: Database) -> None:
    case = db.write(
        lambda: a_case(reporter=town.wang, text="3号楼2单元灯不亮，我的电话13800001111").public_id
    )
    other = mini(town.sun_xiaoyu)
    place = other.get("/places?q=育英3号楼")["items"][0]["place_id"]
    (same,) = other.get(f"/reports/same?place_id={place}&category=lighting")["items"]
    assert (same["id"], same["mine"], same["people"]) == (case, False, 1)
    assert "text" not in same
    joined = other.post(f"/cases/{case}/join", {"text": "我家也是"})
    assert (joined["mine"], joined["fellows"]) == (False, 1)
    assert "13800001111" not in str(joined)
    assert other.post(f"/cases/{case}/join", {})["fellows"] == 1
    assert other.get("/cases")["items"][0]["id"] == case
    other.post(f"/cases/{case}/leave")
    assert other.refused("GET", f"/cases/{case}")[0] == 404
    with db.read():
        assert session().scalars(select(Fellow.left_at)).one() is not None


def test_a_draft_stays_one_case_when_its_writer_turns_out_to_be_somebody_known(
    mini: Phone, town: Cast, db: Database
) -> None:
    rider, said = mini(town.rider), draft(door=DOOR)
    first = rider.post("/reports", said, key="first-time")
    db.write(partial(merge, town.rider.id, town.wang.id))
    for key in ("first-time", "second-time"):
        assert rider.post("/reports", said, key=key)["number"] == first["number"]
        assert mini(town.wang).post("/reports", said, key=key)["number"] == first["number"]
    with db.read():
        assert session().scalars(select(Case.reporter_id)).all() == [town.wang.id]


def test_the_name_of_another_ones_draft_is_nobody_elses_case(mini: Phone, town: Cast, db: Database) -> None:
    """Who guesses it reads nothing, and takes it from nobody."""
    said = draft(door=DOOR)
    wangs = mini(town.wang).post("/reports", said)["number"]
    riders = [mini(town.rider).post("/reports", said)["number"] for _ in range(2)]
    assert riders[0] == riders[1] != wangs
    assert mini(town.wang).post("/reports", said)["number"] == wangs
    with db.read():
        assert set(session().scalars(select(Case.reporter_id))) == {town.wang.id, town.rider.id}


@one_database
def test_long_lists_come_in_parts(mini: Phone, town: Cast, db: Database) -> None:
    made = db.write(lambda: [a_case(reporter=town.wang).public_id for _ in range(5)])
    wang, found, cursor = mini(town.wang), [], ""
    while True:
        part = wang.get(f"/cases?limit=2&cursor={cursor}")
        found += [one["id"] for one in part["items"]]
        cursor = part["next"]
        if cursor is None:
            break
    assert found == made[::-1]
    assert wang.refused("GET", "/cases?cursor=x") == (422, "bad_cursor", "cursor")
    assert wang.refused("GET", "/cases?limit=51") == (422, "bad_field", "limit")


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_too_many_reports_wait(app: Flask, mini: Phone, town: Cast, db: Database) -> None:
    wang, answers = mini(town.wang), []
    for number in range(14):
        answers.append(wang("POST", "/reports", draft(draft_id=f"draft-9{number:03}", door=DOOR)))
    late = [one for one in answers if one.status_code == 429]
    assert 1 <= len(late) <= 4
    assert 0 < int(late[0].headers["Retry-After"]) <= 180
    with db.read():
        kept = (
            session()
            .execute(select(func.count(Received.id)).where(Received.kind == "api_draft"))
            .scalar_one()
        )
    assert kept == 14 - len(late)


@one_database
def test_a_quarrel_is_shown_to_nobody_who_asks_for_the_same(mini: Phone, town: Cast, db: Database) -> None:
    def told(category: str) -> str:
        return a_case(reporter=town.wang, text="3号楼2单元楼上打架", category=category).public_id

    quarrel, lamp = db.write(told, "dispute"), db.write(told, "lighting")
    other = mini(town.sun_xiaoyu)
    place = other.get("/places?q=育英3号楼")["items"][0]["place_id"]
    for category, seen in (("dispute", []), ("lighting", [lamp])):
        found = other.get(f"/reports/same?place_id={place}&category={category}")["items"]
        assert [one["id"] for one in found] == seen
    assert other.refused("POST", f"/cases/{quarrel}/join", {})[0] == 404
    assert other.refused("GET", f"/cases/{quarrel}")[0] == 404
