"""Who opens a notice by a personal link, and what of it this person may see and decide."""

from typing import NamedTuple

from handlers.pages.case_facts import arriving
from models.base.links import Link
from models.base.orm import session
from models.base.refusals import NotFound
from models.duty.overseeing import oversees
from models.notice.agreeing import answers_for
from models.notice.tables import Notice, State
from models.person.arriving import Visitor

UNSEEN = (State.DRAFT, State.CHECKING, State.HELD)  # but for its author and those who watch over it


class Sight(NamedTuple):
    notice: Notice
    visitor: Visitor
    decides: bool
    oversees: bool


def seen(link: Link) -> Sight:
    """Raises NotFound for what is not there, and for what this person may not see yet."""
    visitor = arriving(link.person_id)
    notice = session().get(Notice, link.key)
    if notice is None:
        raise NotFound("page_not_found")
    visitor = visitor.standing_at(notice.community_id)
    may_decide = visitor.is_staff and answers_for(notice, visitor.person_id)
    wrote_it = (
        notice.author_id == visitor.person_id
    )  # a keeper who warns of a danger decides about nothing else
    watches = may_decide or (
        visitor.is_staff and (wrote_it or oversees(visitor.person_id, notice.community_id))
    )
    if notice.state in UNSEEN and not watches:
        raise NotFound("page_not_found")
    return Sight(notice, visitor, may_decide, watches)
