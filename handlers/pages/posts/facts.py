"""What the pages of posts show: people with what they hold, and what this visitor may give."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from models.audit.noting import Who
from models.base.clock import local, now
from models.base.orm import session
from models.joins import appointing
from models.joins.appointing import Part
from models.person.grants import OVER_A_PART, Communities
from models.person.tables import Grant, Staff
from models.place.gazetteer import town
from models.place.tables import Community, Estate, Grid

SHOWN = 50


def listed(by: Who, said: str, start: int) -> dict[str, Any]:
    """Those whom this giver sees, by number; `said` is a part of a name or a number."""
    query = select(Staff).where(Staff.active, *_seen(appointing.giving_over(by)))
    if said:
        holds = (Staff.name.contains(said, autoescape=True), Staff.number.contains(said, autoescape=True))
        query = query.where(or_(*holds))
    found = session().scalars(query.order_by(Staff.number).offset(start).limit(SHOWN + 1)).all()
    return {
        "people": _lines(found[:SHOWN]),
        "start": start,
        "next": start + SHOWN if len(found) > SHOWN else None,
        "before": max(0, start - SHOWN) if start else None,
        "sought": said,
    }


def everybody(by: Who) -> Iterator[dict[str, Any]]:
    """All of them, a thousand at a time."""
    start = 0
    while True:
        query = select(Staff).where(Staff.active, *_seen(appointing.giving_over(by))).order_by(Staff.number)
        found = session().scalars(query.offset(start).limit(1000)).all()
        yield from _lines(found)
        if len(found) < 1000:
            return
        start += 1000


def one(staff: Staff) -> dict[str, Any]:
    return _lines([staff])[0]


def parts(over: Communities) -> list[dict[str, Any]]:
    """What may be chosen, from wide to narrow: each with the value by which a form names it."""
    rows = (
        session()
        .execute(
            select(Community.id, Community.name, Community.street, Community.district).order_by(Community.id)
        )
        .all()
    )
    mine = [row for row in rows if over is None or row.id in over]
    keys = [row.id for row in mine]
    districts, streets = dict[str, int](), dict[tuple[str | None, str], int]()
    if over is None:
        for row in mine:
            if row.district:
                districts.setdefault(row.district, row.id)
    for row in mine:
        whole = all(other.id in keys for other in rows if _street(other) == _street(row))
        if row.street and whole:
            streets.setdefault((row.district, row.street), row.id)
    names = {row.id: row.name for row in rows}
    estates = session().execute(
        select(Estate.id, Estate.name, Estate.community_id)
        .where(Estate.active, Estate.community_id.in_(keys))
        .order_by(Estate.name, Estate.id)
    )
    grids = session().execute(
        select(Grid.id, Grid.name, Grid.community_id).where(Grid.community_id.in_(keys)).order_by(Grid.name)
    )
    wide = [_choice("town", None, "")] if over is None else []
    return [
        *wide,
        *(_choice("district", key, name) for name, key in districts.items()),
        *(_choice("street", key, name) for (_, name), key in streets.items()),
        *(_choice("community", row.id, row.name) for row in mine),
        *(_choice("estate", row.id, row.name, names.get(row.community_id)) for row in estates),
        *(_choice("grid", row.id, row.name, names.get(row.community_id)) for row in grids),
    ]


def part_said(said: str) -> Part | None:
    """What a form chose; None for what no form of ours offers."""
    kind, _, key = said.partition(":")
    if kind == "town" and not key:
        return Part()
    if not key.isdecimal() or len(key) > 9:
        return None
    number = int(key)
    if kind in ("district", "street"):
        row = session().get(Community, number)
        if row is None:
            return None
        return Part(row.district, row.street if kind == "street" else None)
    return {
        "community": Part(community_id=number),
        "estate": Part(estate_id=number),
        "grid": Part(grid_id=number),
    }.get(kind)


def _lines(several: Sequence[Staff]) -> list[dict[str, Any]]:
    at = now()
    grants: dict[int, list[Grant]] = {}
    for grant in appointing.granted_to([one.person_id for one in several]):
        grants.setdefault(grant.person_id, []).append(grant)
    names = town().communities
    return [
        {
            "person": one.person_id,
            "number": one.number,
            "name": one.name,
            "employer": one.employer,
            "roles": one.roles,
            "community_id": one.community_id,
            "community": names.get(one.community_id) if one.community_id is not None else None,
            "is_wide": one.community_id is None and not OVER_A_PART.isdisjoint(one.roles),
            "grants": [_grant(grant, at) for grant in grants.get(one.person_id, ())],
        }
        for one in several
    ]


def _grant(grant: Grant, at: Any) -> dict[str, Any]:
    kind, name = _named(grant)
    return {
        "id": grant.id,
        "role": grant.role,
        "kind": kind,
        "part": name,
        "since": grant.since,
        "until": grant.until,
        "last_day": local(grant.until - timedelta(seconds=1)).date() if grant.until is not None else None,
        "is_ahead": grant.since > at,
        "reason": grant.reason,
    }


def _named(grant: Grant) -> tuple[str, str]:
    if grant.grid_id is not None:
        return "grid", session().get_one(Grid, grant.grid_id).name
    if grant.estate_id is not None:
        return "estate", session().get_one(Estate, grant.estate_id).name
    if grant.community_id is not None:
        return "community", session().get_one(Community, grant.community_id).name
    if grant.street is not None:
        return "street", grant.street
    return ("district", grant.district) if grant.district is not None else ("town", "")


def _seen(over: Communities) -> list[ColumnElement[bool]]:
    """As `appointing.sees`, but for who has a granted post there and none in the workbook: they have no
    community, or are found under the one they have."""
    if over is None:
        return []
    return [or_(Staff.community_id.in_(sorted(over)), Staff.community_id.is_(None))]


def _street(row: Any) -> tuple[str | None, str | None]:
    return row.district, row.street


def _choice(kind: str, key: int | None, name: str, of: str | None = None) -> dict[str, Any]:
    return {"value": kind if key is None else f"{kind}:{key}", "kind": kind, "name": name, "of": of}
