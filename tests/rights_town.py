"""The demo's town with one person of every kind, and one thing of every kind in its first community.

Callers are letters, in the order of docs/rights.md: a capital works or lives where the thing is, a small
letter the same elsewhere.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from every_page import OWN, everything_on, furnished
from flask import Flask
from flask.testing import FlaskClient
from pictures import photo
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from handlers.console.cookies import SESSION
from handlers.console.keys import made_for
from models.account import sessions
from models.appraisal.tables import StaffWarning
from models.base.checkdigit import with_check
from models.base.clock import now
from models.base.links import personal_path
from models.base.orm import put, session
from models.books.tables import Income, Outlay
from models.case.case import Case
from models.contract.tables import Contract
from models.fee.payments import Payment
from models.fee.tables import Bill
from models.indicator.tables import Removal
from models.media import keeping
from models.media.files import Files
from models.media.item import Item
from models.mediation.tables import Mediation
from models.notice.tables import Notice
from models.outbox.letter import Letter
from models.person.tables import Grant, Home, Person, Staff
from models.place.customer_groups import JoinWay
from models.place.tables import Building, Community, Household
from models.place.version import raise_version
from models.problem.keeping import number_of
from models.problem.tables import Problem
from models.whistle.tables import Whistle
from server.database import Database

STAFF = "WwHhKkDdPpCcVvSsNEe"
RESIDENTS = "OTXoUR"
NOT_THERE = 999_983
FORM = {"unit": "2", "room": "501", "period": "2026-09"}  # enough to be asked who one is
A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class World:
    app: Flask
    database: Database
    browsers: dict[str, tuple[FlaskClient, str]]  # staff, logged in, with the session's token
    staff: dict[str, int]  # person by letter
    residents: dict[str, int]
    there: dict[str, Any]  # what stands for each name in a route's address
    homes: dict[str, int]  # household: own, beside, other
    files: Path

    def ask(self, who: str, method: str, path: str, once: str) -> TestResponse:
        """By a browser of theirs; whoever is not staff has one that is nobody's."""
        browser, token = self.browsers.get(who) or (self.app.test_client(), "")
        if method == "GET":
            return browser.get(path, buffered=True)
        return browser.post(path, data=FORM | {"once": made_for(token, once)}, headers=OWN)


def opened_town(template: Path, folder: Path) -> Iterator[World]:
    database = Database(f"sqlite:///{furnished(template, folder)}")
    yield peopled(database, folder)
    database.close()


def peopled(database: Database, folder: Path) -> World:
    """The callers and the things, in a furnished database."""
    app = everything_on(folder, database)
    files = Files(folder / "files")
    staff = database.write(_staff)
    residents, homes = database.write(_residents)
    there = database.write(partial(_things, staff, homes, files))
    browsers = _browsers(app, database, staff)
    return World(app, database, browsers, staff, residents, there, homes, folder / "files")


def _browsers(app: Flask, database: Database, staff: dict[str, int]) -> dict[str, tuple[FlaskClient, str]]:
    found = {}
    for letter, person in staff.items():
        token = database.write(partial(sessions.begin, person, "work", strong=True))
        found[letter] = app.test_client(), token
        found[letter][0].set_cookie(SESSION, token)
    return found


def _staff() -> dict[str, int]:
    """Those of the workbook, and who was granted a post on a part of the town."""
    by_number = {row.number: row.person_id for row in session().scalars(select(Staff))}
    letters = {
        "W": "G01", "w": "G03", "H": "G11", "h": "G12", "K": "K01", "k": "K04", "D": "D01", "d": "D02",
        "p": "P01", "C": "C01", "c": "C02", "V": "J01", "N": "A01",
    }  # fmt: skip
    found = {letter: by_number[number] for letter, number in letters.items()}
    put(Community, name="远方社区", street="远方街道", district="远方区")
    found["P"] = _newcomer("P09", ["property"], 1)
    for letter, role, part in (
        ("v", "supervisor", {"community_id": 2}),
        ("S", "street", {"district": "和美区", "street": "和美街道"}),
        ("s", "street", {"district": "远方区"}),
        ("E", "community", {"estate_id": 1}),
        ("e", "community", {"grid_id": 2}),
    ):
        found[letter] = _newcomer(f"Z{letter}{'1' if letter.isupper() else '2'}", ["department"], None)
        put(Grant, person_id=found[letter], role=role, since=now(), reason="r", at=now(), **part)
    raise_version()
    return found


def _newcomer(number: str, roles: list[str], community: int | None) -> int:
    person = put(Person, public_id=f"p-{number}", is_rider=False, created_at=now())
    put(Staff, number=number, person_id=person, name=number, roles=roles, community_id=community, teams=[],
        active=True)  # fmt: skip
    return person


