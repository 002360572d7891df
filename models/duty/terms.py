"""Who is put on a rung of a grid, for how long, with which deputy (row 4). What was stays known."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from models.base.actor import By
from models.base.clock import now
from models.base.orm import put, session
from models.base.refusals import Invalid, NotAllowed, NotFound
from models.duty.ladder import rungs
from models.duty.overseeing import decides, watches
from models.duty.tables import Keeper, RungHolder
from models.history import record
from models.person.arriving import staff_of
from models.place.tables import Grid
from models.place.version import raise_version

KIND = "grid"


def running(model: type[Keeper] | type[RungHolder], at: datetime) -> ColumnElement[bool]:
    """The terms that run at that moment."""
    begun: ColumnElement[bool] = model.since <= at
    return begun & or_(model.until.is_(None), model.until > at)


def hold(
    grid_id: int,
    rung: int,
    person_id: int,
    by: By,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    deputy_id: int | None = None,
    beside: bool = False,
) -> int:
    """Puts somebody on a rung from `since` (now) until before `until`; whoever holds it then leaves it,
    unless the new one comes `beside` them. Who is on it already keeps the term, with this end and deputy.
    Gives the term.

    Raises NotAllowed for whoever does not decide there; Invalid: rung_unknown, rung_person, rung_term
    (no time in it, or it is over), rung_deputy (the same person, or no post), rung_taken_later (another's
    term begins before this one ends).
    """
    grid = _held_grid(grid_id, by)
    at = now()
    since = max(since or at, at)
    if not 0 <= rung < len(rungs(grid.community_id, since)):
        raise Invalid("rung_unknown", number=rung)
    if until is not None and until <= since:
        raise Invalid("rung_term")
    _must_be_colleague(person_id, grid.community_id)
    _must_be_deputy(deputy_id, person_id)
    query = select(RungHolder).where(
        RungHolder.grid_id == grid_id,
        RungHolder.rung == rung,
        or_(RungHolder.until.is_(None), RungHolder.until > since),
    )
    terms = session().scalars(query.order_by(RungHolder.since, RungHolder.id)).all()
    others = [one for one in terms if one.person_id != person_id]
    if not beside and any(one.since > since and (until is None or one.since < until) for one in others):
        raise Invalid("rung_taken_later")
    mine = next((one for one in terms if one.person_id == person_id and one.since <= since), None)
    for one in others if not beside else ():
        if one.since <= since:
            one.until = since
            _note(grid_id, "rung_left", by, rung=rung, person=one.person_id, until=since)
    key = _renewed(mine, deputy_id, since, until) if mine is not None else None
    if key is None:
        session().flush()
        key = _put(grid_id, rung, person_id, deputy_id, since, until)
    _note(grid_id, "rung_held", by, rung=rung, person=person_id, deputy=deputy_id, since=since, until=until)
    return key


def depute(grid_id: int, rung: int, person_id: int, deputy_id: int | None, by: By) -> None:
    """Names who stands in when this holder is away; None for nobody. Raises as `hold`, and NotFound for who
    holds nothing there."""
    _held_grid(grid_id, by)
    _must_be_deputy(deputy_id, person_id)
    at = now()
    for one in _terms_of(grid_id, rung, person_id):
        _renewed(one, deputy_id, at, one.until)
    _note(grid_id, "deputy_named", by, rung=rung, person=person_id, deputy=deputy_id)


def give_up(grid_id: int, rung: int, person_id: int, by: By, *, at: datetime | None = None) -> None:
    """The term ends now, or at a later moment; a term that has not begun is called off. Raises as
    `depute`."""
    _held_grid(grid_id, by)
    ends = max(at or now(), now())
    for one in _terms_of(grid_id, rung, person_id):
        one.until = max(ends, one.since)
    _note(grid_id, "rung_left", by, rung=rung, person=person_id, until=ends)


def _renewed(term: RungHolder, deputy_id: int | None, at: datetime, until: datetime | None) -> int:
    """The same holder with another end or deputy. Another deputy begins another row, so that who stood in
    when stays known."""
    if term.deputy_id == deputy_id or term.since >= at:
        term.deputy_id, term.until = deputy_id, until
        return term.id
    term.until = at
    session().flush()
    return _put(term.grid_id, term.rung, term.person_id, deputy_id, at, until)


def _put(
    grid_id: int, rung: int, person_id: int, deputy_id: int | None, since: datetime, until: datetime | None
) -> int:
    return put(
        RungHolder,
        grid_id=grid_id,
        rung=rung,
        person_id=person_id,
        deputy_id=deputy_id,
        since=since,
        until=until,
    )


def _terms_of(grid_id: int, rung: int, person_id: int) -> list[RungHolder]:
    query = select(RungHolder).where(
        RungHolder.grid_id == grid_id,
        RungHolder.rung == rung,
        RungHolder.person_id == person_id,
        or_(RungHolder.until.is_(None), RungHolder.until > now()),
    )
    found = list(session().scalars(query))
    if not found:
        raise NotFound("rung_not_held")
    return found


def _held_grid(grid_id: int, by: By) -> Grid:
    """Its row ours until the commit, so that two who change the same rung follow one another."""
    query = select(Grid).where(Grid.id == grid_id).with_for_update()
    grid = session().scalars(query).first()
    if grid is None:
        raise NotFound("grid_not_found")
    if not decides(by.id, grid.community_id):
        raise NotAllowed("chain_not_yours")
    return grid


def _must_be_colleague(person_id: int, community_id: int) -> None:
    staff = staff_of(person_id)
    if staff is None or not watches(staff.community_id, community_id):
        raise Invalid("rung_person")


def _must_be_deputy(deputy_id: int | None, person_id: int) -> None:
    if deputy_id is not None and (deputy_id == person_id or staff_of(deputy_id) is None):
        raise Invalid("rung_deputy")


def _note(grid_id: int, what: str, by: By, **facts: Any) -> None:
    said = {name: one.isoformat() if isinstance(one, datetime) else one for name, one in facts.items()}
    record((KIND, grid_id), what, by=by, at=now(), **said)
    raise_version()
