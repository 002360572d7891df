"""险情提醒: a notice that warns of a danger stands until the danger is cleared (row 102).

It is said again to its groups each morning, and whoever heard it hears once that it is over. What it warns of
is a case; models/joins/warning.py ties both together.
"""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, exists, or_, select, text

from models.base.actor import SYSTEM, By
from models.base.clock import local, now
from models.base.orm import session
from models.history import Step, record
from models.notice import notice as verbs
from models.notice.audience import LETTER_KINDS, Audience
from models.notice.notice import GROUP_KIND, Rules, Words
from models.notice.tables import ALIVE, IS_TOLD, Kind, Notice, State
from models.notice.telling import door_of, group_facts
from models.outbox.digesting import IN_DIGEST
from models.outbox.door import PublicFacts, PublicNotice, tell_group, tell_many
from models.outbox.letter import Lane, Letter
from models.outbox.letter import State as Fate
from models.outbox.recalling import recall

AGAIN_KIND, CLEARED_KIND, CLEARED_GROUP_KIND = "warning_again", "warning_cleared", "warning_cleared_group"
_A_DAY = timedelta(days=1)


def warn(
    words: Words, audience: Audience, by: By, rules: Rules, *, case_id: int, community_id: int
) -> Notice:
    """Lays it down and hands it in. Whether `by` may is the case's business, so nobody is asked for a post
    here; a second person, the content check and the minutes to stop it are those of any notice.

    Raises Invalid where nobody would hear it.
    """
    words = words.checked()
    said = {
        "title": words.title,
        "body": words.body,
        "signed": words.signed,
        "kind": Kind.URGENT,
        "audience": audience.as_dict(),
    }
    key = verbs.lay_down(
        said, by=by, author_id=by.id, community_id=community_id, warns_of_case=case_id, is_call=False
    )
    notice = session().get_one(Notice, key)
    verbs.hand_in(notice, by, rules)
    return notice


def standing(case_id: int) -> Notice | None:
    """The warning of this case that holds, or is about to."""
    query = select(Notice).where(Notice.warns_of_case == case_id, Notice.state.in_(ALIVE))
    return session().scalars(query.order_by(Notice.id.desc()).limit(1)).first()


def is_cleared(notice: Notice) -> bool:
    """Over because the danger is, and not because somebody took it back."""
    if notice.warns_of_case is None or notice.state != State.WITHDRAWN:
        return False
    return bool(session().execute(select(_steps(notice.id, "cleared"))).scalar())


def say_again_one(*, days: int) -> bool:
    """Says one of them again to the groups that have heard it, once on each morning after the first day and
    for so many days. False when none is left for today."""
    at = now()
    today = local(at).replace(hour=0, minute=0, second=0, microsecond=0)
    query = (
        select(Notice)
        .where(
            Notice.warns_of_case.is_not(None),
            text(IS_TOLD),
            Notice.told_at < today,
            Notice.told_at > at - days * _A_DAY,
            ~_said_since(today),
        )
        .order_by(Notice.told_at, Notice.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    notice = session().scalars(query).first()
    if notice is None:
        return False
    record(("notice", notice.id), "said_again", by=SYSTEM, at=at)
    for group in _heard(notice.id, "group"):
        tell_group(
            AGAIN_KIND,
            group,
            PublicNotice(**group_facts(notice, f"q/{door_of(notice, group)}")),
            about=("notice", notice.id),
            occasion=str(today.date()),
            lane=Lane.NEWS,
            not_after=at + _A_DAY,
        )
    return True


def clear(notice: Notice, by: By, facts: PublicFacts) -> None:
    """The danger is over: who heard of it hears that once, who has not hears nothing. Nothing for a notice
    that does not hold any more."""
    if notice.state not in ALIVE:
        return
    about = ("notice", notice.id)
    people, groups = _heard(notice.id, "person"), _heard(notice.id, "group")
    verbs.clear(notice, by)
    recall(about, (AGAIN_KIND,), "cleared")
    if people:
        said = asdict(facts)
        tell_many(CLEARED_KIND, people, about=about, occasion="cleared", lane=Lane.URGENT, closed={}, **said)
    for group in groups:
        tell_group(CLEARED_GROUP_KIND, group, facts, about=about, occasion="cleared")


def _heard(notice_id: int, to_kind: str) -> Sequence[int]:
    """Who has heard it, or may have."""
    query = select(Letter.to_id).where(
        Letter.about_kind == "notice",
        Letter.about_id == notice_id,
        Letter.kind.in_((*LETTER_KINDS, GROUP_KIND)),
        Letter.to_kind == to_kind,
        or_(Letter.state.in_((Fate.SENT, Fate.UNKNOWN, Fate.TAKEN)), Letter.reason == IN_DIGEST),
    )
    return session().scalars(query.distinct().order_by(Letter.to_id)).all()


def _said_since(moment: datetime) -> ColumnElement[bool]:
    return exists().where(
        Step.about_kind == "notice", Step.about_id == Notice.id, Step.what == "said_again", Step.at >= moment
    )


def _steps(notice_id: int, what: str) -> ColumnElement[bool]:
    return exists().where(Step.about_kind == "notice", Step.about_id == notice_id, Step.what == what)
