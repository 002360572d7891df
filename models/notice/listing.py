"""What a desk looks at: what somebody there has to do, what is on its way, what was said lately."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, or_, select, true

from models.base.clock import now
from models.base.orm import session
from models.notice.tables import Notice, State

SHOWN, MOST = 10, 50
LETTERS_LAST = timedelta(days=2)  # after its last letter was written: quiet hours, and what is tried again
UNDER_WAY = (State.CHECKING, State.HELD, State.WAITING, State.GOING)


def drafts(community_id: int | None, person_id: int) -> Sequence[Notice]:
    """What was written and not handed in, by anybody of this desk or by this person, the newest first."""
    mine = or_(Notice.community_id.is_not_distinct_from(community_id), Notice.author_id == person_id)
    query = select(Notice).where(Notice.state == State.DRAFT, mine)
    return session().scalars(query.order_by(Notice.id.desc()).limit(MOST)).all()


def under_way(community_id: int | None) -> Sequence[Notice]:
    """What was handed in and may still go out, the newest first; of some all letters may have gone."""
    lately = (Notice.state == State.TOLD) & (Notice.told_at > now() - LETTERS_LAST)
    query = select(Notice).where(_of(community_id), Notice.state.in_(UNDER_WAY) | lately)
    return session().scalars(query.order_by(Notice.id.desc()).limit(MOST)).all()


def said(community_id: int | None, before: int | None = None) -> Sequence[Notice]:
    """What somebody may have heard, the newest first; `before` the notice of this number."""
    query = select(Notice).where(
        _of(community_id),
        Notice.state.in_((State.TOLD, State.STOPPED, State.WITHDRAWN)),
        Notice.starts_at.is_not(None),
    )
    if before is not None:
        query = query.where(Notice.id < before)
    return session().scalars(query.order_by(Notice.id.desc()).limit(SHOWN)).all()


def _of(community_id: int | None) -> ColumnElement[bool]:
    """A community's own and the town's; the town's desk sees all."""
    if community_id is None:
        return true()
    return or_(Notice.community_id == community_id, Notice.community_id.is_(None))
