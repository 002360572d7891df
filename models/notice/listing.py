"""What a desk looks at: what somebody there has to do, what is on its way, what was said lately."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, or_, select, text, true

from models.base.orm import session
from models.notice.audience import LETTER_KINDS
from models.notice.notice import GROUP_KIND
from models.notice.tables import Notice, State
from models.outbox.letter import Letter

SHOWN, MOST = 10, 50
# As text, because a partial index serves only a query that says the very same.
_IN_HAND = ("letters.state = 'waiting'", "letters.state = 'taken'")
UNDER_WAY = (State.CHECKING, State.HELD, State.WAITING, State.GOING)


def drafts(community_id: int | None, person_id: int) -> Sequence[Notice]:
    """What was written and not handed in, by anybody of this desk or by this person, the newest first."""
    mine = or_(Notice.community_id.is_not_distinct_from(community_id), Notice.author_id == person_id)
    query = select(Notice).where(Notice.state == State.DRAFT, mine)
    return session().scalars(query.order_by(Notice.id.desc()).limit(MOST)).all()


def under_way(community_id: int | None) -> Sequence[Notice]:
    """What was handed in and is not all written yet, the newest first."""
    query = select(Notice).where(_of(community_id), Notice.state.in_(UNDER_WAY))
    return session().scalars(query.order_by(Notice.id.desc()).limit(MOST)).all()


def moving(community_id: int | None) -> Sequence[Notice]:
    """That, and what is written and has letters that have not gone out. Asks for the letters that wait, which
    are few, and not for those of each notice."""
    # By kind, because SQLite would go through everything about notices if it were asked for that.
    kinds = Letter.kind.in_((*LETTER_KINDS, GROUP_KIND))
    about = [select(Letter.about_id).where(text(state), kinds) for state in _IN_HAND]
    going_out = (Notice.state == State.TOLD) & or_(*(Notice.id.in_(one) for one in about))
    query = select(Notice).where(_of(community_id), Notice.state.in_(UNDER_WAY) | going_out)
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


def signed_lately(community_id: int | None) -> str:
    """Who said the desk's last notice; empty before the first."""
    query = select(Notice.signed).where(Notice.community_id.is_not_distinct_from(community_id))
    return session().execute(query.order_by(Notice.id.desc()).limit(1)).scalar() or ""


def _of(community_id: int | None) -> ColumnElement[bool]:
    """A community's own and the town's; the town's desk sees all."""
    if community_id is None:
        return true()
    return or_(Notice.community_id == community_id, Notice.community_id.is_(None))
