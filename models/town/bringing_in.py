"""A workbook that comes through the console: looked through, taken when somebody says so, then forgotten.

The file is sealed as long as it lies here, and gone when it was taken, given up, or a day old. Nobody sees an
import but who brought it.
"""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from sqlalchemy import or_, select, update

from models.base.actor import By
from models.base.clock import ago, now
from models.base.orm import public_id, put, session
from models.base.privacy import seal, seal_bytes, unseal, unseal_bytes
from models.base.refusals import Invalid, NotAllowed, NotFound
from models.history import record
from models.person.arriving import Visitor
from models.place.version import raise_version
from models.town.checking import check
from models.town.held import held
from models.town.parsing import Draft
from models.town.problems import Problem, WorkbookRefused
from models.town.tables import TownImport
from models.town.within import keep_within
from models.town.writing import Summary

ABOUT = "town_import"
LONGEST_WORK = timedelta(minutes=10)  # then whoever was at it is taken for dead
KEPT_HOURS = 24
WAITING, REFUSED, READY, WANTED, DONE, ENDED = "waiting", "refused", "ready", "wanted", "done", "ended"
OPEN = (WAITING, REFUSED, READY, WANTED)
LISTED, NAME, SHOWN_KEYS = 20, 80, 12


class Work(NamedTuple):
    """One file that somebody works on now. `takes`: not only to be looked through."""

    id: int
    data: bytes
    community_id: int | None
    takes: bool


def scope_of(visitor: Visitor) -> int | None:
    """Whose rows this person may bring in: None, all of the town's, for an administrator of it; the own
    community's for its desk. Raises NotFound for everybody else."""
    if "admin" in visitor.roles:
        return visitor.community_id
    if "community" in visitor.roles and visitor.community_id is not None:
        return visitor.community_id
    raise NotFound("page_not_found")


def receive(data: bytes, name: str, visitor: Visitor) -> str:
    """Gives its public id. What this person brought before and has not settled is given up."""
    community = scope_of(visitor)
    for one in mine(visitor):
        if one.state in OPEN:
            _over(one, ENDED, visitor.person_id)
    key = public_id()
    put(
        TownImport,
        public_id=key,
        community_id=community,
        by_id=visitor.person_id,
        at=now(),
        name=name.strip()[:NAME],
        file_sealed=seal_bytes(data, f"town_imports.file/{key}"),
        state=WAITING,
        rows=0,
        rows_done=0,
        problem_count=0,
        told={},
    )
    return key


def mine(visitor: Visitor) -> Sequence[TownImport]:
    """The newest first."""
    query = select(TownImport).where(TownImport.by_id == visitor.person_id)
    return session().scalars(query.order_by(TownImport.id.desc()).limit(LISTED)).all()


def find(key: str, visitor: Visitor, *, hold: bool = False) -> TownImport:
    """Raises NotFound for everybody but who brought it, and for who may bring nothing in any more."""
    scope = scope_of(visitor)
    query = select(TownImport).where(TownImport.public_id == key, TownImport.by_id == visitor.person_id)
    if hold:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = session().scalars(query).first()
    if found is None or found.community_id != scope:
        raise NotFound("page_not_found")
    return found


def want(key: str, visitor: Visitor) -> bool:
    """It shall be taken. False when that was said before. Raises NotAllowed where it is not ready."""
    one = find(key, visitor, hold=True)
    if one.state in (WANTED, DONE):
        return False
    if one.state != READY:
        raise NotAllowed("import_not_ready")
    one.state, one.worked_at = WANTED, None
    one.settled_by, one.settled_at = visitor.person_id, now()
    return True


def give_up(key: str, visitor: Visitor) -> bool:
    one = find(key, visitor, hold=True)
    if one.state not in (WAITING, REFUSED, READY):
        return False
    _over(one, ENDED, visitor.person_id)
    return True


def problems_of(one: TownImport) -> list[Problem]:
    if one.problems_sealed is None:
        return []
    said = unseal(one.problems_sealed, f"town_imports.problems/{one.public_id}")
    return [Problem(**fact) for fact in json.loads(said or "[]")]


def file_of(one: TownImport) -> bytes:
    """Raises Invalid where it is gone."""
    data = unseal_bytes(one.file_sealed, f"town_imports.file/{one.public_id}") if one.file_sealed else None
    if data is None:
        raise Invalid("import_gone")
    return data


