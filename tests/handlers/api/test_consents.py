"""What people are told of their data, and what they say to it (X01–X03)."""

import os
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from itertools import product
from pathlib import Path

import pytest
from api_client import Mini, logged_in
from cast import Cast, Someone
from factories import a_case, unit_of_work
from flask import Flask
from sqlalchemy import select, update

from handlers.wechat import afterwards
from models.base.clock import now
from models.base.orm import put, session
from models.base.privacy import seal
from models.base.refusals import NotAllowed
from models.case.case import Case
from models.client import tokens, uploads
from models.client.tables import ClientSetting, Upload
from models.consent import consents
from models.consent.tables import ConsentAnswer
from models.inbox.received import Received
from models.joins.merging import merge
from models.media.files import Files
from models.outbox.address import Consent, add_address, owner_of
from models.person.proving import homes_of
from models.person.tables import Home, Person
from models.place.tables import Household
from server import sweeping
from server.config import Config
from server.database import Database

Phone = Callable[[Someone], Mini]
KINDS = [kind for kind in consents.kinds() if kind != consents.BASIC]
PLACE = "precise_place"
one_database = pytest.mark.parametrize("db", ["sqlite"], indirect=True)


def version(kind: str) -> str:
    return str(consents.kinds()[kind]["version"])


def say(mini: Mini, kind: str, given: bool) -> int:
    return mini("PUT", f"/consents/{kind}", {"version": version(kind), "given": given}).status_code


def states(mini: Mini) -> dict[str, str]:
    return {one["kind"]: one["state"] for one in mini.get("/consents")["items"]}


def test_each_purpose_is_answered_apart_and_an_answer_is_kept_with_its_version(
    mini: Phone, town: Cast, db: Database
) -> None:
    wang = mini(town.wang)
    assert states(wang) == {"basic": "given", **dict.fromkeys(KINDS, "due")}
    assert say(wang, PLACE, False) == say(wang, PLACE, True) == 200
    assert say(wang, PLACE, True) == 200
    assert states(wang) == {"basic": "given", PLACE: "given"}
    outdated = {"version": "2020-01", "given": True}
    assert wang.refused("PUT", f"/consents/{PLACE}", outdated)[:2] == (409, "consent_changed")
    unknown = {"version": "1", "given": True}
    assert wang.refused("PUT", "/consents/nothing", unknown)[:2] == (404, "not_found")
    with db.read():
        rows = session().scalars(select(ConsentAnswer).order_by(ConsentAnswer.id)).all()
    assert [(one.kind, one.given) for one in rows] == [
        ("basic", True), (PLACE, False), (PLACE, True),
    ]  # fmt: skip
    assert all(one.version and one.scope and one.at for one in rows)


@one_database
def test_whatever_is_refused_a_report_still_works(app: Flask, town: Cast, db: Database) -> None:
    """Every mixture of answers beside the first notice; without it nothing."""
    for number, given in enumerate(product((True, False), repeat=len(KINDS))):
        person = db.write(lambda: put(Person, public_id=f"x{number}", is_rider=False, created_at=now()))  # noqa: B023
        mini = logged_in(app, person)
        for kind, yes in zip(KINDS, given, strict=True):
            say(mini, kind, yes)
        said = {"draft_id": f"draft-{number:04}", "text": "灯不亮", "door": "door-3-2"}
        here = said | {"draft_id": f"draft-x{number:03}", "lat": 46.63, "lng": 126.99}
        assert mini("POST", "/reports", said).status_code == 200
        exact = mini("POST", "/reports", here).status_code
        assert exact == (200 if given[KINDS.index("precise_place")] else 403)
    none = logged_in(app, town.rider, agreed=False)
    assert none.refused("POST", "/reports", said) == (403, "consent_needed", "basic")
    assert none.refused("GET", "/cases")[:2] == (403, "consent_needed")


