"""Walks through all pages as people do: from where each comes in, along every link, to the forms there.

Needs no list of addresses: a page or a form that is new is found by whoever may see it.
"""

import re
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote, urljoin, urlsplit

from factories import a_case
from flask import Flask
from flask.testing import FlaskClient
from notices import a_notice, handed_in, tell_all
from once_a_run import once
from pictures import photo
from settings_files import KEY, configuration
from sqlalchemy import select
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from handlers.api.cookies import TOKEN
from handlers.console.cookies import BROWSER, SESSION
from handlers.pages.forms import keep_photos
from models.account import sessions
from models.base import privacy
from models.base.actor import By
from models.base.links import personal_path
from models.base.orm import session
from models.case import search_index
from models.case.caller import keep_caller
from models.case.case import Case
from models.fee.tables import Bill
from models.media import keeping
from models.media.files import Files
from models.notice import enclosed
from models.notice.tables import Notice, State
from models.person.tables import Home, Staff
from models.place.doors import issue
from models.place.tables import Community, DoorCode
from models.town import demo_town, parse, take
from server.app import create_app
from server.database import Database
from server.demo.town import ROOMS, _let_residents_in

OWN = {"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"}
STARTS = ("/console", "/console/cases", "/console/figures", "/console/exports")
DIRECT = ("/console/fees/homes/1",)  # behind a search
WHOLE = ("community", "street", "grid_chief", "admin")
# Who sees what nobody else of them sees; the other roles see less of the same.
ROLES = ("community", "admin", "supervisor", "keeper", "grid_head", "department", "property")
EACH = 2  # pages of one kind that one person looks at


class Element(NamedTuple):
    tag: str
    attributes: dict[str, str]


class Form(NamedTuple):
    """As the browser would send it when nothing is touched; `fields` are (kind, value)."""

    page: str
    action: str
    method: str
    fields: dict[str, tuple[str, str]]


class Seen(NamedTuple):
    """A page as somebody saw it."""

    who: str
    path: str
    rule: str
    status: int
    kind: str
    policy: str
    html: str
    elements: Sequence[Element]
    forms: Sequence[Form]
    sheets: bytes = b""  # of a file for Excel


class _Reader(HTMLParser):
    """Every element, and the forms with their fields."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.page = page
        self.elements: list[Element] = []
        self.forms: list[Form] = []
        self.spoken: list[str] = []
        self._form: Form | None = None
        self._select: str | None = None
        self._script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        self.elements.append(Element(tag, attributes))
        self._script = tag == "script"
        name = attributes.get("name", "")
        if tag == "form":
            action = urljoin(self.page, attributes.get("action", "") or self.page)
            self._form = Form(self.page, action, attributes.get("method", "get").lower(), {})
            self.forms.append(self._form)
        elif self._form is not None and name and tag in ("input", "textarea", "select", "button"):
            self._field(self._form, tag, name, attributes)
        elif tag == "option" and self._form is not None and self._select:
            kind, value = self._form.fields[self._select]
            if value == "" or "selected" in attributes:
                self._form.fields[self._select] = (kind, attributes.get("value", ""))

    def _field(self, form: Form, tag: str, name: str, attributes: dict[str, str]) -> None:
        kind = attributes.get("type", "text") if tag == "input" else tag
        if tag == "select":
            self._select = name
        if kind == "radio" and name in form.fields and "checked" not in attributes:
            return
        form.fields[name] = (kind, attributes.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        if tag == "select":
            self._select = None
        if tag == "script":
            self._script = False

    def handle_data(self, data: str) -> None:
        if self._script and data.strip():
            self.elements.append(Element("script", {"inline": data}))
        self.spoken.append(data)


def read(page: str, html: str) -> tuple[list[Element], list[Form], str]:
    """Elements, forms, and what is said between them."""
    reader = _Reader(page)
    reader.feed(html)
    reader.close()
    return reader.elements, reader.forms, "".join(reader.spoken)


def furnished(template: Path, folder: Path) -> Path:
    """A file with the demo's town, its past, its money and its quarrels; files of cases lie beside it."""

    def make(there: Path) -> None:
        shutil.copyfile(template, there / "town.db")
        database = Database(f"sqlite:///{there / 'town.db'}")
        try:
            furnish(database, there)
        finally:
            database.close()

    privacy.use_key(KEY)
    there = once("town", make, otherwise=folder)
    if there != folder:
        shutil.copyfile(there / "town.db", folder / "town.db")
        shutil.copytree(there / "files", folder / "files")
    return folder / "town.db"


