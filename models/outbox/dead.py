"""Letters that did not arrive are told to named persons, once, many in one letter."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, text, update

from models.base.checkdigit import with_check
from models.base.orm import session
from models.outbox.door import tell
from models.outbox.letter import Lane, Letter

KIND = "dead_letters"
_EXAMPLES = 5
_MOST = 1000


def alert(person_ids: Sequence[int], at: datetime) -> int:
    """Tells these persons of all dead letters nobody was told of yet; returns how many there were.

    A dead alert is not alerted again: its fate stands in `hemei letter list`.
    """
    if not person_ids:
        return 0
    query = (
        select(
            Letter.id,
            Letter.kind,
            Letter.about_kind,
            Letter.about_id,
            Letter.reason,
            Letter.state,
            Letter.channel,
        )
        .where(text("state IN ('failed', 'unknown') AND alerted_at IS NULL"))
        .order_by(Letter.id)
        .limit(_MOST)
        .with_for_update(skip_locked=True)
    )
    dead = session().connection().execute(query).all()
    if not dead:
        return 0
    ids = [row.id for row in dead]
    session().execute(update(Letter).where(Letter.id.in_(ids)).values(alerted_at=at))
    told = [row for row in dead if row.kind != KIND]
    if told:
        examples = [
            {
                "kind": row.kind,
                "case": with_check(row.about_id) if row.about_kind == "case" and row.about_id else None,
                "state": row.state,
                "reason": row.reason,
                "channel": row.channel,
            }
            for row in told[:_EXAMPLES]
        ]
        for person in person_ids:
            tell(
                KIND,
                person,
                about=None,
                occasion=f"{ids[0]}-{ids[-1]}-{at.timestamp():.0f}",
                lane=Lane.ANSWER,
                not_before=at,
                count=len(told),
                examples=examples,
                at=at.isoformat(),
            )
    return len(told)
