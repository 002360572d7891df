"""What takes longer in the demo: a case that has climbed, and one for which somebody wants more time."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from models.base.clock import local, now
from models.base.orm import public_id, put, session
from models.base.resources import table
from models.case import reach
from models.case.case import Case
from models.case.climbing import clock_facts
from models.case.tables import FIRST, Offer
from models.duty.tables import Keeper
from models.history import record
from models.place.gazetteer import town
from models.place.tables import Building
from server.database import Database

NUMBERS = (FIRST - 260, FIRST - 261)  # below those that a demo gives out itself


def furnish(database: Database) -> None:
    """Nothing of it in a year whose working days nobody has entered: there are no limits then."""
    database.write(_enter)


def _enter() -> None:
    said = table("demo/overdue.toml")
    kept = select(Building.id, Keeper.person_id).join(Keeper, Keeper.building_id == Building.id)
    houses = session().execute(kept.where(Keeper.until.is_(None)).order_by(Building.id)).all()
    unaccepted = _case(NUMBERS[0], said["unaccepted"], *houses[-1])
    unaccepted.catch_up(now())
    longer = said["longer"]
    case = _case(NUMBERS[1], longer, *houses[-2])
    case.accept(houses[-2].person_id)
    if case.finish_due is not None:
        day = local(now()).date() + timedelta(days=longer["until"])
        case.propose(houses[-2].person_id, "defer", day, longer["reason"])


def _case(number: int, said: dict[str, Any], building: int, keeper: int) -> Case:
    """Offered to its keeper so many days ago."""
    place = town().buildings[building]
    estate = town().estates[place.estate_id]
    at = now() - timedelta(days=said["days"])
    put(
        Case, id=number, public_id=public_id(), text=said["text"], category=said["category"], also=[],
        urgency="normal", source="patrol", community_id=estate.community_id, estate_id=estate.id,
        building_id=building, grid_id=place.grid_id, estate_name=estate.name, building_name=place.name,
        entered_by=keeper, route="keeper", state="dispatched", round=1, reported_at=at,
    )  # fmt: skip
    known = clock_facts(estate.community_id, place.grid_id, said["category"], "normal")
    record(("case", number), "reported", by=("staff", keeper), at=at, source="patrol", **known)
    record(("case", number), "dispatched", by=("system", None), at=at, route="keeper", to=[keeper])
    put(Offer, case_id=number, person_id=keeper, role="keeper", offered_at=at)
    case = reach.hold(number)
    case.reckon(at)
    return case
