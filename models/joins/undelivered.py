"""Letters about somebody's case that did not arrive: a person must look at them."""

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import or_, select, text

from models.base.clock import now
from models.base.orm import session
from models.case.case import Case
from models.outbox.letter import STUCK, Letter

RECENT = timedelta(days=14)


class Undelivered(NamedTuple):
    letter: Letter
    case: Case


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