def furnish(database: Database, folder: Path) -> None:
    """As `furnished`, into a database that has its tables and nothing else; files go to `folder`."""
    privacy.use_key(KEY)
    database.write(take, parse(demo_town()))
    database.write(_let_residents_in)
    for room in ROOMS:
        room.furnish(database)
    database.write(issue, [1, 2])
    database.write(_one_of_each, Files(folder / "files"))
    tell_all(database)
    while database.write(search_index.follow):
        pass


def _one_of_each(files: Files) -> None:
    """What the demo's visitors bring themselves: reports with a photo and a voice, notices with a picture."""
    people = staff_by_role()
    resident, keeper, desk = (
        session().scalars(select(Home.person_id)).first(), people["keeper"], people["community"]
    )  # fmt: skip
    for words in ("1单元的灯不亮，晚上老人看不见", "单元门关不上"):
        case = a_case(reporter=Id(resident or 0), text=words)
        keep_photos([files.keep(photo(), "image/jpeg")], case.id, "report", resident)
    keeping.keep(("case", case.id), purpose="report", kind="voice", content_type="audio/amr",
                 file=files.keep(b"#!AMR\n" + b"\0" * 64, "audio/amr"), by=resident)  # fmt: skip
    keep_caller(case, "张桂兰", "13812345678")
    a_case(entered_by=Id(desk), text="暖气不热", category="heating", finished_by=Id(keeper))
    handed_in(desk).state = State.DRAFT  # because only a draft takes files
    for notice in session().scalars(select(Notice)):
        picture = enclosed.Enclosure("picture", files.keep(photo(), "image/jpeg"), "image/jpeg")
        enclosed.enclose(notice, [picture], By.staff(desk))
        notice.state = State.WAITING
    a_notice(desk, title="周四停电")


class Id(NamedTuple):
    id: int


def staff_by_role() -> dict[str, int]:
    found: dict[str, int] = {}
    for one in session().scalars(select(Staff).where(Staff.active).order_by(Staff.id)):
        for role in one.roles:
            found.setdefault(role, one.person_id)
    return found


def everything_on(folder: Path, database: Database) -> Flask:
    """The application with every channel that has an address."""
    wechat = {"app_id": "wx1", "app_secret": "s", "token": "t"}
    config = configuration(
        folder, str(database.url), wechat_official=wechat, wechat_mini=wechat,
        wechat_work={"corp_id": "ww1", "agent_id": 1, "secret": "s", "token": "t"},
    )  # fmt: skip
    return create_app(config, database)


class People(NamedTuple):
    """Where each comes in. `staff` by name of their first role."""

    staff: dict[str, int]
    letters: list[str]
    public: list[str]


def people(database: Database) -> People:
    def firsts(query: Any, most: int = 2) -> list[Any]:
        return list(session().execute(query.limit(most)).all())

    with database.read():
        staff = staff_by_role()
        letters, public = [], ["/", "/privacy"]
        for (person,) in firsts(select(Home.person_id).where(Home.until.is_(None)), 3):
            letters += ["/" + personal_path("fees", person), "/" + personal_path("books", person, 1)]
        for case, reporter in firsts(
            select(Case.id, Case.reporter_id).where(Case.reporter_id.isnot(None)), 4
        ):
            letters.append("/" + personal_path("case", reporter, case))
        for (bill,) in firsts(select(Bill.id)):
            letters.append("/" + personal_path("pay", 1, bill))
        for (notice,) in firsts(select(Notice.id)):
            letters.append("/" + personal_path("notice", 1, notice))
        public += [f"/board/{key}" for (key,) in firsts(select(Community.id))]
        public += [f"/q/{code}" for (code,) in firsts(select(DoorCode.code))]
    return People(staff, letters, public)


