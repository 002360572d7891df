"""/console/audit: who looked at what, for administrators and supervisors of their own communities (O3, X10).

Looking at it is itself written down.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from flask import Response, request
from sqlalchemy import select

from handlers.pages.access import Access
from handlers.pages.audit.exporting import below_console, excel
from handlers.pages.audit.noting import looked
from handlers.pages.chain.sight import staff_of_link
from handlers.pages.front import Front, show
from handlers.wording.filters import moment
from handlers.words import labels
from models.audit import chain, checking
from models.audit.reading import Wanted, acts, all_acts, unplaced
from models.audit.tables import Act
from models.base.clock import SHANGHAI
from models.base.orm import session
from models.base.refusals import NotFound
from models.base.spreadsheet import Value
from models.person.arriving import Visitor
from models.person.grants import over
from models.person.tables import Staff

READERS = frozenset({"admin", "supervisor"})
PAGE = 50
MOST = 100_000  # rows of a file
_KINDS = ("person", "household")


def shown(front: Front, access: Access) -> Response:
    with front.database.read():
        visitor = _reader(access)
    looked(front.database, visitor, "log_read", ("page", below_console()))
    with front.database.read():
        return show("audit/log.html", access=access, log=_facts(visitor))


def as_excel(front: Front, access: Access) -> Response:
    """The rows that the filters name, newest first. Each names somebody of the staff, and whom they saw as a
    number: as many people as rows."""
    words = labels("audit_sheet")
    with front.database.read():
        visitor = _reader(access)
        wanted = _wanted(visitor)
        found = list(all_acts(wanted, MOST))
        names = _names(found)
        people = len({(one.whom_kind, one.whom_id) for one in found if one.whom_id is not None})
        rows = _rows(found, names)
        return excel(front, access, words["sheet"], [(words["sheet"], rows)], people=people)


def waiting(visitor: Visitor) -> int | None:
    """Nothing waits there; None for whom it is not there."""
    return None if READERS.isdisjoint(visitor.roles) else 0


def _reader(access: Access) -> Visitor:
    """Raises NotFound for whoever neither administers nor supervises anything."""
    visitor = staff_of_link(access)
    if READERS.isdisjoint(one.role for one in visitor.held):
        raise NotFound("page_not_found")
    return visitor


def _wanted(visitor: Visitor) -> Wanted:
    asked = request.args.get
    act, result = asked("act", ""), asked("result", "")
    kind, _, whom = asked("whom", "").partition("-")
    return Wanted(
        over(visitor.held, READERS),
        since=_day(asked("from", "")),
        until=_day(asked("to", ""), after=True),
        act=act if act in labels("audit_acts") else None,
        by_id=_person(asked("by", "")),
        about=asked("about", "")[:100].strip() or None,
        whom=(kind, int(whom)) if kind in _KINDS and whom.isdecimal() and len(whom) < 16 else None,
        result=result if result in labels("audit_results") else None,
    )


def _facts(visitor: Visitor) -> dict[str, Any]:
    wanted = _wanted(visitor)
    after = request.args.get("before", "")
    before = int(after) if after.isascii() and after.isdecimal() and len(after) < 16 else None
    found = acts(wanted, before=before, limit=PAGE + 1)
    names = _names(found)
    head = chain.head()
    kept = {name: value for name, value in request.args.items() if name != "before" and value}
    return {
        "name": visitor.staff_name,
        "rows": [_row(one, names) for one in found[:PAGE]],
        "next": found[PAGE - 1].id if len(found) > PAGE else None,
        "asked": kept,
        "acts": dict(labels("audit_acts")),
        "results": dict(labels("audit_results")),
        "head": head,
        "unplaced": unplaced(),
        "faults": len(checking.newest_faults()),
    }


def _row(one: Act, names: dict[int, str]) -> dict[str, Any]:
    return {
        "at": one.at,
        "who": _called(one, names),
        "by": one.by_id,
        "post": [role for role in one.post.split(",") if role],
        "act": one.act,
        "about_kind": one.about_kind,
        "about": one.about_id,
        "whom": f"{one.whom_kind}-{one.whom_id}" if one.whom_id is not None else None,
        "purpose": _purpose(one),
        "origin": one.origin,
        "result": one.result,
        "many": one.many,
    }


def _rows(found: list[Act], names: dict[int, str]) -> Iterator[list[Value]]:
    words, said, results = labels("audit_sheet"), labels("audit_acts"), labels("audit_results")
    yield list(words["headings"])
    for one in found:
        whom = f"{one.whom_kind} {one.whom_id}" if one.whom_id is not None else None
        about = f"{one.about_kind} {one.about_id}"
        yield [
            moment(one.at, "stamp"), _called(one, names), one.post, said.get(one.act, one.act), about, whom,
            _purpose(one), one.many, results.get(one.result, one.result), one.origin,
        ]  # fmt: skip


def _purpose(one: Act) -> str | None:
    """A code of the list as it is read, or the words of a reason."""
    said = one.purpose
    return None if said is None else str(labels("audit_purposes").get(said, said))


def _called(one: Act, names: dict[int, str]) -> str:
    if one.by_id is not None and one.by_id in names:
        return names[one.by_id]
    return str(labels("audit_sheet")["by"].get(one.by_kind, one.by_kind))


def _names(found: list[Act] | Any) -> dict[int, str]:
    people = {one.by_id for one in found if one.by_id is not None}
    rows = session().execute(select(Staff.person_id, Staff.name).where(Staff.person_id.in_(people)))
    return {row.person_id: row.name for row in rows}


def _person(number: str) -> int | None:
    """Whoever has this staff number or name; nobody (-1) where there is none: then no rows are shown."""
    said = number.strip()[:40]
    if not said:
        return None
    query = select(Staff.person_id).where((Staff.number == said) | (Staff.name == said)).order_by(Staff.id)
    return session().scalars(query).first() or -1


def _day(said: str, *, after: bool = False) -> datetime | None:
    try:
        day = datetime.strptime(said, "%Y-%m-%d").replace(tzinfo=SHANGHAI)
    except ValueError:
        return None
    return day + timedelta(days=1) if after else day
