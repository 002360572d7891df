"""Coming in: the code is exchanged, nothing of a newcomer is kept before they agree, one person stays one
(A7, X01)."""

import base64
import logging
from functools import partial
from typing import Any

import pytest
from api_client import Mini, logged_in
from cast import Cast
from factories import unit_of_work
from flask import Flask
from pay_desk import PayDesk
from settings_files import plain_url
from sqlalchemy import func, select, text, update
from town_workbooks import bring_in, small_town

from models.base.clock import now
from models.base.orm import session
from models.base.privacy import blind
from models.client import tokens
from models.client.tables import ClientToken
from models.consent.tables import ConsentAnswer
from models.outbox.address import add_address, owner_of
from models.person.tables import Person, Staff
from models.schema import metadata
from server.app import create_app
from server.database import Database

VERSION = "2026-11"
one_database = pytest.mark.parametrize("db", ["sqlite"], indirect=True)


@pytest.fixture
def app(desk: PayDesk, db: Database) -> Flask:
    return create_app(desk.config(plain_url(db), "http://localhost"), db)


def code(desk: PayDesk, who: str = "new", kind: str = "mini") -> str:
    return desk.simulator.codes.issue(kind, who, desk.simulator.clock())


def come_in(app: Flask, desk: PayDesk, who: str = "new", *, agree: bool = True) -> Mini:
    mini = Mini(app)
    mini.token = mini.post("/login", {"code": code(desk, who)})["token"]
    if agree:
        assert mini("PUT", "/consents/basic", {"version": VERSION, "given": True}).status_code == 200
    return mini


def rows(db: Database) -> dict[str, int]:
    with db.read():
        counts = {
            table.name: session().execute(select(func.count()).select_from(table)).scalar_one()
            for table in metadata.sorted_tables
        }
    return {name: count for name, count in counts.items() if name not in ("login_guesses", "tallies")}


def test_of_somebody_new_nothing_is_kept_before_they_agree(
    app: Flask, desk: PayDesk, db: Database, town: Cast
) -> None:
    before = rows(db)
    mini = come_in(app, desk, agree=False)
    assert mini.get("/me")["consents_due"] == ["basic"]
    assert {one["state"] for one in mini.get("/consents")["items"]} == {"due"}
    assert mini.refused("PATCH", "/me", {"elder": True}) == (403, "consent_needed", "basic")
    assert mini("PUT", "/consents/basic", {"version": VERSION, "given": False}).status_code == 200
    assert rows(db) == before
    with db.read():
        assert owner_of("mini", "m-new") is None


def test_with_the_first_yes_the_same_token_goes_on(app: Flask, desk: PayDesk, db: Database) -> None:
    mini = come_in(app, desk)
    assert mini.get("/me") == {
        "name": None, "phone": None, "roles": ["resident"], "posts": [], "homes": [], "elder": False,
        "consents_due": [],
    }  # fmt: skip
    with db.read():
        person = owner_of("mini", "m-new")
        said = session().scalars(select(ConsentAnswer)).one()
        assert (said.person_id, said.kind, said.version, said.given) == (person, "basic", VERSION, True)
        assert said.scope
    again = come_in(app, desk, agree=False)
    assert again.get("/me")["consents_due"] == []


@one_database
def test_a_code_works_once_and_for_this_account_alone(app: Flask, desk: PayDesk) -> None:
    mini, used = Mini(app), code(desk)
    mini.post("/login", {"code": used})
    for bad in (used, "x" * 30, code(desk, kind="page"), code(desk, kind="phone")):
        assert mini.refused("POST", "/login", {"code": bad}) == (422, "login_code", "code")


@one_database
def test_what_is_made_up_is_no_token(app: Flask, desk: PayDesk, town: Cast) -> None:
    good = come_in(app, desk, agree=False).token
    for bad in (
        "",
        "m-new",
        "u-new",
        "x",
        good[:-1] + ("A" if good[-1] != "A" else "B"),
        good + "A",
        "n.",
        "n.AAAA",
        "n.é",
        tokens.new_token(),
    ):
        assert Mini(app, bad).refused("GET", "/me")[:2] == (401, "login_needed"), bad