class Walk:
    """One visitor's way through the house."""

    def __init__(self, app: Flask, who: str, person: int | None = None) -> None:
        self.app, self.who = app, who
        self.client: FlaskClient = app.test_client()
        if person is not None:
            database = app.extensions["hemei.database"]
            self.client.set_cookie(
                SESSION, database.write(partial(sessions.begin, person, "work", strong=True))
            )
        self._adapter = app.url_map.bind("localhost")

    def cookies(self, base: str) -> list[dict[str, str]]:
        """What the visitor carries, for a browser."""
        kept = (self.client.get_cookie(name) for name in (SESSION, BROWSER, TOKEN))
        return [{"name": one.key, "value": one.value, "url": base} for one in kept if one is not None]

    def rule(self, path: str, method: str = "GET") -> str:
        try:
            return self._adapter.match(unquote(urlsplit(path).path), method, return_rule=True)[0].rule
        except HTTPException as trouble:
            return trouble.name

    def pages(self, starts: Sequence[str], each: int = EACH) -> Iterator[Seen]:
        """Breadth first, so that what is near comes whatever the number of pages is."""
        waiting, known, looked = list(starts), set(starts), Counter[str]()
        while waiting:
            path = waiting.pop(0)
            rule = self.rule(path)
            if looked[rule] >= each:
                continue
            looked[rule] += 1
            seen = self.look(path, rule)
            yield seen
            for there in links(seen):
                if there not in known:
                    known.add(there)
                    waiting.append(there)

    def look(self, path: str, rule: str = "") -> Seen:
        answer = self.client.get(path, buffered=True)
        html = answer.text if answer.mimetype == "text/html" else ""
        elements, forms, _ = read(path, html)
        if answer.status_code in (301, 302, 303, 307, 308):
            elements = [Element("a", {"href": answer.headers["Location"]})]
        policy = answer.headers.get("Content-Security-Policy", "")
        sheets = answer.data if "spreadsheet" in answer.mimetype else b""
        return Seen(
            self.who, path, rule, answer.status_code, answer.mimetype, policy, html, elements, forms, sheets
        )

    def send(self, form: Form, fields: dict[str, Any], **more: Any) -> TestResponse:
        return self.client.post(
            form.action,
            data=fields,
            headers=more.pop("headers", OWN),
            content_type=more.pop("content_type", "multipart/form-data"),
        )


REFERENCES = {"href", "src", "action", "formaction", "poster", "data", "srcset", "xlink:href", "ping"}


def links(seen: Seen) -> Iterator[str]:
    """Pages of this house that somebody can go on to."""
    for tag, attributes in seen.elements:
        there = attributes.get("href") if tag == "a" else attributes.get("src") if tag == "img" else None
        if there is None or re.match(r"(tel|mailto|data|weixin):", there):
            continue
        whole = urlsplit(urljoin(f"http://localhost{seen.path}", there))
        if whole.netloc in ("localhost", "127.0.0.1") and not whole.path.startswith("/static/"):
            yield whole.path + (f"?{whole.query}" if whole.query else "")


def everybodys_pages(
    app: Flask, each: int = EACH, roles: Sequence[str] = ROLES
) -> Iterator[tuple[Walk, Seen]]:
    """What staff of these roles, some residents and passers-by see."""
    who = people(app.extensions["hemei.database"])
    for role in roles:
        person = who.staff[role]
        walk = Walk(app, role, person)
        for seen in walk.pages((*STARTS, *(DIRECT if role in WHOLE else ())), each):
            yield walk, seen
    for name, starts in (("resident", who.letters), ("public", who.public)):
        walk = Walk(app, name)
        for seen in walk.pages(starts, each):
            yield walk, seen


class Walked(NamedTuple):
    """What everybody saw of `app`, whose database is `file`."""

    app: Flask
    file: Path
    seen: list[tuple[Walk, Seen]]
