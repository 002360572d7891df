"""Questions that nobody answered for a day: those who were asked hear of them once every morning (row 88)."""

from datetime import timedelta

from sqlalchemy import select

from models.base.clock import local, now
from models.base.links import personal_path
from models.base.orm import session
from models.duty.answering import answerer, asked_of
from models.enquiry.tables import Enquiry, State
from models.outbox.door import tell
from models.outbox.letter import Lane

AFTER = timedelta(days=1)
MOST = 1000


def remind() -> None:
    """One letter to each person, however many questions wait for that person."""
    at = now()
    waiting: dict[int, list[Enquiry]] = {}
    query = select(Enquiry).where(Enquiry.state == State.OPEN, Enquiry.asked_at <= at - AFTER)
    for enquiry in session().scalars(query.order_by(Enquiry.id).limit(MOST)):
        for person in _answerers(enquiry):
            waiting.setdefault(person, []).append(enquiry)
    for person, enquiries in waiting.items():
        oldest = enquiries[0]
        tell(
            "enquiries_waiting",
            person,
            about=None,
            occasion=local(at).date().isoformat(),
            lane=Lane.NEWS,
            path=personal_path("desk", person),
            count=len(enquiries),
            number=str(oldest.id),
            text=oldest.text,
            days=(at - oldest.asked_at).days,
        )


def _answerers(enquiry: Enquiry) -> list[int]:
    """Who was asked, as far as they are still on duty, else who would be asked today."""
    asked = [person for person in enquiry.to_ids if answerer(person) is not None]
    return asked or list(asked_of(enquiry.community_id, enquiry.category).people)
