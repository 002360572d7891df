"""The part of a notice's page that is about the platform's check: what keeps it, and who may read in its
stead."""

from typing import Any

from models.notice import checking
from models.notice.tables import Notice, State
from models.person.arriving import Visitor


def check_facts(notice: Notice, visitor: Visitor, decides_it: bool) -> dict[str, Any] | None:
    """For templates/pages/notice/_check.html; None when there is nothing to say of it."""
    sent_back = checking.sent_back(notice)
    if notice.state != State.CHECKING and sent_back is None:
        return None
    is_author = notice.author_id == visitor.person_id
    is_checking = notice.state == State.CHECKING
    was_asked = is_checking and notice.checked == checking.ASKED
    return {
        "sent_back": sent_back,
        "is_author": is_author,
        "was_asked": was_asked,
        "hindrance": checking.hindrance(notice) if is_checking else None,
        "since": notice.checking_since,
        "may_let_through": decides_it and was_asked and not is_author,
        "may_send_back": decides_it and is_checking,
    }
