"""A few requests of each kind made from the document; fifty thousand of them: `make chaos` (I10)."""

from functools import partial

import pytest
from api_client import logged_in
from api_fuzz import Fuzz
from cast import Cast
from factories import a_case
from flask import Flask

from models.base.signed_ids import signed_id
from models.client import tokens, uploads
from models.person.living import homes_said
from server.database import Database


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_requests_made_from_the_document_break_nothing(
    app: Flask, town: Cast, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handlers.api.frame.pay", lambda *_: 0)  # or limits would hide what is behind them
    monkeypatch.setattr("handlers.api.limits.Buckets.pay", lambda *_: 0)
    case = db.write(lambda: a_case(reporter=town.wang, finished_by=town.li).public_id)
    with db.read():
        (home,) = homes_said(town.wang.id)
    things = {
        "/cases": case,
        "/homes": signed_id("homes", home.home_id),
        "/uploads": db.write(partial(uploads.announce, town.wang.id, 100)),
        "/scenes": "door-3-2",
        "/consents": "precise_place",
        "/work/cases": case,
    }
    callers = [logged_in(app, one).token for one in (town.wang, town.wang, town.rider, town.li, town.zhao)]
    found = Fuzz(app, [*callers, "", tokens.newcomers_token("mini", "m-never", None)], things, seed=7).run(1)
    assert found.broken == []
    assert found.cases > 2 * len(things)
    assert found.statuses[200]
    assert found.statuses[422]
