"""批量: one action for many cases. Looked at first: what would be done, what is left out and why; once begun
each case is done by the verb that it has alone, in a transaction of its own, so that a process that dies
between two has done each case wholly or not at all, and none twice.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import func, select, update

from models.base.clock import now
from models.base.orm import put, session
from models.base.refusals import Invalid, NotAllowed, NotFound, Refused
from models.case.alarm import alarm_of
from models.case.bulk_tables import Bulk, BulkCase
from models.case.case import Case
from models.case.choices import open_to
from models.case.reach import visible_to
from models.case.tables import TEXT_LIMIT
from models.history import steps_about
from models.person.arriving import Visitor, visitor_of
from models.person.colleagues import called
from models.person.tables import Staff

VERBS = ("transfer", "supervise", "accept")
NEEDS_REASON = ("transfer", "supervise")
STATES = ("waits", "done", "refused", "left_out")
MOST = 200  # cases at once
MOVES = frozenset({"accepted", "returned", "transferred", "taken_back"})


class Seen(NamedTuple):
    """A case that was looked at; `why` it is left out, as the code of a refusal, or None."""

    case_id: int
    why: str | None


class Wish(NamedTuple):
    """What is asked for. `to`: the person to whom cases are transferred."""

    verb: str
    to: int | None
    reason: str


def wish(verb: str, to: str, reason: str, community_id: int | None) -> Wish:
    """Of what was typed. Raises Invalid: not_possible, no_such_colleague, reason_needed."""
    reason = reason.strip()[:300]
    if verb not in VERBS:
        raise Invalid("not_possible")
    if verb in NEEDS_REASON and not reason:
        raise Invalid("reason_needed", number="")
    if verb != "transfer":
        return Wish(verb, None, reason)
    found: Sequence[Staff] = called(to.strip(), community_id) if to.strip() else ()
    if len(found) != 1:
        raise Invalid("no_such_colleague", number="")
    return Wish(verb, found[0].person_id, reason)


def look(visitor: Visitor, cases: Iterable[int], asked: Wish) -> list[Seen]:
    """What would become of each of these that the visitor may see; nothing is done. Raises Invalid:
    nothing_picked."""
    query = select(Case).where(Case.id.in_(list(cases)[:MOST]), visible_to(visitor)).order_by(Case.id.desc())
    found = session().scalars(query).all()
    if not found:
        raise Invalid("nothing_picked")
    return [Seen(case.id, _why_not(case, visitor, asked)) for case in found]


def keep(key: str, visitor: Visitor, seen: Iterable[Seen], asked: Wish) -> None:
    """What was looked at, until somebody says go on; `key` becomes its public id."""
    bulk = put(
        Bulk,
        public_id=key,
        by_id=visitor.person_id,
        verb=asked.verb,
        to_id=asked.to,
        reason=asked.reason,
        made_at=now(),
    )
    for one in seen:
        state = "waits" if one.why is None else "left_out"
        put(BulkCase, bulk_id=bulk, case_id=one.case_id, state=state, why=one.why)


def of(key: str, person_id: int) -> Bulk:
    """Whoever looked is who may go on, and reads what became of it. Raises NotFound."""
    found = session().scalars(select(Bulk).where(Bulk.public_id == key, Bulk.by_id == person_id)).first()
    if found is None:
        raise NotFound("page_not_found")
    return found


def begin(bulk: Bulk) -> bool:
    """False for one that was begun before."""
    started = update(Bulk).where(Bulk.id == bulk.id, Bulk.begun_at.is_(None)).values(begun_at=now())
    return bool(session().execute(started.returning(Bulk.id)).all())


def counts(bulk: Bulk) -> Mapping[str, int]:
    """How many by state."""
    query = select(BulkCase.state, func.count(BulkCase.id)).where(BulkCase.bulk_id == bulk.id)
    found = {row.state: row[1] for row in session().execute(query.group_by(BulkCase.state))}
    return dict.fromkeys(STATES, 0) | found


def cases_of(bulk: Bulk) -> list[tuple[BulkCase, Case]]:
    query = select(BulkCase, Case).join(Case, Case.id == BulkCase.case_id)
    rows = session().execute(query.where(BulkCase.bulk_id == bulk.id).order_by(BulkCase.id))
    return [(row[0], row[1]) for row in rows]


def do_one(bulk_id: int | None = None) -> bool:
    """The next case of this action, or of any that was begun; whether there was one."""
    query = (
        select(BulkCase, Bulk)
        .join(Bulk, Bulk.id == BulkCase.bulk_id)
        .where(Bulk.begun_at.is_not(None), Bulk.ended_at.is_(None), BulkCase.state == "waits")
        .order_by(BulkCase.id)
        .limit(1)
        .with_for_update(of=BulkCase, skip_locked=True)
    )
    if bulk_id is not None:
        query = query.where(Bulk.id == bulk_id)
    found = session().execute(query.execution_options(populate_existing=True)).first()
    if found is None:
        return _end(bulk_id)
    one, bulk = found
    one.at = now()
    try:
        with session().begin_nested():
            _do(one.case_id, bulk)
        one.state = "done"
    except Refused as refused:
        one.state, one.why = "refused", refused.code
    session().flush()
    return True


def _do(case_id: int, bulk: Bulk) -> None:
    """By the rights of now: what was looked at may be another's since."""
    visitor = visitor_of(bulk.by_id, "page")
    if visitor is None or not visitor.is_staff:
        raise NotFound("page_not_found")
    held = select(Case).where(Case.id == case_id, visible_to(visitor)).with_for_update(of=Case)
    case = session().scalars(held.execution_options(populate_existing=True)).first()
    if case is None:
        raise NotFound("case_not_found", number="")
    if bulk.verb == "accept":
        case.accept(bulk.by_id)
    elif bulk.verb == "supervise":
        case.supervise(bulk.by_id, bulk.reason[:TEXT_LIMIT])
    else:
        if _was_moved(case, bulk):
            raise NotAllowed("changed_meanwhile", number=case.number)
        case.transfer(bulk.by_id, bulk.to_id or 0, bulk.reason)


def _was_moved(case: Case, bulk: Bulk) -> bool:
    """Whether somebody else took it, gave it back or handed it on after it was looked at: what was said of it
    then is no longer so, and nobody's work is taken away unseen."""
    return any(
        step.what in MOVES and step.at > bulk.made_at and (step.by_kind, step.by_id) != ("staff", bulk.by_id)
        for step in steps_about("case", case.id)
    )


def _why_not(case: Case, visitor: Visitor, asked: Wish) -> str | None:
    """The code of the refusal that the verb would give, as far as it can be known before."""
    if asked.verb not in open_to(case, visitor, alarm_of(case.id)):
        return "no_longer_open" if asked.verb == "accept" else "not_yours"
    if asked.to is not None and asked.to == case.taker_id:
        return "no_such_colleague"
    return None


def _end(bulk_id: int | None) -> bool:
    """Writes down that an action is over of which nothing waits any more."""
    waits = select(BulkCase.id).where(BulkCase.bulk_id == Bulk.id, BulkCase.state == "waits").exists()
    over = update(Bulk).where(Bulk.begun_at.is_not(None), Bulk.ended_at.is_(None), ~waits)
    if bulk_id is not None:
        over = over.where(Bulk.id == bulk_id)
    session().execute(over.values(ended_at=now()))
    return False