@one_database
def test_the_session_key_is_in_no_answer_no_row_and_no_log(
    app: Flask, desk: PayDesk, db: Database, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = b"0123456789abcdef"
    monkeypatch.setattr("server.sandbox.mini.secrets.token_bytes", lambda _: secret)
    caplog.set_level(logging.DEBUG)
    key = base64.b64encode(secret).decode()
    mini = Mini(app)
    answer = mini("POST", "/login", {"code": code(desk)})
    mini.token = answer.json["token"]
    mini("PUT", "/consents/basic", {"version": VERSION, "given": True})
    with db.read():
        kept = [
            str(row) for table in metadata.sorted_tables for row in session().execute(select(table)).all()
        ]
    for where in (answer.text, str(answer.headers), caplog.text, *kept):
        assert key not in where
        assert "session_key" not in where


def test_somebody_who_writes_in_the_chat_is_the_same_person_by_unionid(
    app: Flask, desk: PayDesk, db: Database, town: Cast
) -> None:
    db.write(
        lambda: session().execute(update(Person).where(Person.id == town.wang.id).values(unionid="u-wang"))
    )
    mini = come_in(app, desk, "wang")
    with db.read():
        assert owner_of("mini", "m-wang") == town.wang.id
    assert [one["label"] for one in mini.get("/me")["homes"]] == ["育英小区3号楼2单元501室"]


def test_the_proved_telephone_joins_two_records(app: Flask, desk: PayDesk, db: Database, town: Cast) -> None:
    number = desk.simulator.world.phones["wang"].mobile
    db.write(
        lambda: session().execute(
            update(Person).where(Person.id == town.wang.id).values(phone_hash=blind(number, "phone"))
        )
    )
    mini = come_in(app, desk, "wang")
    with db.read():
        assert owner_of("mini", "m-wang") != town.wang.id
    said = mini.post("/me/phone", {"code": code(desk, "wang", "phone")})
    assert said["phone"] == f"{number[:3]}****{number[-4:]}"
    assert said["homes"]
    assert mini.get("/me") == said
    with db.read():
        assert owner_of("mini", "m-wang") == town.wang.id


@one_database
def test_a_cadre_is_known_by_the_telephone_of_the_workbook(
    app: Flask, desk: PayDesk, db: Database, town: Cast
) -> None:
    number = desk.simulator.world.phones["new"].mobile
    db.write(
        lambda: session().execute(
            update(Person).where(Person.id == town.li.id).values(phone_hash=blind(number, "phone"))
        )
    )
    mini = come_in(app, desk)
    assert mini.get("/me")["roles"] == ["resident"]
    said = mini.post("/me/phone", {"code": code(desk, "new", "phone")})
    assert (said["name"], said["roles"], said["posts"]) == ("李师傅", ["resident", "cadre"], ["keeper"])


def test_a_number_that_changed_hands_opens_nothing_of_its_former_holder(
    app: Flask, desk: PayDesk, db: Database, town: Cast
) -> None:
    former, now_hers = come_in(app, desk, "wang"), come_in(app, desk)
    number = desk.simulator.world.phones["wang"].mobile
    former.post("/me/phone", {"code": code(desk, "wang", "phone")})
    desk.simulator.world.phones["new"].mobile = number
    now_hers.post("/me/phone", {"code": code(desk, "new", "phone")})
    assert former.get("/me")["phone"] is None
    assert now_hers.get("/me")["phone"] is not None
    with db.read():
        assert owner_of("mini", "m-wang") != owner_of("mini", "m-new")


@one_database
def test_somebody_else_under_an_old_number_does_not_come_in_as_before(
    app: Flask, desk: PayDesk, db: Database
) -> None:
    bring_in(db, small_town())
    sheet = small_town()
    row = sheet["工作人员"][1]
    with db.read():
        staff = session().scalars(select(Staff).where(Staff.number == row[0])).one()
    db.write(partial(add_address, "person", staff.person_id, "mini", "m-wang"))
    cadre = logged_in(app, staff.person_id)
    assert cadre.get("/me")["roles"] == ["resident", "cadre"]
    sheet["工作人员"][1] = [row[0], "另一位", *row[2:]]
    bring_in(db, sheet)
    assert cadre.refused("GET", "/me")[0] == 401
    with db.read():
        assert owner_of("mini", "m-wang") is None


@one_database
def test_a_post_that_ends_ends_in_the_program_at_once(app: Flask, db: Database, town: Cast) -> None:
    li = logged_in(app, town.li)
    assert li("GET", "/work/today").status_code == 200
    left = update(Staff).where(Staff.person_id == town.li.id)
    db.write(lambda: session().execute(left.values(active=False)))
    assert li.refused("GET", "/work/today") == (404, "not_found", None)
    assert li.get("/me")["roles"] == ["resident"]


@one_database
def test_another_persons_telephone_code_is_refused(app: Flask, desk: PayDesk) -> None:
    mini = come_in(app, desk)
    given = code(desk, "wang", "phone")
    for bad in (given, given, "x", code(desk)):
        assert mini.refused("POST", "/me/phone", {"code": bad}) == (422, "phone_code", "code")
    assert mini.get("/me")["phone"] is None


@one_database
def test_a_foreign_watermark_proves_nothing(
    app: Flask, desk: PayDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    mini, platform = come_in(app, desk), desk.simulator.mini
    assert platform is not None
    path = "/wxa/business/getuserphonenumber"
    real = platform.paths[path]

    def foreign(call: Any) -> Any:
        said: Any = real(call)
        said["phone_info"]["watermark"]["appid"] = "wx-another"
        return said

    monkeypatch.setitem(platform.paths, path, foreign)
    given = {"code": code(desk, "new", "phone")}
    assert mini.refused("POST", "/me/phone", given) == (422, "phone_code", "code")


@pytest.mark.parametrize(
    ("errcode", "answer"),
    [
        (40226, (422, "login_refused", "code")),
        (45011, (503, "login_away", None)),
        (-1, (503, "login_away", None)),
    ],
)
@one_database
def test_what_the_platform_refuses_is_said_as_it_is(
    app: Flask, desk: PayDesk, errcode: int, answer: tuple[int, str, str | None]
) -> None:
    desk.simulator.fault("refuse", platform="mini", path="/sns/jscode2session", errcode=errcode)
    assert Mini(app).refused("POST", "/login", {"code": code(desk)}) == answer


@one_database
def test_an_allowance_of_numbers_that_is_used_up_is_no_mistake_of_the_persons(
    app: Flask, desk: PayDesk
) -> None:
    mini, path = come_in(app, desk), "/wxa/business/getuserphonenumber"
    desk.simulator.fault("refuse", platform="mini", path=path, errcode=1400001)
    given = {"code": code(desk, "new", "phone")}
    assert mini.refused("POST", "/me/phone", given)[:2] == (503, "login_away")


@pytest.mark.parametrize("kind", ["cut", "http", "garbage"])
@one_database
def test_without_an_answer_of_the_platform_nobody_comes_in(app: Flask, desk: PayDesk, kind: str) -> None:
    desk.simulator.fault(kind, platform="mini", path="/sns/jscode2session")
    assert Mini(app).refused("POST", "/login", {"code": code(desk)})[:2] == (503, "login_away")


@one_database
def test_a_token_is_over_after_logout_withdrawal_and_thirty_days(
    app: Flask, desk: PayDesk, db: Database, town: Cast
) -> None:
    newcomer = come_in(app, desk, agree=False)
    newcomer.post("/logout")
    one, other, idle = (logged_in(app, town.wang) for _ in range(3))
    one.post("/logout")
    assert one.refused("GET", "/me")[0] == 401
    assert other.get("/me")["homes"]
    late = update(ClientToken).where(ClientToken.token_hash == tokens.hash_of(idle.token))
    db.write(lambda: session().execute(late.values(seen_at=now() - tokens.LASTS)))
    assert idle.refused("GET", "/me")[0] == 401
    assert other("PUT", "/consents/basic", {"version": VERSION, "given": False}).status_code == 200
    assert other.refused("GET", "/me")[0] == 401


@one_database
def test_using_a_token_begins_its_thirty_days_anew(app: Flask, db: Database, town: Cast) -> None:
    mini = logged_in(app, town.wang)
    old = now() - tokens.LASTS / 2
    db.write(lambda: session().execute(update(ClientToken).values(seen_at=old)))
    mini.get("/me")
    with db.read():
        assert session().scalars(select(ClientToken.seen_at)).one() > now() - tokens.NOTED_EVERY


@one_database
def test_of_a_token_only_the_hash_is_kept(app: Flask, db: Database, town: Cast) -> None:
    mini = logged_in(app, town.wang)
    with unit_of_work(db):
        kept = session().execute(text("SELECT * FROM client_tokens")).all()
    assert mini.token not in str(kept)
    assert tokens.hash_of(mini.token) in str(kept)