# for whoever works on them


def claim() -> Work | None:
    """The oldest file that waits for somebody to work on it."""
    at = now()
    query = (
        select(TownImport)
        .where(TownImport.state.in_((WAITING, WANTED)))
        .where(or_(TownImport.worked_at.is_(None), TownImport.worked_at < at - LONGEST_WORK))
        .order_by(TownImport.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    one = session().scalars(query).first()
    if one is None:
        return None
    one.worked_at = at
    try:
        return Work(one.id, file_of(one), one.community_id, one.state == WANTED)
    except Invalid:  # sealed with another key: nobody will ever open it
        _over(one, ENDED, None)
        return None


def anything_due() -> bool:
    """A cheap look, without a lock."""
    moving = select(TownImport.id).where(TownImport.state.in_((WAITING, WANTED))).limit(1)
    return session().execute(moving).first() is not None


def confine(draft: Draft, community_id: int | None) -> None:
    """A desk's workbook holds its own community alone. Raises WorkbookRefused. Also in the transaction that
    takes it, because the town may have changed since."""
    if community_id is None:
        return
    raise_version()  # as the import itself: what is looked at stays as it is until the commit
    checked = Draft(draft.rows, list(draft.problems), draft.more, draft.places)
    check(checked, held())
    keep_within(checked, community_id)
    if checked.problems:
        raise WorkbookRefused(*checked.sorted_problems(), more=checked.more)


def looked_through(import_id: int, rows: int, summary: Summary) -> None:
    one = _held(import_id)
    if one.state == WAITING:
        one.state, one.rows, one.told, one.worked_at = READY, rows, said_of(summary), None


def refused(import_id: int, why: WorkbookRefused) -> None:
    """Looked through, or wanted and overtaken by what has changed since."""
    one = _held(import_id)
    if one.state in (WAITING, WANTED):
        facts = json.dumps([problem.as_dict() for problem in why.problems], ensure_ascii=False)
        one.problems_sealed = seal(facts, f"town_imports.problems/{one.public_id}")
        one.problem_count = len(why.problems) + why.more
        one.state, one.worked_at = REFUSED, None


def taken(import_id: int, rows: int, summary: Summary) -> None:
    """In the transaction that has taken it."""
    one = _held(import_id)
    one.rows = one.rows_done = rows
    one.told = said_of(summary)
    record((ABOUT, one.id), "town_imported", by=By.staff(one.by_id), at=now(), sheets=summary.as_dict())
    _over(one, DONE, one.by_id)


def may_take(import_id: int) -> bool:
    """Its row is ours until the commit. Whether it is still wanted."""
    return _held(import_id).state == WANTED


def forget_old() -> int:
    """Files that nobody settled within a day are gone. Gives how many."""
    query = select(TownImport).where(TownImport.state.in_(OPEN), TownImport.at < ago(hours=KEPT_HOURS))
    several = session().scalars(query.with_for_update(skip_locked=True)).all()
    for one in several:
        _over(one, ENDED, None)
    return len(several)


def said_of(summary: Summary) -> dict[str, Any]:
    """By sheet: how many rows are new, changed and as they were, and some of the keys."""
    return {
        code: {
            **tally.as_dict(),
            "new": _some(tally.added),
            "other": _some(tally.changed - tally.added),
        }
        for code, tally in summary.sheets.items()
        if tally.rows
    }


def _some(keys: set[Any]) -> list[str]:
    """As the workbook writes them: only those that are words, not the numbers of rows."""
    spoken = (one if isinstance(one, str) else _last(one) for one in keys)
    return sorted(one for one in spoken if one)[:SHOWN_KEYS]


def _last(key: Any) -> str:
    parts = [part for part in key if isinstance(part, str) and part] if isinstance(key, tuple) else []
    return " ".join(parts)


def _over(one: TownImport, state: str, by_id: int | None) -> None:
    one.state, one.worked_at, one.settled_at, one.settled_by = state, None, now(), by_id
    gone = update(TownImport).where(TownImport.id == one.id).values(file_sealed=None)
    session().execute(gone, execution_options={"synchronize_session": False})
    one.problems_sealed = None


def _held(import_id: int) -> TownImport:
    query = select(TownImport).where(TownImport.id == import_id).with_for_update()
    return session().scalars(query.execution_options(populate_existing=True)).one()
