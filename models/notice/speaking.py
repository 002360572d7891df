"""Who may say something to whom: a desk to its own community, the town's desk to all."""

from models.base.actor import By
from models.base.refusals import NotAllowed
from models.duty.overseeing import speaks_for
from models.notice.audience import Audience, Reach, reach_of


def may_address(audience: Audience, by: By, community_id: int | None) -> Reach:
    """Whom the desk of the community (of the town without one) would reach.

    Raises Invalid for an audience that cannot be, NotAllowed for a post that does not speak for the community
    and for an audience outside it.
    """
    reach = reach_of(audience, community_id)
    if by.id is None or not speaks_for(by.id, community_id):
        raise NotAllowed("notice_not_yours")
    # Otherwise it is narrowed by what it was that is unread.
    says_where = audience.names_places or audience.is_for_staff or bool(audience.tags)
    if community_id is not None and says_where and reach.touched - {community_id}:
        raise NotAllowed("notice_not_yours")
    return reach
