"""导出: how much one person may take out of the console as files, and when a second has to agree (A11).

A list of more people than one may take out alone is asked for with a reason, agreed to by another person
whose post decides there, and taken once within a day, as long as it has not grown.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, select

from models.audit.counting import EXPORT, exported_today
from models.audit.noting import Who, note
from models.audit.tables import ExportAsk
from models.base.actor import By
from models.base.clock import ago, now
from models.base.links import personal_path
from models.base.orm import put, session
from models.base.refusals import Invalid, NotAllowed, NotFound
from models.duty.overseeing import others_deciding
from models.outbox.door import tell, withdraw
from models.person.arriving import staff_of

GOOD_FOR = timedelta(days=1)  # after it was asked for
LISTED = 50
ASKED, SETTLED = "export_asked", "export_settled"
PAGE = "/exports"  # below the desk's link


class File(NamedTuple):
    """A file that is about to be sent. `what`: the name of its route; `path` with its filters; `people`: how
    many people or homes stand in it one by one."""

    what: str
    path: str
    rows: int
    people: int = 0


class Limits(NamedTuple):
    rows_a_day: int
    people_alone: int


class AskFirst(NotAllowed):
    """More people than one may take out alone."""

    status = 403


def take(file: File, who: Who, limits: Limits) -> None:
    """Notes that this file is taken out. Raises AskFirst: export_needs_second; NotAllowed: export_limit,
    export_grew. What was refused is noted by the caller, because this transaction is not kept."""
    assert who.by.id is not None
    ask = _agreed(file, who.by.id) if file.people > limits.people_alone else None
    if file.people > limits.people_alone and ask is None:
        raise AskFirst("export_needs_second", most=limits.people_alone)
    if ask is not None and file.people > ask.many:
        raise NotAllowed("export_grew", count=ask.many)
    if exported_today(who.by.id) + file.rows > limits.rows_a_day:
        raise NotAllowed("export_limit", most=limits.rows_a_day)
    if ask is not None:
        ask.taken_at = now()
        session().flush()
    reason = ask.reason if ask is not None else None
    facts = {"people": file.people} | ({"agreed_by": ask.settled_by} if ask is not None else {})
    note(EXPORT, who, ("page", file.path), many=file.rows, purpose=reason, facts=facts)


def ask(what: str, path: str, many: int, reason: str, who: Who) -> str:
    """Asks a second person; gives the public id. Raises Invalid, NotAllowed: export_reason,
    export_nobody_agrees."""
    assert who.by.id is not None
    if not reason.strip():
        raise Invalid("export_reason")
    deciding = others_deciding(who.community_id, who.by.id)
    if not deciding:
        raise NotAllowed("export_nobody_agrees")
    key = put(
        ExportAsk,
        by_id=who.by.id,
        community_id=who.community_id,
        what=what,
        path=path,
        many=many,
        reason=reason.strip(),
    )
    note("export_asked", who, ("page", path), many=many, purpose=reason)
    for person in deciding:
        _tell(ASKED, person, key, who.by.id, many=many)
    return session().get_one(ExportAsk, key).public_id


def settle(public_id: str, who: Who, *, agree: bool) -> bool:
    """Agrees or not; False where it was settled before. Raises NotFound for whoever may not."""
    query = select(ExportAsk).where(ExportAsk.public_id == public_id).with_for_update()
    found = session().scalars(query.execution_options(populate_existing=True)).first()
    if found is None or not _may_settle(found, who.by):
        raise NotFound("page_not_found")
    if found.settled_at is not None:
        return False
    found.settled_by, found.settled_at, found.agreed = who.by.id, now(), agree
    session().flush()
    withdraw(("export", found.id), ASKED)
    assert who.by.id is not None
    _tell(SETTLED, found.by_id, found.id, who.by.id, agreed=agree)
    act = "export_agreed" if agree else "export_refused"
    note(act, who, ("page", found.path), whom=("person", found.by_id), many=found.many, purpose=found.reason)
    return True


def to_settle(by: By) -> Sequence[ExportAsk]:
    """What waits for this person's word, oldest first."""
    query = select(ExportAsk).where(*_open(), ExportAsk.by_id != by.id).order_by(ExportAsk.id).limit(LISTED)
    return [one for one in session().scalars(query) if _may_settle(one, by)]


def asked_by(by: By) -> Sequence[ExportAsk]:
    """One's own of the last week, newest first."""
    query = select(ExportAsk).where(ExportAsk.by_id == by.id, ExportAsk.asked_at > ago(days=7))
    return session().scalars(query.order_by(ExportAsk.id.desc()).limit(LISTED)).all()


def _tell(kind: str, person_id: int, ask_id: int, other_id: int, **facts: Any) -> None:
    """That there is one; which list and what for stands on the page alone."""
    other = staff_of(other_id)
    path = personal_path("desk", person_id) + PAGE
    name = other.name if other is not None else None
    tell(kind, person_id, about=("export", ask_id), occasion="once", who=name, path=path, **facts)


def _agreed(file: File, person_id: int) -> ExportAsk | None:
    query = (
        select(ExportAsk)
        .where(ExportAsk.by_id == person_id, ExportAsk.what == file.what, ExportAsk.path == file.path)
        .where(ExportAsk.agreed.is_(True), ExportAsk.taken_at.is_(None))
        .where(ExportAsk.asked_at > now() - GOOD_FOR)
        .order_by(ExportAsk.id)
        .with_for_update()
    )
    return session().scalars(query.execution_options(populate_existing=True)).first()


def _open() -> list[ColumnElement[bool]]:
    return [ExportAsk.settled_at.is_(None), ExportAsk.asked_at > now() - GOOD_FOR]


def _may_settle(one: ExportAsk, by: By) -> bool:
    return by.id is not None and by.id != one.by_id and by.id in others_deciding(one.community_id, one.by_id)
