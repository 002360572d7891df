"""Letters about somebody's case or question that did not arrive: a person must look at them."""

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import or_, select, text

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
    query = (
        select(Letter, Case)
        .join(Case, (Letter.about_kind == "case") & (Letter.about_id == Case.id))
        .where(
            text(f"letters.{STUCK}"),
            Letter.to_kind == "person",
            Letter.created_at > now() - RECENT,
        )
    )
    if community_id is not None:
        query = query.where(or_(Case.community_id == community_id, Case.community_id.is_(None)))
    rows = session().execute(query.order_by(Letter.created_at.desc(), Letter.id.desc()).limit(limit))
    return [Undelivered(letter, case) for letter, case in rows]


def unheard(community_id: int | None, limit: int = 20) -> Sequence[Unheard]:
    """As `undelivered`, about questions."""
    query = (
        select(Letter, Enquiry)
        .join(Enquiry, (Letter.about_kind == "enquiry") & (Letter.about_id == Enquiry.id))
        .where(
            text(f"letters.{STUCK}"),
            Letter.to_kind == "person",
            Letter.created_at > now() - RECENT,
        )
    )
    if community_id is not None:
        query = query.where(or_(Enquiry.community_id == community_id, Enquiry.community_id.is_(None)))
    rows = session().execute(query.order_by(Letter.created_at.desc(), Letter.id.desc()).limit(limit))
    return [Unheard(letter, enquiry) for letter, enquiry in rows]
