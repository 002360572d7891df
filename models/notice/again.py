"""The second round: the same once more, only for those who have not opened it, by another way (row 89)."""

from dataclasses import replace

from models.base.actor import By
from models.base.refusals import NotAllowed
from models.duty.overseeing import speaks_for
from models.notice.audience import Audience
from models.notice.notice import Words, draft
from models.notice.tables import Kind, Notice, State


def may_begin(notice: Notice, by: By) -> bool:
    """Whether all have been told and this person speaks for all of them: of the town's notice a community's
    desk does not."""
    return notice.state == State.TOLD and not notice.is_about_fees and speaks_for(by.id, notice.community_id)


def second_round(notice: Notice, by: By) -> int:
    """A draft with the words of `notice` for whoever was sent it and has neither opened it nor been told at
    the door; returns its number. Raises NotAllowed where `may_begin` says no."""
    if not may_begin(notice, by):
        raise NotAllowed("notice_not_told", number=notice.id)
    words = Words(
        notice.title,
        notice.body,
        notice.signed,
        Kind(notice.kind),
        notice.is_call,
        notice.valid_from,
        notice.valid_until,
    )
    audience = replace(Audience.of(notice.audience), unread_of=notice.id)
    return draft(words, audience, by, notice.community_id)
