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
from models.notice import enclosed
from models.notice.agreeing import hold_what_grew
from models.notice.audience import CALL_KIND, FEE_KIND, LETTER_KIND, LETTER_KINDS, Audience, Reach
from models.notice.fee_sums import sums_for
from models.notice.fees import reach_of_notice
from models.notice.notice import GROUP_KIND, break_off, is_public, lead_of, to_check
from models.notice.tables import DUE, Kind, Notice, NoticeDoor, State
from models.outbox.door import PublicFees, PublicNotice, tell_group, tell_many
from models.outbox.letter import DataClass, Lane, Letter
from models.outbox.letter import State as Fate
from models.outbox.recalling import recall

AT_ONCE, GROUPS_AT_ONCE = 400, 50  # in one transaction: short enough that a writer beside it hardly waits
ESTATES_AT_ONCE = 10  # groups of a notice about fees, for each of which the homes of an estate may be counted
_LANES = {Kind.ORDINARY: Lane.NEWS, Kind.URGENT: Lane.URGENT, Kind.EMERGENCY: Lane.EMERGENCY}


def tell_some(*, must_be_checked: bool = False, second_above: int | None = None) -> bool:
    """Goes on with the most urgent notice whose time has come. False when there is none.

    One that more than `second_above` would hear by now waits for a second person, if none agreed to it.
    With `must_be_checked` one for the public that nobody has read yet goes to be read instead of being begun,
    however it came here.
    """
    notice = _next(now())
    if notice is None:
        return False
    # not one that some have heard, because it could come back as a draft and then say something else
    unread = notice.state == State.WAITING and notice.checked is None
    if must_be_checked and unread and is_public(notice):
        to_check(notice, SYSTEM)
        return True
    try:
        reach = reach_of_notice(notice)
        if notice.valid_until is not None and notice.valid_until <= now():
            raise Invalid("notice_past")
        PublicNotice(**group_facts(notice, ""))
    except Invalid as trouble:
        # because a place that was renamed meanwhile must not hold up every other notice
        break_off(notice, trouble.code)
        return True
    if notice.state == State.WAITING and not _begun(notice, reach, second_above):
        return True
    at_once = ESTATES_AT_ONCE if notice.is_about_fees else GROUPS_AT_ONCE
    if groups := [one for one in reach.groups() if one > notice.groups_up_to][:at_once]:
        _tell_groups(notice, reach, groups)
        notice.groups_up_to = groups[-1]
    elif people := reach.people(notice.people_up_to, AT_ONCE):
        _tell_people(notice, people)
        notice.people_up_to = people[-1]
    # because while it is written people move in, and groups are bound, before the place where it stands
    elif groups := _untold_groups(notice, reach)[:at_once]:
        _tell_groups(notice, reach, groups)
    elif people := reach.untold(notice.id, AT_ONCE):
        _tell_people(notice, people)
    else:
        notice.state, notice.told_at, notice.visits_due_at = State.TOLD, now(), now()
        record(("notice", notice.id), "told", by=SYSTEM, at=now())
    return True


def _begun(notice: Notice, reach: Reach, second_above: int | None) -> bool:
    people, groups = reach.count_people(), len(reach.groups())
    if second_above is not None and hold_what_grew(notice, people, groups, second_above):
        return False
    notice.state = State.GOING
    record(("notice", notice.id), "begun", by=SYSTEM, at=now(), people=people, groups=groups)
    return True


def _untold_groups(notice: Notice, reach: Reach) -> list[int]:
    told = select(Letter.to_id).where(
        Letter.about_kind == "notice",
        Letter.about_id == notice.id,
        Letter.kind == GROUP_KIND,
        Letter.to_kind == "group",
    )
    have = set(session().scalars(told))
    return [one for one in reach.groups() if one not in have]


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


def _tell_groups(notice: Notice, reach: Reach, groups: Sequence[int]) -> None:
    common = group_facts(notice, "")
    sums = sums_for(notice, reach, groups) if notice.is_about_fees else {}
    for group in groups:
        said = common | {"path": f"q/{door_of(notice, group)}"}
        tell_group(
            GROUP_KIND,
            group,
            PublicFees(**said, **sums[group]) if notice.is_about_fees else PublicNotice(**said),
            about=("notice", notice.id),
            occasion="told",
            lane=_LANES[Kind(notice.kind)],
            not_after=notice.valid_until,
        )
    _overtake(notice, "group", groups)


def _overtake(notice: Notice, to_kind: str, to: Sequence[int]) -> None:
    """Whoever hears a correction need not hear after it what was wrong, whichever is written first."""
    kinds = LETTER_KINDS if to_kind == "person" else (GROUP_KIND,)
    if notice.corrects_id is not None:
        # Held, because its own letters may be being written just now.
        session().get(Notice, notice.corrects_id, with_for_update=True)
        recall(("notice", notice.corrects_id), kinds, "corrected", to=(to_kind, to))
    corrections = select(Notice.id).where(Notice.id > notice.id, Notice.corrects_id == notice.id)
    corrected = select(Letter.to_id).where(
        Letter.about_kind == "notice",
        Letter.about_id.in_(session().scalars(corrections).all()),
        Letter.kind.in_(kinds),
        Letter.to_kind == to_kind,
        Letter.to_id.in_(to),
        Letter.state != Fate.WITHDRAWN,
    )
    if knowing := session().scalars(corrected).all():
        recall(("notice", notice.id), kinds, "corrected", to=(to_kind, knowing))


def letter_kind(notice: Notice) -> str:
    """As what a person hears of it."""
    if notice.is_about_fees:
        return FEE_KIND
    return CALL_KIND if notice.is_call else LETTER_KIND


def person_facts(notice: Notice) -> dict[str, Any]:
    """What a person's letter says of it, beside the person's own address of the page."""
    return {
        "number": notice.id,
        "title": notice.title,
        "lead": lead_of(notice.body),
        "signed": notice.signed,
        "urgency": notice.kind,
        "corrects": notice.corrects_id is not None,
        **enclosed.counts(notice.id),
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
        **enclosed.counts(notice.id),
    }


def _tell_people(notice: Notice, people: Sequence[int]) -> None:
    tell_many(
        letter_kind(notice),
        people,
        about=("notice", notice.id),
        occasion="told",
        data_class=DataClass.SENSITIVE if notice.is_about_fees else DataClass.OWN,
        lane=_LANES[Kind(notice.kind)],
        closed=_used(notice, people),
        not_after=notice.valid_until,
        **person_facts(notice),
    )
    _overtake(notice, "person", people)


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
