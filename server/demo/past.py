"""The demo's months before today: what was reported, mended and rated, so that figures have something to say.

Rows as the verbs left them, with their steps; under numbers below those that a demo gives out itself.
"""

from datetime import datetime, timedelta
from itertools import count, cycle

from sqlalchemy import select

from models.base.clock import now
from models.base.orm import public_id, put, session
from models.base.resources import table
from models.case.case import Case
from models.case.tables import FIRST, Rating
from models.duty.tables import Keeper
from models.history import record
from models.indicator.period import months_to, this_month
from models.person.tables import Home, Staff
from models.place.gazetteer import town
from server.database import Database

MONTHS = 4  # the last of them is the running one
DAYS = 28  # of each, the first days
DESK = "C01"


def furnish(database: Database) -> None:
    database.write(_enter)


def _enter() -> None:
    kept = session().execute(select(Keeper.building_id, Keeper.person_id).order_by(Keeper.id)).all()
    raters = session().scalars(select(Home.person_id).order_by(Home.id)).all()
    desk = session().scalars(select(Staff.person_id).where(Staff.number == DESK)).first()
    numbers, said = count(FIRST - 200), cycle(table("demo/past.toml")["cases"])
    houses, people = cycle(kept), cycle(raters)
    if not kept or not raters or desk is None:
        return
    for month in months_to(this_month(now()), MONTHS):
        for turn, day in enumerate(range(1, DAYS, 2)):
            at = month.start + timedelta(days=day, hours=9 + turn % 8)
            if at + timedelta(days=4) < now():
                _one(next(numbers), turn, at, next(said), next(houses), next(people), desk)


def _one(
    number: int, turn: int, at: datetime, said: list[str], house: tuple[int, int], rater: int, desk: int
) -> None:
    """A caller's case: taken by the keeper, said to be done, and then a word or silence."""
    category, words, done = said
    building, keeper = house
    place = town().buildings[building]
    estate = town().estates[place.estate_id]
    is_silent, is_sent_back = turn % 5 == 4, turn % 9 == 7
    taken, finished = at + timedelta(minutes=12 + 7 * turn), at + timedelta(hours=3 + turn)
    closed = finished + timedelta(days=3 if is_silent else 0, hours=2)
    put(
        Case, id=number, public_id=public_id(), text=words, category=category, also=[], urgency="normal",
        source="phone", community_id=estate.community_id, estate_id=estate.id, building_id=building,
        grid_id=place.grid_id, estate_name=estate.name, building_name=place.name, entered_by=desk,
        taker_id=keeper, route="keeper", state="closed" if is_silent else "rated",
        round=2 if is_sent_back else 1, close_kind="default" if is_silent else "nod_by_phone",
        claim="mended", solved_level="building",
        finish_text=done, reported_at=at, accepted_at=taken, finished_at=finished, closed_at=closed,
    )  # fmt: skip
    facts = {
        "community": estate.community_id, "grid": place.grid_id, "category": category, "urgency": "normal",
    }  # fmt: skip
    keepers = ("staff", keeper)
    steps: list[tuple[datetime, str, tuple[str, int | None], dict[str, object]]] = [
        (at, "reported", ("staff", desk), {"source": "phone", **facts}),
        (at, "dispatched", ("system", None), {"route": "keeper", "to": [keeper]}),
        (taken, "accepted", keepers, {}),
    ]
    if is_sent_back:
        before = finished - timedelta(hours=1)
        steps += [
            (before - timedelta(minutes=30), "finished", keepers, {"text": done, "no_photo_reason": None}),
            (before, "objected", ("staff", desk), {"text": words, "round": 1}),
            (before, "reworked", ("system", None), {}),
        ]
    steps.append(
        (finished, "finished", keepers, {"text": done, "no_photo_reason": None, "level": "building"})
    )
    if is_silent:
        steps.append((closed, "closed", ("system", None), {"kind": "default"}))
    else:
        grade = (5, 5, 4, 3)[turn % 4]
        steps.append((closed, "closed", ("staff", desk), {"kind": "nod_by_phone"}))
        steps.append((closed, "rated", ("person", rater), {"grade": grade}))
        put(
            Rating, case_id=number, round=2 if is_sent_back else 1, person_id=rater, grade=grade, text="",
            by_phone=False, at=closed,
        )  # fmt: skip
    for moment, what, by, more in steps:
        record(("case", number), what, by=by, at=moment, **more)
