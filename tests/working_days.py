"""What waits on the days of tests/journeys/test_whole_days.py, made by real verbs in the demo's town."""

from datetime import timedelta

from every_page import Id
from factories import a_case
from sqlalchemy import func, select

from models.appraisal import appealing
from models.appraisal.tables import StaffWarning
from models.audit.noting import Who, note
from models.base.actor import By
from models.base.checkdigit import without_check
from models.base.clock import local, now
from models.base.orm import put, session
from models.case import reporting
from models.case.case import Case
from models.fee.tables import Bill, FeeVisit
from models.joins import taking_out
from models.media import keeping
from models.media.item import Item
from models.person.tables import Grant, Home, Staff
from models.place.gazetteer import town as places
from models.place.spot import NOWHERE, Spot
from models.place.tables import Household
from models.place.version import raise_version
from models.town import demo_town

A_DAY = timedelta(days=1)


def prepared() -> None:
    """The clerk oversees as well, which is who may read the log. Two homes that owe wait for a visit."""
    clerk = person("C01")
    put(Grant, person_id=clerk, role="supervisor", community_id=1, since=now(), reason="兼监督", at=now())
    raise_version()
    owing = (
        select(Household.id)
        .join(Bill, Bill.household_id == Household.id)
        .where(Household.building_id == building("育英小区", "5"), Bill.paid_fen < Bill.amount_fen)
        .distinct()
    )
    for home in session().scalars(owing.order_by(Household.id).limit(2)).all():
        put(FeeVisit, household_id=home, asked_on=local(now()).date(), to_id=person("G01"), told_at=now())
    for household in range(1, 6):
        note("reveal", Who(By.staff(clerk), "community", 1), ("page", "x"), whom=("household", household))


def person(number: str) -> int:
    return session().scalars(select(Staff.person_id).where(Staff.number == number)).one()


def building(estate: str, name: str) -> int:
    found = places().locate(Spot(estate=estate, building=name)).spot.building_id
    assert found is not None
    return found


def resident() -> int:
    return session().scalars(select(Home.person_id)).first() or 0


def reported(words: str, building: str, category: str = "lighting") -> str:
    """By a resident, in 育英小区; gives the number."""
    spot = places().locate(Spot(estate="育英小区", building=building, unit="2", how="said")).spot
    return a_case(reporter=Id(resident()), text=words, category=category, at=spot).number


def case_of(number: str) -> Case:
    key = without_check(number)
    assert key is not None
    return session().get_one(Case, key)


def a_voice() -> int:
    """Of a resident, about nobody knows where."""
    case = reporting.collect(text="", category=None, urgency="normal", spot=NOWHERE, source="voice",
                             reporter=resident(), wait_minutes=30)  # fmt: skip
    keeping.keep(("case", case), purpose="report", kind="voice", content_type="audio/amr",
                 file="voices/none.amr", by=resident())  # fmt: skip
    return session().scalars(select(Item.id).where(Item.about_id == case, Item.kind == "voice")).one()


def who_owes() -> tuple[int, tuple[str, str], int]:
    """A home of 4号楼, its unit and room, and what it owes in all."""
    owes = (
        select(Household.id, Household.unit_name, Household.room, func.sum(Bill.amount_fen - Bill.paid_fen))
        .join(Bill, Bill.household_id == Household.id)
        .where(Household.building_id == building("育英小区", "4"), Bill.state == "open")
        .group_by(Household.id)
        .order_by(Household.id)
        .limit(1)
    )
    home, unit, room, fen = session().execute(owes).one()
    return home, (unit, room), int(fen)


def an_appeal() -> int:
    """王敏 against a red light; gives the colour."""
    rule = session().scalars(select(StaffWarning.rule)).first()
    own = StaffWarning(
        person_id=person("G01"), community_id=1, code="prompt", rule=rule, period="2025-01", colour="red",
        numerator=1, denominator=2, cases=[], formulas="1", found_at=now(), appeal_until=now() + A_DAY,
    )  # fmt: skip
    session().add(own)
    session().flush()
    assert appealing.appeal(own.id, own.person_id, "居民不在家，约了三次")
    return own.id


def an_ask() -> str:
    clerk = Who(By.staff(person("C01")), "community", 1)
    return taking_out.ask("pages.audit_excel", "audit.xlsx?act=print", 9, "给街道看欠费走访", clerk)


def personal() -> set[str]:
    """What no stranger may read: names and telephones of the register, and what residents said."""
    _, homes = demo_town().sheets[-1]
    residents = {str(cell) for row in homes[1:] for cell in row[-2:] if cell}
    said = {one for one in session().scalars(select(Case.text)) if len(one) > 5}
    return residents - set(session().scalars(select(Staff.name))) | said
