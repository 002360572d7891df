"""The demo's whistle: two departments called to a case, one on its way, one that has said nothing yet."""

from datetime import timedelta

from sqlalchemy import select

from models.base.clock import after, now
from models.base.orm import public_id, put, session
from models.base.resources import table
from models.case import reach
from models.case.case import Case
from models.case.tables import FIRST
from models.duty.ladder import posts
from models.duty.tables import Department, Keeper
from models.history import record
from models.person.tables import Staff
from models.place.gazetteer import town
from models.place.tables import Building
from models.whistle import answering, blowing, meetings
from server.database import Database

NUMBER = FIRST - 250  # below those that a demo gives out itself
REPORTED = timedelta(hours=26)


def furnish(database: Database) -> None:
    """What happened yesterday and this morning."""
    database.write(_enter)


def _enter() -> None:
    said = table("demo/whistles.toml")
    numbered = {one.number: one.person_id for one in session().scalars(select(Staff))}
    named = {one.name: one.id for one in session().scalars(select(Department))}
    whistler = numbered[said["whistler"]]
    grids = [one.grid_id for one in posts(whistler)]
    query = (
        select(Building.id, Keeper.person_id)
        .join(Keeper, Keeper.building_id == Building.id)
        .where(Building.grid_id.in_(grids), Keeper.until.is_(None))
    )
    building, keeper = session().execute(query.order_by(Building.id)).first() or (0, 0)
    case = _case(said, building, keeper)
    for one in said["meetings"]:
        at = now() - timedelta(hours=one["ago"])
        meetings.held(case, keeper, one["outcome"], one["who"], at=at, place=said["place"])
    whistle = blowing.blow(
        case,
        whistler,
        named[said["lead"]],
        [named[said["assist"]]],
        said["wanted"],
        "normal",
        answer_by=after(hours=4),  # said, because a demo runs in years that nobody has entered too
        arrive_by=after(hours=24),
    )
    answering.answer(whistle.id, named[said["lead"]], numbered[said["comes"]], True)


def _case(said: dict[str, str], building: int, keeper: int) -> Case:
    """In hand since yesterday."""
    place = town().buildings[building]
    estate = town().estates[place.estate_id]
    at = now() - REPORTED
    put(
        Case, id=NUMBER, public_id=public_id(), text=said["text"], category=said["category"], also=[],
        urgency="normal", source="patrol", community_id=estate.community_id, estate_id=estate.id,
        building_id=building, grid_id=place.grid_id, estate_name=estate.name, building_name=place.name,
        entered_by=keeper, taker_id=keeper, route="keeper", state="handling", round=1, reported_at=at,
        accepted_at=at,
    )  # fmt: skip
    facts = {
        "community": estate.community_id, "grid": place.grid_id, "category": said["category"],
        "urgency": "normal",
    }  # fmt: skip
    record(("case", NUMBER), "reported", by=("staff", keeper), at=at, source="patrol", **facts)
    record(("case", NUMBER), "dispatched", by=("system", None), at=at, route="keeper", to=[keeper])
    record(("case", NUMBER), "accepted", by=("staff", keeper), at=at)
    case = reach.hold(NUMBER)
    case.reckon()
    return case
