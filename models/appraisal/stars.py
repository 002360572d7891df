"""星级管家 (row 93): residents vote for a steward of the own grid; a quarter that is over is closed once."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from sqlalchemy import or_, select

from models.appraisal.ranking import Rules, Steward, as_json, left_as_json, ranked, rules
from models.appraisal.tables import StarQuarter, StarVote
from models.base.actor import By
from models.base.clock import local, now
from models.base.orm import put_once, session
from models.base.privacy import blind
from models.base.refusals import Invalid, NotAllowed
from models.duty import ladder
from models.duty.overseeing import speaks_for
from models.duty.tables import Keeper
from models.indicator.asking import Scope, figures, view_of
from models.indicator.formulas import RATES
from models.indicator.period import Period, named
from models.person.proving import homes_of
from models.person.tables import Staff
from models.place.gazetteer import town
from models.place.tables import Building, Estate, Household


class Found(NamedTuple):
    """A quarter as it would be closed."""

    formulas: str
    ranking: dict[str, Any]
    excluded: dict[str, Any]


def quarter_of(period: Period) -> Period:
    """Raises Invalid for what is no quarter."""
    if "Q" not in period.name:
        raise Invalid("star_quarter", quarter=period.name)
    return period


def this_quarter() -> Period:
    day = local(now()).date()
    return named(f"{day.year}-Q{(day.month + 2) // 3}")


def last_quarter() -> Period:
    before = this_quarter().first - timedelta(days=1)
    return named(f"{before.year}-Q{(before.month + 2) // 3}")


def stewards(period: Period, community_id: int | None) -> dict[int, frozenset[int]]:
    """Who was a steward at the end of that quarter, with the grids of each: on the lowest rung of a grid, or
    keeper of a building."""
    at = min(period.end - timedelta(seconds=1), now())
    grids = {grid for grid, place in town().grids.items() if community_id in (None, place)}
    found: dict[int, set[int]] = defaultdict(set)
    for (grid, rung), person in ladder.chain().all_holding(at):
        if rung == 0 and grid in grids:
            found[person].add(grid)
    kept = (
        select(Keeper.person_id, Building.grid_id)
        .join(Building, Building.id == Keeper.building_id)
        .join(Estate, Estate.id == Building.estate_id)
        .where(Keeper.since <= at, or_(Keeper.until.is_(None), Keeper.until > at))
    )
    if community_id is not None:
        kept = kept.where(Estate.community_id == community_id)
    for row in session().execute(kept):
        found[row.person_id] |= {row.grid_id} if row.grid_id is not None else set()
    return {person: frozenset(several) for person, several in found.items()}


def found(period: Period, community_id: int | None) -> Found:
    """The ranking of a quarter from steps and votes: the same whenever it is asked. Reads only."""
    by = rules()
    at = now()
    rates = figures(quarter_of(period), Scope(community_id), by="person")
    people = stewards(period, community_id)
    votes, cast = _votes(period)
    staff = {
        row.person_id: row
        for row in session().execute(
            select(Staff.person_id, Staff.number, Staff.name).where(Staff.person_id.in_(people))
        )
    }
    codes = {measure for measure, _ in by.parts if measure in RATES} | {by.cases}
    several = [
        Steward(
            person,
            staff[person].number,
            staff[person].name,
            {code: rates[person].rates[code] for code in sorted(codes)} if person in rates else {},
            votes[person],
            sum(cast[grid] for grid in grids),
        )
        for person, grids in people.items()
        if person in staff
    ]
    lines, out = ranked(several, by)
    return Found(
        f"{view_of(period, Scope(community_id), at).settings.version}+{by.version}",
        {"rules": _rules_as_json(by), "lines": [as_json(one, by) for one in lines]},
        {"lines": [left_as_json(one, by) for one in out]},
    )


def may_close(period: Period, community_id: int | None, by: By) -> None:
    """Raises Invalid for what is no quarter; NotAllowed while it runs and for who does not decide there."""
    quarter_of(period)
    if not speaks_for(by.id, community_id):
        raise NotAllowed("appraisal_not_yours")
    if not period.is_over(now()):
        raise NotAllowed("period_runs", period=period.name)


def close(period: Period, community_id: int | None, by: By, counted: Found) -> tuple[StarQuarter, bool]:
    """The row, and whether it is new: a quarter is closed once. `counted` was found before this unit of work,
    because that takes long. Raises as `may_close`."""
    may_close(period, community_id, by)
    if (before := closed(period, community_id)) is not None:
        return before, False
    key = put_once(
        StarQuarter,
        community_id=community_id,
        quarter=period.name,
        formulas=counted.formulas,
        places=counted.ranking["rules"]["places"],
        ranking=counted.ranking,
        excluded=counted.excluded,
        by_id=by.id,
        at=now(),
    )
    row = closed(period, community_id)  # of two at once the second finds that of the first
    assert row is not None
    return row, key is not None


def closed(period: Period, community_id: int | None) -> StarQuarter | None:
    query = select(StarQuarter).where(
        StarQuarter.quarter == period.name, StarQuarter.community_id.is_not_distinct_from(community_id)
    )
    return session().scalars(query).first()


def unclosed(period: Period) -> list[int | None]:
    """Communities, and the town (None), that had stewards in this quarter and have not closed it."""
    had = {town().grids.get(grid) for grids in stewards(period, None).values() for grid in grids}
    query = select(StarQuarter.community_id).where(StarQuarter.quarter == period.name)
    done = set(session().scalars(query))
    places: list[int | None] = [*sorted(one for one in had if one is not None), *([None] if had else [])]
    return [one for one in places if one not in done]


def all_closed(community_id: int | None) -> Sequence[StarQuarter]:
    """The newest first."""
    query = select(StarQuarter).where(StarQuarter.community_id.is_not_distinct_from(community_id))
    return session().scalars(query.order_by(StarQuarter.quarter.desc())).all()


def firsts(row: StarQuarter) -> list[dict[str, Any]]:
    """The stars: as many as there are places."""
    lines: list[dict[str, Any]] = row.ranking["lines"]
    return lines[: row.places]


def may_be_voted_for(voter_id: int) -> dict[int, int]:
    """Steward → the grid, of the grids in which this person lives beyond doubt; nobody for oneself."""
    homes = homes_of(voter_id)
    if not homes:
        return {}
    query = (
        select(Building.grid_id, Estate.community_id)
        .join(Estate, Estate.id == Building.estate_id)
        .join(Household, Household.building_id == Building.id)
        .where(Household.id.in_(homes), Building.grid_id.is_not(None))
    )
    places = {row.grid_id: row.community_id for row in session().execute(query)}
    found: dict[int, int] = {}
    for community in set(places.values()):
        for person, grids in stewards(this_quarter(), community).items():
            if person != voter_id and (own := grids & set(places)):
                found[person] = min(own)
    return found


def vote(voter_id: int, steward_id: int) -> bool:
    """One vote a quarter; False when this person has voted before, whomever for. Raises NotAllowed:
    vote_grid."""
    grid = may_be_voted_for(voter_id).get(steward_id)
    if grid is None:
        raise NotAllowed("vote_grid")
    quarter = this_quarter()
    key = put_once(
        StarVote,
        "quarter",
        "voter_hash",
        quarter=quarter.name,
        voter_hash=_hash(quarter.name, voter_id),
        grid_id=grid,
        steward_id=steward_id,
        at=quarter.start,  # the hour would say who it was to anybody who has the log of requests
    )
    return key is not None


def has_voted(voter_id: int) -> bool:
    quarter = this_quarter().name
    query = select(StarVote.id).where(
        StarVote.quarter == quarter, StarVote.voter_hash == _hash(quarter, voter_id)
    )
    return session().scalars(query).first() is not None


def _votes(period: Period) -> tuple[Counter[int], Counter[int]]:
    """How many each steward has, and how many were given in each grid."""
    rows = session().execute(
        select(StarVote.steward_id, StarVote.grid_id).where(StarVote.quarter == period.name)
    )
    given = [(row.steward_id, row.grid_id) for row in rows]
    return Counter(steward for steward, _ in given), Counter(grid for _, grid in given)


def _hash(quarter: str, voter_id: int) -> str:
    return blind(f"{quarter}/{voter_id}", "vote")


def _rules_as_json(by: Rules) -> dict[str, Any]:
    return {**by._asdict(), "ties": list(by.ties), "parts": [list(one) for one in by.parts]}