def _residents() -> tuple[dict[str, int], dict[str, int]]:
    """An owner, a tenant and who has moved out of one home; an owner elsewhere; somebody bound to none."""
    owner = session().scalars(select(Home.person_id)).one()
    home = (
        session()
        .scalars(select(Household).where(Household.building_id == 3, Household.room == "501"))
        .first()
    )
    assert home is not None
    beside = (
        session()
        .scalars(select(Household).where(Household.building_id == 3, Household.id != home.id))
        .first()
    )
    other = session().scalars(select(Household).join(Building).where(Building.estate_id == 3)).first()
    assert beside is not None
    assert other is not None
    known = {
        "household_id": home.id,
        "room": home.room,
        "unit_name": home.unit_name,
        "proof": "register_phone",
    }
    session().execute(update(Home).where(Home.person_id == owner).values(**known))
    people = {"O": owner} | {letter: _resident(letter, rider=letter == "R") for letter in "TXoUR"}
    lives(people["T"], home, "staff")
    lives(people["X"], home, "register_phone", until=now() - A_DAY)
    lives(people["o"], other, "register_phone")
    return people, {"own": home.id, "beside": beside.id, "other": other.id}


def _resident(letter: str, *, rider: bool) -> int:
    return put(Person, public_id=f"r-{letter}{ord(letter)}", is_rider=rider, created_at=now())


def lives(person: int, home: Household, proof: str, until: Any = None) -> None:
    put(Home, person_id=person, building_id=home.building_id, unit_name=home.unit_name, room=home.room,
        household_id=home.id, proof=proof, since=now() - 2 * A_DAY, until=until)  # fmt: skip


def _things(staff: dict[str, int], homes: dict[str, int], files: Files) -> dict[str, Any]:
    """One of each kind, all in the first estate, most of them about its building 3."""
    found = session().scalars
    case = found(select(Case).where(Case.building_id == 3, Case.id > 10_000).order_by(Case.id)).first()
    outlay = found(select(Outlay).order_by(Outlay.id)).first()
    income = found(select(Income).order_by(Income.id)).first()
    notice = found(select(Notice).order_by(Notice.id)).first()
    whistle = found(select(Whistle)).one()
    assert case is not None
    assert outlay is not None
    assert income is not None
    assert notice is not None
    keeping.keep(("outlay", outlay.id), purpose="voucher", kind="image", content_type="image/jpeg",
                 file=files.keep(photo(), "image/jpeg"), by=staff["C"])  # fmt: skip
    keeping.keep(("case", whistle.case_id), purpose="report", kind="image", content_type="image/jpeg",
                 file=files.keep(photo(), "image/jpeg"), by=staff["C"])  # fmt: skip
    contract = put(Contract, household_id=homes["own"], estate_id=1, charging="quarter", since=now().date(),
                   rules={}, state="running", agreed_how="desk", agreed_at=now())  # fmt: skip
    keeping.keep(("contract", contract), purpose="signature", kind="image", content_type="image/jpeg",
                 file=files.keep(photo(), "image/jpeg"), by=staff["C"])  # fmt: skip
    rule = session().scalars(select(StaffWarning.rule)).first()
    warning = put(
        StaffWarning, person_id=staff["W"], community_id=1, code="prompt", rule=rule, period="2026-09",
        colour="red", numerator=1, denominator=2, cases=[], formulas="1", found_at=now(),
        appeal_until=now() - A_DAY, final_at=now(), stands="red",
    )  # fmt: skip
    removal = put(
        Removal, case_id=case.id, indicator="all", rule="not_ours", reason="r", by_id=staff["N"], at=now()
    )
    put(JoinWay, group_id=1, state="s", wanted_at=now(), next_try_at=now(), picture=photo())

    def medium(kind: str, key: int) -> str:
        query = select(Item.public_id).where(Item.about_kind == kind, Item.about_id == key)
        return session().scalars(query.order_by(Item.id)).first() or ""

    def of_home(model: Any) -> int:
        return session().scalars(select(model.id).where(model.household_id == homes["own"])).first() or 0

    by_hand = found(select(Letter).where(Letter.to_kind == "group").order_by(Letter.id)).first()
    assert by_hand is not None
    by_hand.state, by_hand.reason, by_hand.settled_at = "by_hand", "no_way", now()
    return {
        "case": with_check(case.id),
        "case_id": case.id,
        "case_medium": medium("case", case.id),
        "notice": notice.id,
        "notice_file": medium("notice", notice.id),
        "letter": by_hand.id,
        "building": 3,
        "estate": 1,
        "estate_number": with_check(1),
        "outlay": outlay.id,
        "income": income.id,
        "voucher": medium("outlay", outlay.id),
        "signature": medium("contract", contract),
        "problem": number_of(found(select(Problem).where(Problem.state == "open")).first()),  # type: ignore[arg-type]
        "whistle": whistle.id,
        "whistle_medium": medium("case", whistle.case_id),
        "whistle_case": with_check(whistle.case_id),
        "mediation": found(select(Mediation.public_id).order_by(Mediation.id)).first(),
        "warning": warning,
        "removal": removal,
        "household": homes["own"],
        "bill": of_home(Bill),
        "payment": of_home(Payment),
        "group": 1,
        "order": "A" * 20,
        "person": staff["K"],
        "many": "A" * 22,
        "export": "A" * 22,
    }