@one_database
def test_whoever_refused_is_not_asked_for_thirty_days_whoever_agreed_once_for_a_new_text(
    mini: Phone, town: Cast, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    wang = mini(town.wang)
    li = mini(town.li)
    say(wang, PLACE, False)
    say(li, PLACE, True)
    kinds = {kind: {**said, "version": "2027-01"} for kind, said in consents.kinds().items()}
    monkeypatch.setattr(consents, "kinds", lambda: kinds)
    assert states(wang) == {"basic": "due", PLACE: "refused"}
    assert states(li) == {"basic": "due", PLACE: "due"}
    assert wang.refused("GET", "/cases")[:2] == (403, "consent_needed")
    assert say(wang, "basic", True) == 200
    assert wang.get("/cases")["items"] == []
    aged = update(ConsentAnswer).where(ConsentAnswer.kind == PLACE)
    db.write(lambda: session().execute(aged.values(at=now() - timedelta(days=31))))
    assert states(wang)[PLACE] == "due"


def test_only_what_is_collected_is_asked_for(mini: Phone, town: Cast, db: Database) -> None:
    """Each kind beside the first has something that is kept with a yes alone, and gone with a no (decision
    0048): whoever adds a kind adds here what it is asked for."""

    def places() -> int:
        with db.read():
            return len(session().scalars(select(Case.id).where(Case.longitude.is_not(None))).all())

    wang = mini(town.wang)
    here = {"draft_id": "draft-0001", "text": "灯不亮", "door": "door-3-2", "lat": 46.63, "lng": 126.99}
    collected: dict[str, tuple[Callable[[], int], Callable[[], int]]] = {
        PLACE: (lambda: wang("POST", "/reports", here).status_code, places),
    }
    assert list(collected) == KINDS
    for kind, (collect, kept) in collected.items():
        assert (collect(), kept()) == (403, 0)
        say(wang, kind, True)
        assert (collect(), kept()) == (200, 1)
        say(wang, kind, False)
        assert kept() == 0


def test_taken_back_the_first_notice_ends_what_hung_on_it(
    app: Flask, mini: Phone, town: Cast, db: Database
) -> None:
    def known() -> int:
        person = session().get_one(Person, town.wang.id)
        person.phone_sealed, person.phone_hash = seal("13800000001", f"people.phone/{person.public_id}"), "h"
        person.unionid = "u"
        home = session().scalars(select(Home).where(Home.person_id == town.wang.id)).one()
        home.proof = "staff"
        put(Household, building_id=home.building_id, unit_name="2", room="501", active=True)
        address = add_address("person", town.wang.id, "mini", "m-wang")
        put(Consent, address_id=address, template_id="t", left=3)
        case = a_case(reporter=town.wang)
        case.longitude, case.latitude = 126.99, 46.63
        return case.id

    case = db.write(known)
    wang, elsewhere = mini(town.wang), mini(town.wang)
    wang("PUT", "/me", {"elder": True})  # as wx.request does, which knows no PATCH
    with db.read():
        assert homes_of(town.wang.id)
    assert say(wang, "basic", False) == 200
    assert wang.refused("GET", "/me")[0] == elsewhere.refused("GET", "/me")[0] == 401
    with db.read():
        person = session().get_one(Person, town.wang.id)
        assert (person.phone_sealed, person.phone_hash, person.unionid) == (None, None, None)
        assert not homes_of(town.wang.id)
        assert owner_of("mini", "m-wang") is None
        assert owner_of("official", "o-wang") == town.wang.id
        assert session().scalars(select(Consent)).all() == []
        assert session().scalars(select(ClientSetting)).all() == []
        kept = session().get_one(Case, case)
        assert (kept.longitude, kept.estate_name, kept.reporter_id) == (None, "育英小区", town.wang.id)


@one_database
def test_staff_keep_what_their_post_needs(mini: Phone, town: Cast, db: Database) -> None:
    li = mini(town.li)
    assert say(li, "basic", False) == 200
    with db.read():
        assert session().get_one(Person, town.li.id).phone_sealed is not None


@one_database
@pytest.mark.parametrize("event", ["user_authorization_revoke", "user_authorization_cancellation"])
def test_taken_back_in_wechat_itself(app: Flask, town: Cast, db: Database, event: str) -> None:
    wang = logged_in(app, town.wang)

    def pushed() -> None:
        add_address("person", town.wang.id, "mini", "m-wang")
        for openid in ("m-wang", "m-nobody"):
            put(Received, channel="mini", key=openid, sender="platform", kind=event, at=now(),
                body={"OpenID": openid}, state="new", attempts=0)  # fmt: skip

    db.write(pushed)
    while afterwards.work_one(db):
        pass
    assert wang.refused("GET", "/me")[0] == 401
    with db.read():
        assert owner_of("mini", "m-wang") is None
        assert set(session().scalars(select(Received.state))) == {"done"}


@one_database
def test_an_event_of_somebody_who_never_agreed_makes_nobody_known(town: Cast, db: Database) -> None:
    event = {"channel": "mini", "key": "k", "sender": "m-new", "kind": "subscribe_msg_popup_event"}
    db.write(lambda: put(Received, **event, at=now(), body={}, state="new", attempts=0))
    while afterwards.work_one(db):
        pass
    with db.read():
        assert owner_of("mini", "m-new") is None


@one_database
def test_two_records_of_one_person_have_one_last_word(app: Flask, town: Cast, db: Database) -> None:
    old, kept = logged_in(app, town.sun_xiaoyu), logged_in(app, town.wang)
    say(kept, PLACE, True)
    say(old, PLACE, False)
    old("PATCH", "/me", {"elder": True})
    db.write(partial(merge, town.sun_xiaoyu.id, town.wang.id))
    assert old.get("/me") == kept.get("/me")
    assert states(old)[PLACE] == "refused"
    with unit_of_work(db), pytest.raises(NotAllowed, match="consent_changed"):
        consents.require(PLACE, "1")


@one_database
def test_photos_that_became_part_of_nothing_go_after_a_day(
    mini: Phone, town: Cast, db: Database, config: Config
) -> None:
    wang = mini(town.wang)
    begun = wang.post("/uploads", {"size": 100, "type": "image/png"})["id"]
    wang("PATCH", f"/uploads/{begun}", b"x" * 50, **{"Upload-Offset": "0"})
    file = Files(config.storage.dir).keep(b"jpeg", "image/jpeg")
    whole = db.write(uploads.announce, town.wang.id, 4)
    db.write(uploads.settle, town.wang.id, whole, uploads.KEPT, file)
    sweeping.sweep_uploads(config, db)
    assert (config.storage.dir / file).is_file()
    db.write(lambda: session().execute(update(Upload).values(touched_at=now() - timedelta(days=2))))
    lost = config.storage.dir / "parts" / ("A" * 22)
    lost.write_bytes(b"x")
    os.utime(lost, (0, 0))
    sweeping.sweep_uploads(config, db)
    assert [one for one in Path(config.storage.dir).rglob("*") if one.is_file()] == []
    assert wang.refused("GET", f"/uploads/{begun}")[0] == 404


@one_database
def test_old_tokens_are_forgotten_and_a_restored_copy_lets_nobody_in(
    app: Flask, town: Cast, db: Database
) -> None:
    wang = logged_in(app, town.wang)
    assert db.write(tokens.forget_old) == 0
    db.write(tokens.nobody_is_in)
    assert wang.refused("GET", "/me")[0] == 401
