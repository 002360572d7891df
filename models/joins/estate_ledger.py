"""一小区一台账 (row 25): all that is known of an estate on one page, frozen at the end of each quarter.

A page is plain data that a copy keeps as it is. It names staff who answer; of homes it holds counts alone.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from models.base.clock import local, now
from models.base.orm import put_once, session
from models.case.case import Case
from models.case.lifecycle import OPEN, State
from models.fee import rates
from models.fee.period import Period
from models.grid import keepers, management
from models.grid.keepers import Kept
from models.grid.tables import EstateRecord
from models.person.tables import Staff
from models.place.gazetteer import in_order
from models.place.stations import stations
from models.place.tables import Building, Estate, Grid
from models.problem.tables import Problem

Page = dict[str, Any]
FREEZES_WITHIN = timedelta(days=10)  # of the new quarter; a later copy would not be of its end
LISTED = 300  # open cases
OPEN_PROBLEMS = ("proposed", "open")


def page_of(estate_id: int, at: datetime, day: date | None = None) -> Page:
    """As it is at this moment; what hangs on a day (fees of its year, management) is of `day`, today without
    one. Times are ISO texts, states and models codes."""
    estate = session().get_one(Estate, estate_id)
    today = day or local(at).date()
    buildings = _buildings(estate_id, today)
    names = {row.person_id: row.name for row in session().execute(select(Staff.person_id, Staff.name))}
    return {
        "estate": estate.name,
        "community": estate.community.name,
        "management": estate.management,
        "tags": list(estate.tags),
        "homes": sum(one["homes"] for one in buildings),
        "buildings": buildings,
        "facilities": [
            {"name": one.name, "kinds": list(one.kinds), "address": one.address}
            for one in stations()
            if one.estate_id == estate_id
        ],
        "cases": _cases(estate_id, names),
        "open_cases": _open_cases(estate_id, names),
        "problems": _problems(estate_id, names),
        "fees": _fees(estate_id, today),
        "at": at.isoformat(),
    }


def _buildings(estate_id: int, today: date) -> list[Page]:
    rows = {
        row.id: row
        for row in session().execute(
            select(
                Building.id,
                Building.name,
                Building.unit_count,
                Building.floor_count,
                Building.tags,
                Grid.name.label("grid"),
            )
            .outerjoin(Grid, Grid.id == Building.grid_id)
            .where(Building.estate_id == estate_id, Building.active)
        )
    }
    managed = management.on(today, rows)
    kept: dict[int, Kept] = {one.building_id: one for one in keepers.kept(estate_id=estate_id)}
    return [
        {
            "building": row.name,
            "units": row.unit_count,
            "floors": row.floor_count,
            "homes": kept[key].homes,
            "grid": row.grid,
            "management": managed.get(key),
            "keeper_unit": kept[key].unit,
            "keepers": [name for _, name, _ in kept[key].keepers],
            "tags": list(row.tags),
        }
        for key, row in sorted(rows.items(), key=lambda pair: in_order(pair[1].name))
        if key in kept
    ]


def _cases(estate_id: int, names: dict[int, str]) -> Page:
    """How many in each state, and with whom they lie or lay."""
    query = (
        select(Case.state, Case.taker_id, func.count())
        .where(Case.estate_id == estate_id)
        .group_by(Case.state, Case.taker_id)
    )
    states, owners = Counter[str](), dict[str, Counter[str]]()
    for state, taker, count in session().execute(query):
        states[state] += count
        owner = names.get(taker, "") if taker is not None else ""
        owners.setdefault(owner, Counter())[state] += count
    return {
        "open": sum(states[state] for state in OPEN),
        "ended": sum(states[state] for state in set(State) - OPEN),
        "states": {state.value: states[state] for state in State},
        "owners": [
            {
                "name": name,
                "open": sum(several[state] for state in OPEN),
                "ended": sum(several[state] for state in set(State) - OPEN),
            }
            for name, several in sorted(owners.items(), key=lambda pair: (not pair[0], pair[0]))
        ],
    }


def _open_cases(estate_id: int, names: dict[int, str]) -> list[Page]:
    """The oldest first; more than LISTED are counted above and not named. No words and no room of anybody."""
    query = (
        select(Case).where(Case.estate_id == estate_id, Case.state.in_(OPEN)).order_by(Case.id).limit(LISTED)
    )
    return [
        {
            "number": one.number,
            "building": one.building_name,
            "category": one.category,
            "state": one.state,
            "owner": names.get(one.taker_id, "") if one.taker_id is not None else "",
            "reported_on": local(one.reported_at).date().isoformat(),
        }
        for one in session().scalars(query)
    ]


def _problems(estate_id: int, names: dict[int, str]) -> list[Page]:
    """Those that are not refused, what is open first."""
    query = select(Problem).where(Problem.estate_id == estate_id, Problem.state != "refused")
    rows = session().scalars(query.order_by(Problem.id)).all()
    return [
        {
            "number": one.id,
            "title": one.title,
            "kind": one.kind,
            "state": one.state,
            "owner": names.get(one.owner_id, "") if one.owner_id is not None else "",
            "next_on": one.next_on.isoformat() if one.next_on else None,
        }
        for one in sorted(rows, key=lambda one: one.state not in OPEN_PROBLEMS)
    ]


def _fees(estate_id: int, today: date) -> Page:
    """Homes that were due something in this year so far, and those that paid all of it: counts, no sum."""
    rate = rates.by_households(estate_id, Period.of(str(today.year)))
    return {"period": rate.period, "paid": rate.over, "due": rate.under}


# copies


def freeze_one() -> bool:
    """A copy of one estate for the quarter that has just ended. False when none is missing, or it is too
    late for one that would be of the quarter's end."""
    at = now()
    quarter = quarter_before(local(at).date())
    if local(at).date() - first_day_after(quarter) > FREEZES_WITHIN:
        return False
    frozen = select(EstateRecord.estate_id).where(EstateRecord.quarter == quarter)
    query = select(Estate.id).where(Estate.active, Estate.id.not_in(frozen)).order_by(Estate.id)
    estate = session().scalars(query.limit(1)).first()
    if estate is None:
        return False
    page = page_of(estate, at, first_day_after(quarter) - timedelta(days=1))
    put_once(EstateRecord, "estate_id", "quarter", estate_id=estate, quarter=quarter, page=page, frozen_at=at)
    return True


def copies(estate_id: int) -> Sequence[EstateRecord]:
    """The newest first."""
    query = select(EstateRecord).where(EstateRecord.estate_id == estate_id)
    return session().scalars(query.order_by(EstateRecord.quarter.desc())).all()


def copy_of(estate_id: int, quarter: str) -> Page | None:
    query = select(EstateRecord.page).where(
        EstateRecord.estate_id == estate_id, EstateRecord.quarter == quarter
    )
    return session().scalars(query).first()


def quarter_of(day: date) -> str:
    return f"{day.year}-Q{(day.month + 2) // 3}"


def quarter_before(day: date) -> str:
    """The last one that has ended by then."""
    return quarter_of(date(day.year, (day.month - 1) // 3 * 3 + 1, 1) - timedelta(days=1))


def first_day_after(quarter: str) -> date:
    year, number = int(quarter[:4]), int(quarter[-1])
    return date(year + number // 4, number % 4 * 3 + 1, 1)
