"""New differences are told to the desks that decide about them, one letter a morning, without a sum."""

from collections import Counter
from datetime import date, datetime

from sqlalchemy import func, select

from models.base.links import personal_path
from models.base.orm import session
from models.duty.overseeing import deciding_here
from models.outbox.door import tell
from models.outbox.letter import Lane
from models.pay.tables import Difference
from models.place.tables import Estate

KIND = "differences"


def tell_of_new(since: datetime, today: date) -> None:
    """Of those that were found since then and are still open: each community's desk of its own, the town's
    of what is nobody's."""
    query = (
        select(Estate.community_id, func.count(Difference.id))
        .select_from(Difference)
        .outerjoin(Estate, Estate.id == Difference.estate_id)
        .where(Difference.settled_at.is_(None), Difference.found_at >= since)
        .group_by(Estate.community_id)
    )
    waiting: Counter[int] = Counter()
    for community, many in session().execute(query):
        waiting.update(dict.fromkeys(deciding_here(community), int(many)))
    for person, many in sorted(waiting.items()):
        tell(
            KIND,
            person,
            about=None,
            occasion=today.isoformat(),
            lane=Lane.NEWS,
            path=f"{personal_path('desk', person)}/fees/compare",
            count=many,
        )
