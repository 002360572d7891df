"""The second round: the same once more, only for those who have not opened it, by another way (row 89)."""

from dataclasses import replace

from models.base.actor import By
from models.base.refusals import NotAllowed
from models.notice.audience import Audience
from models.notice.notice import Words, draft
from models.notice.tables import Kind, Notice, State


def second_round(notice: Notice, by: By) -> int:
    """A draft with the words of `notice` for whoever was sent it and has neither opened it nor been told at
    the door; returns its number. Raises NotAllowed before all have been told and when it is over."""
    if notice.state != State.TOLD or notice.is_about_fees:
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