# What stands for an argument: by its name, or where several routes call it the same by endpoint and name.
BY_ENDPOINT = {
    "case_medium public": "case_medium",
    "medium public": "case_medium",
    "file public": "notice_file",
    "pay_state number": "order",
    "pay_receipt number": "order",
    "pay_state_bill number": "order",
    "pay_receipt_bill number": "order",
    "staff_medium public": "case_medium",
    "staff_file public": "notice_file",
    "take_out public": "notice_file",
    "books_picture public": "voucher",
    "fee_signature public": "signature",
    "whistle_medium public": "whistle_medium",
    "income number": "income",
    "income_act number": "income",
    "outlay number": "outlay",
    "outlay_act number": "outlay",
    "books_preview number": "estate_number",
    "books_publish number": "estate_number",
    "problem number": "problem",
    "problem_act number": "problem",
    "colour number": "warning",
    "colour_rule number": "warning",
    "colour_appeal number": "warning",
    "removal_settle number": "removal",
    "together number": "whistle_case",
    "together_act number": "whistle_case",
    "whistle number": "whistle",
    "whistle_act number": "whistle",
    "whistle_medium number": "whistle",
    "mediation key": "mediation",
    "cases_many key": "many",
    "import_one key": "many",
    "import_act key": "many",
    "import_marked key": "many",
    "import_progress key": "many",
    "print_photo public": "many",
    "cases_many_act key": "many",
    "export_settle public": "export",
    "mediation_act key": "mediation",
}
# What is done there: words of the address, the same whoever asks.
SAID = {
    "month": "2026-10",
    "act verb": "add",
    "notice verb": "come",
    "way verb": "agree",
    "rest": "x",
    "code": "solution_rate",
    "account_act verb": "password",
    "chain_act verb": "give_up",
    "desk_act task": "enter",
    "duties_act verb": "leave",
    "fee_act task": "enter",
    "fee_compare_act task": "settle",
    "fee_exits_act task": "tell",
    "fee_offers_act task": "make",
    "fee_standards_act task": "enter",
    "fee_terms_act task": "ask_relief",
    "fee_visited verb": "promised",
    "goals_act verb": "set",
    "grids_act verb": "withdraw",
    "groups_act verb": "bind",
    "help_chapter name": "README",
    "help_picture name": "today",
    "export_settle verb": "agree",
    "homes_act verb": "confirm",
    "import_act verb": "take",
    "posts_act verb": "give",
    "print_act verb": "revoke",
    "stations_act verb": "put-in",
    "home_visits_act verb": "case",
    "income_act verb": "approve",
    "keep verb": "audience",
    "keepers_act verb": "ask",
    "management_act verb": "say",
    "mediation_act verb": "meet",
    "notice_pasted verb": "pasted",
    "notice_visited verb": "told",
    "outlay_act verb": "approve",
    "problem_act verb": "keep",
    "rota_act verb": "set",
    "samples_act verb": "settle",
    "staff_act verb": "correct",
    "staff_notice_act verb": "discard",
    "together_act verb": "blow",
    "whistle_act verb": "end",
    "write task": "write",
}


def arguments(endpoint: str, names: set[str], there: dict[str, Any]) -> dict[str, Any]:
    """Raises KeyError for an argument of which nobody has said here what stands for it."""
    name = endpoint.rpartition(".")[2]
    found = {}
    for one in names:
        for key in (f"{name} {one}", one):
            if key in SAID:
                found[one] = SAID[key]
            elif key in BY_ENDPOINT or key in there:
                found[one] = there[BY_ENDPOINT.get(key, key)]
            else:
                continue
            break
        else:
            raise KeyError(f"say in rights_town.py what stands for {one} of {endpoint}")
    return found


def gone(value: Any) -> Any:
    """Something of the same shape that is not there."""
    if isinstance(value, int):
        return NOT_THERE
    return with_check(NOT_THERE) if value.isdigit() else "A" * len(value)


# Under a letter's link: of which kind it is, and what the link itself is about.
BY_LETTER = {
    "opened": ("case", "notice", "fees", "books", "pay"),
    "act": ("case",),
    "medium": ("case",),
    "file": ("notice",),
    "notice": ("notice",),
    "own_bill": ("fees",),
    "receipt": ("fees",),
    "pay_page": ("fees",),
    "pay": ("fees",),
    "pay_state": ("fees",),
    "pay_receipt": ("fees",),
    "ways": ("fees",),
    "way": ("fees",),
    "pay_bill": ("pay",),
    "pay_state_bill": ("pay",),
    "pay_receipt_bill": ("pay",),
    "books_lines": ("books",),
    "books_ask": ("books",),
    "vote": ("case",),
    "vote_page": ("case",),
}
ABOUT = {"case": "case_id", "notice": "notice", "books": "estate", "pay": "bill"}


def letter(kind: str, person: int, there: dict[str, Any]) -> str:
    """The token of a letter to this person about what is there."""
    return personal_path(kind, person, there.get(ABOUT.get(kind, ""), 0)).removeprefix("p/")
