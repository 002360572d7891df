"""Every form that does something carries a key by which its copies are known; one without it does nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from factories import a_case, spot
from fee_books import living_in
from notices import a_notice
from open_books import begun
from own_bills import a_home, a_price, billed, bills_of
from page_phone import Phone
from settled_town import Settled, settled
from sqlalchemy import func, select
from whistle_town import a_whistle, departments

from models.base.actor import By
from models.base.checkdigit import with_check
from models.base.links import personal_path
from models.base.orm import session
from models.history.step import Step
from models.inbox.received import Received
from models.mediation.mediating import open_one
from models.outbox.letter import Letter
from models.place import doors
from models.problem.keeping import number_of, propose
from server.app import create_app
from server.config import Config
from server.database import Database

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)


@dataclass(frozen=True)
class Form:
    """Where it goes: under which kind of link, of whom."""

    link: str
    path: str
    who: str = "zhao"


FORMS = {
    "desk_act": Form("desk", "/desk/enter"),
    "groups_act": Form("desk", "/groups/bind"),
    "write": Form("desk", "/notices/write"),
    "notice": Form("notice", "/notice/discard"),
    "keep": Form("notice", "/notice/keep/audience"),
    "enclose": Form("notice", "/files"),
    "take_out": Form("notice", "/files/x"),
    "notice_visited": Form("notice", "/visits/{building}/told"),
    "notice_pasted": Form("notice", "/groups/1/pasted"),
    "fees": Form("notice", "/fees"),
    "home_of": Form("notice", "/fees/home"),
    "act": Form("case", "/add", "wang"),
    "report": Form("", "/q/{door}"),
    "pay": Form("fees", "/pay/{home}", "resident"),
    "pay_bill": Form("pay", "", "resident"),
    "way": Form("fees", "/ways/{home}/quarter", "resident"),
    "fee_act": Form("desk", "/fees/do/enter"),
    "fee_terms_act": Form("desk", "/fees/terms/agree_offer"),
    "fee_offers_act": Form("desk", "/fees/offers/make"),
    "fee_standards_act": Form("desk", "/fees/standards/enter"),
    "fee_exits_act": Form("desk", "/fees/exits/tell"),
    "fee_compare_act": Form("desk", "/fees/compare/settle"),
    "fee_visited": Form("desk", "/fees/visits/{building}/paid"),
    "books_ask": Form("books", "/lines/ask", "wang"),
    "books_enter": Form("desk", "/books/enter"),
    "books_earn": Form("desk", "/books/earn"),
    "outlay_act": Form("desk", "/books/outlay/{outlay}/give_up"),
    "income_act": Form("desk", "/books/income/{income}/approve"),
    "chain_act": Form("desk", "/chain/do/hold"),
    "rota_act": Form("desk", "/rota/strike"),
    "duties_act": Form("desk", "/duties/leave"),
    "whistle_act": Form("desk", "/whistles/{whistle}/end"),
    "together_act": Form("desk", "/whistles/case/{number}/put-off"),
    "keepers_act": Form("desk", "/chain/keepers/agree"),
    "grids_act": Form("desk", "/chain/grids/withdraw"),
    "home_visits_act": Form("desk", "/visits/case"),
    "stations_act": Form("desk", "/stations/keep"),
    "management_act": Form("desk", "/chain/management/say"),
    "spot_act": Form("desk", "/chain/spot"),
    "samples_act": Form("desk", "/chain/samples/more"),
    "problem_propose": Form("desk", "/chain/problems"),
    "problem_act": Form("desk", "/chain/problems/{problem}/refuse"),
    "colour_appeal": Form("desk", "/own/1"),
    "colour_rule": Form("desk", "/colours/1"),
    "stars_close": Form("desk", "/stars/close"),
    "goals_act": Form("desk", "/goals/withdraw"),
    "vote": Form("fees", "/vote", "resident"),
    "indicators_seal": Form("desk", "/indicators/seal"),
    "indicators_remove": Form("desk", "/indicators/remove"),
    "removal_settle": Form("desk", "/indicators/removals/1"),
    "mediations_open": Form("desk", "/mediations/open"),
    "mediation_act": Form("desk", "/mediations/one/{mediation}/hand_on"),
    "books_publish": Form("desk", "/books/month/{estate}/2026-10/publish"),
}
# They change nothing that a copy would change twice: one looks for an address, one shows a number, and each
# look is written down; one shows what a list would mean.
LOOKS = {"fee_find", "call", "recut_preview", "led_on"}


MOMENT = datetime(2026, 11, 21, 4, tzinfo=UTC)
# Enough for every form to be read.
SAID = {
    "words": "什么事", "month": "2026-10", "period": "2026-10", "item": "1", "since": "2026-11-01",
    "began": "2026-11-01",
}  # fmt: skip


@pytest.fixture(scope="module")
def sqlite_template(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Settled[dict[str, Any]]:
    with time_machine.travel(MOMENT, tick=True):
        return settled(sqlite_template, tmp_path_factory.mktemp("once"), lambda db: db.write(made))


@pytest.fixture
def numbers(sqlite_template: Settled[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    with time_machine.travel(MOMENT, tick=True):
        yield sqlite_template.facts


def made() -> dict[str, Any]:
    """A town with a case, a notice, an outlay that waits, an income, and a bill."""
    books = begun()
    case = a_case(reporter=books.cast.wang)
    a_price()
    home = a_home("501")
    billed("2026-Q3")
    (building, code) = next((one.building_id, one.code) for one in doors.issue([case.building_id or 0]))
    return {
        "zhao": books.cast.zhao.id,
        "wang": books.cast.wang.id,
        "resident": living_in(home),
        "home": home,
        "building": building,
        "door": code,
        "outlay": books.waiting().id,
        "income": books.earned().id,
        "estate": with_check(books.estate),
        "number": case.number,
        "problem": number_of(propose(books.cast.zhao.id, "common", "灯坏", "", spot())),
        "mediation": given_to(books.cast.zhao.id, case.community_id or 0),
        "whistle": a_whistle(books.cast, *departments(books.cast), case=case).id,
        "key": {
            "case": case.id,
            "notice": a_notice(books.cast.zhao.id).id,
            "books": books.estate,
            "pay": bills_of(home)[0],
        },
    }


def given_to(mediator: int, community: int) -> str:
    began = date(2026, 11, 1)
    by = By.staff(mediator)
    return open_one(community, "noise", "楼上楼下", "半夜有声", began, mediator, by).public_id


def happened(db: Database) -> list[int]:
    """That a page was read is written down, and is nothing that its form did."""
    with db.read():
        steps = select(func.count(Step.id)).where(Step.what != "mediation_read")
        others = [select(func.count(one.id)) for one in (Letter, Received)]
        return [session().execute(one).scalar_one() for one in (steps, *others)]


@pytest.mark.parametrize("name", FORMS)
def test_a_form_without_its_key_is_refused_and_does_nothing(
    db: Database, phone: Phone, numbers: dict[str, Any], name: str
) -> None:
    form = FORMS[name]
    token = personal_path(form.link, numbers[form.who], numbers["key"].get(form.link, 0)) if form.link else ""
    path = f"/{token}{form.path.format(**numbers)}".replace("//", "/")
    before = happened(db)
    answer = phone.send(path, once="", **SAID)
    assert (answer.status_code, "什么也没有办" in answer.text) == (422, True), answer.text
    assert happened(db) == before


def test_every_form_stands_here(db: Database, config: Config) -> None:
    """But for those of the console, whose door asks every form for its key (tests/safety/test_forms.py)."""
    rules = {
        one.endpoint.removeprefix("pages."): one.rule
        for one in create_app(config, db).url_map.iter_rules()
        if one.endpoint.startswith("pages.") and "POST" in (one.methods or ())
    }
    assert {*FORMS, *LOOKS} <= set(rules)
    assert {name for name, rule in rules.items() if not rule.startswith("/console")} <= {*FORMS, *LOOKS}
