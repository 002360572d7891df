"""Letters about somebody's case or question that did not arrive: a person must look at them."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from sqlalchemy import Row, or_, select, text

from models.base.clock import now
from models.base.orm import session
from models.case.case import Case
from models.enquiry.tables import Enquiry
from models.outbox.letter import STUCK, Letter

RECENT = timedelta(days=14)


class Undelivered(NamedTuple):
    letter: Letter
    case: Case


class Unheard(NamedTuple):
    """An answer that did not reach its asker, or a question that did not reach who answers it."""

    letter: Letter
    enquiry: Enquiry


def undelivered(community_id: int | None, limit: int = 20) -> Sequence[Undelivered]:
    """Letters to persons about cases of this community (of the town without one), the newest first."""
    return [Undelivered(letter, case) for letter, case in _stuck(Case, "case", community_id, limit)]


def unheard(community_id: int | None, limit: int = 20) -> Sequence[Unheard]:
    """As `undelivered`, about questions."""
    return [Unheard(letter, enquiry) for letter, enquiry in _stuck(Enquiry, "enquiry", community_id, limit)]


def _stuck(thing: Any, kind: str, community_id: int | None, limit: int) -> Sequence[Row[Letter, Any]]:
    query = (
        select(Letter, thing)
        .join(thing, (Letter.about_kind == kind) & (Letter.about_id == thing.id))
        .where(
            text(f"letters.{STUCK}"),
            Letter.to_kind == "person",
            Letter.created_at > now() - RECENT,
        )
    )
    if community_id is not None:
        query = query.where(or_(thing.community_id == community_id, thing.community_id.is_(None)))
    return session().execute(query.order_by(Letter.created_at.desc(), Letter.id.desc()).limit(limit)).all()
