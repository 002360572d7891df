"""A notice becomes letters: so many in one transaction, from where the last one ended, each once.

The place where it stands is kept with the notice and every letter has a key of its own, so a process may die
between any two of these steps and the next one goes on.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import case, select, text

from models.base.actor import SYSTEM
from models.base.clock import now
from models.base.orm import put, session
from models.base.refusals import Invalid
from models.history import record
from models.notice.audience import CALL_KIND, LETTER_KIND, LETTER_KINDS, Audience, reach_of
from models.notice.notice import GROUP_KIND, break_off, lead_of
from models.notice.tables import DUE, Kind, Notice, NoticeDoor, State
from models.outbox.door import PublicNotice, tell_group, tell_many
from models.outbox.letter import Lane, Letter

AT_ONCE, GROUPS_AT_ONCE = 400, 50  # in one transaction: short enough that a writer beside it hardly waits
_LANES = {Kind.ORDINARY: Lane.NEWS, Kind.URGENT: Lane.URGENT, Kind.EMERGENCY: Lane.EMERGENCY}


def tell_some() -> bool:
    """Goes on with the most urgent notice whose time has come. False when there is none."""
    notice = _next(now())
    if notice is None:
        return False
    if notice.state == State.WAITING:
        notice.state = State.GOING
        record(("notice", notice.id), "begun", by=SYSTEM, at=now())
    try:
        reach = reach_of(Audience.of(notice.audience), notice.community_id)
        if notice.valid_until is not None and notice.valid_until <= now():
            raise Invalid("notice_past")
        PublicNotice(**group_facts(notice, ""))
    except Invalid as trouble:
        # because a place that was renamed meanwhile must not hold up every other notice
        break_off(notice, trouble.code)
        return True
    groups = [one for one in reach.groups() if one > notice.groups_up_to][:GROUPS_AT_ONCE]
    if groups:
        _tell_groups(notice, groups)
        notice.groups_up_to = groups[-1]
        return True
    people = reach.people(notice.people_up_to, AT_ONCE)
    if people:
        _tell_people(notice, people)
        notice.people_up_to = people[-1]
        return True
    notice.state, notice.told_at = State.TOLD, now()
    record(("notice", notice.id), "told", by=SYSTEM, at=now())
    return True


def _next(at: datetime) -> Notice | None:
    first = case((Notice.kind == Kind.EMERGENCY, 0), (Notice.kind == Kind.URGENT, 1), else_=2)
    query = (
        select(Notice)
        .where(text(DUE), Notice.starts_at <= at)
        .order_by(first, Notice.starts_at, Notice.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return session().scalars(query).first()


def _tell_groups(notice: Notice, groups: Sequence[int]) -> None:
    for group in groups:
        facts = PublicNotice(**group_facts(notice, f"q/{door_of(notice, group)}"))
        tell_group(
            GROUP_KIND,
            group,
            facts,
            about=("notice", notice.id),
            occasion="told",
            lane=_LANES[Kind(notice.kind)],
        )


def person_facts(notice: Notice) -> dict[str, Any]:
    """What a person's letter says of it, beside the person's own address of the page."""
    return {
        "number": notice.id,
        "title": notice.title,
        "lead": lead_of(notice.body),
        "signed": notice.signed,
        "urgency": notice.kind,
        "corrects": notice.corrects_id is not None,
    }


def group_facts(notice: Notice, path: str) -> dict[str, Any]:
    """What a group's letter says of it; `path` is the group's own address of the page."""
    return {
        "number": notice.id,
        "title": notice.title,
        "lead": lead_of(notice.body),
        "signed": notice.signed,
        "kind": notice.kind,
        "corrects": notice.corrects_id is not None,
        "path": path,
    }


def _tell_people(notice: Notice, people: Sequence[int]) -> None:
    tell_many(
        CALL_KIND if notice.is_call else LETTER_KIND,
        people,
        about=("notice", notice.id),
        occasion="told",
        lane=_LANES[Kind(notice.kind)],
        closed=_used(notice, people),
        **person_facts(notice),
    )


def _used(notice: Notice, people: Sequence[int]) -> Mapping[int, list[str]]:
    """A second round goes by another way than the first one went."""
    first = Audience.of(notice.audience).unread_of
    if first is None:
        return {}
    query = select(Letter.to_id, Letter.way).where(
        Letter.about_kind == "notice",
        Letter.about_id == first,
        Letter.kind.in_(LETTER_KINDS),
        Letter.to_kind == "person",
        Letter.to_id.in_(people),
        Letter.way.is_not(None),
    )
    return {row.to_id: [row.way] for row in session().execute(query)}


def door_of(notice: Notice, group_id: int) -> str:
    """The code of the group's own address of this notice."""
    query = select(NoticeDoor.code).where(NoticeDoor.notice_id == notice.id, NoticeDoor.group_id == group_id)
    code = session().execute(query).scalar()
    if code is None:
        door = put(NoticeDoor, notice_id=notice.id, group_id=group_id)
        code = session().get_one(NoticeDoor, door).code
    return code
