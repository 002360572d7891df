"""Pages to which no link of the demo's town leads: behind a log-in, a form, a visit, a token."""

import io
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from console_door import GOOD, Visitor
from every_page import Seen, Walk, people
from flask import Flask
from sqlalchemy import select

from handlers.api.cookies import TOKEN
from models.account import linking
from models.base.actor import By
from models.base.clock import local, now
from models.base.orm import put, session
from models.books.tables import Income
from models.client import tokens
from models.consent import consents
from models.grid.tables import EstateRecord
from models.joins import estate_ledger
from models.notice.tables import Notice
from models.person.tables import Home, Staff
from models.town import demo_town, xlsx
from server import importing
from server.database import Database

HOUSE = 3  # of which the demo's town tells most


def hidden_pages(app: Flask) -> Iterator[tuple[Walk, Seen]]:
    database: Database = app.extensions["hemei.database"]
    staff = people(database).staff
    yield from _before_the_door(app, database, staff["street"])
    with database.read():
        income, notice = (
            session().scalars(select(Income.id)).first(),
            session().scalars(select(Notice.id)).first(),
        )
        resident = session().scalars(select(Home.person_id).where(Home.until.is_(None))).first()
    yield from _opened(
        Walk(app, "community", staff["community"]),
        f"/console/books/income/{income}",
        "/console/indicators/odd?period=2026-11",
        f"/console/notices/{notice}/groups",
        f"/console/notices/{notice}/visits/{HOUSE}",
        f"/console/fees/visits/{HOUSE}",
        f"/console/chain/estates/1/difference?from={_kept_ledger(database)}&to=now",
    )
    yield from _behind_forms(app, database, staff)
    yield from _own_pages(app, database, resident or 0)


def _opened(walk: Walk, *paths: str) -> Iterator[tuple[Walk, Seen]]:
    for path in paths:
        yield walk, walk.look(path, walk.rule(path))


def _before_the_door(app: Flask, database: Database, somebody: int) -> Iterator[tuple[Walk, Seen]]:
    """Logging in as somebody does for the first time: the link, a password, the second factor. Nobody of whom
    other pages are looked at, because a new password ends all that they have open."""
    with database.read():
        number = session().scalars(select(Staff.number).where(Staff.person_id == somebody)).one()
    walk = Walk(app, "public")
    visitor = Visitor(walk.client)
    visitor.send(_door(database, somebody), password=GOOD, again=GOOD)
    led = visitor.with_password(number=number).headers["Location"]
    yield from _opened(walk, "/console/login?stay=1", _door(database, somebody), led)


def _door(database: Database, somebody: int) -> str:
    return f"/console/password/{database.write(partial(linking.issue, somebody, By.staff(somebody)))}"


def _behind_forms(app: Flask, database: Database, staff: dict[str, int]) -> Iterator[tuple[Walk, Seen]]:
    """Many cases before something is done with them; a workbook that was looked through."""
    walk = Walk(app, "community", staff["community"])
    many = next(one for one in walk.look("/console/cases", "").forms if "/many/look" in one.action)
    wish: dict[str, Any] = {name: value for name, (_, value) in many.fields.items()}
    led = walk.send(many, wish | {"verb": "supervise", "which": "all", "reason": "今天要有回话"})
    yield from _opened(walk, led.headers["Location"])
    walk = Walk(app, "admin", staff["admin"])
    book = next(one for one in walk.look("/console/import", "").forms if "book" in one.fields)
    with TemporaryDirectory() as name:
        xlsx.write(demo_town(), Path(name) / "town.xlsx")
        file = io.BytesIO((Path(name) / "town.xlsx").read_bytes())
    led = walk.send(book, {"once": book.fields["once"][1], "book": (file, "town.xlsx")})
    importing.work_on(app.extensions["hemei.config"], database)
    yield from _opened(walk, led.headers["Location"])


def _own_pages(app: Flask, database: Database, resident: int) -> Iterator[tuple[Walk, Seen]]:
    """A resident's own, and the notice for whoever has not agreed to it."""
    walk, token = Walk(app, "own"), tokens.new_token()

    def agreed() -> None:
        tokens.begin(resident, "official", token)
        consents.answer(resident, consents.BASIC, consents.kinds()[consents.BASIC]["version"], True)

    database.write(agreed)
    walk.client.set_cookie(TOKEN, token)
    yield from _me(walk)
    walk = Walk(app, "newcomer")
    walk.client.set_cookie(TOKEN, tokens.newcomers_token("official", "newcomer", None))
    yield from _opened(walk, "/me")


def _me(walk: Walk) -> Iterator[tuple[Walk, Seen]]:
    for seen in walk.pages(("/me", "/me/report", "/me/cases", "/me/notices", "/me/bills", "/me/consents"), 1):
        if seen.path.startswith("/me"):
            yield walk, seen


def _kept_ledger(database: Database) -> str:
    """The quarter of which the first estate's ledger stays as it was."""

    def keep() -> str:
        at = now()
        quarter = estate_ledger.quarter_before(local(at).date())
        last = estate_ledger.first_day_after(quarter) - timedelta(days=1)
        page = estate_ledger.page_of(1, at, last)
        put(EstateRecord, estate_id=1, quarter=quarter, page=page, frozen_at=at)
        return quarter

    return database.write(keep)
