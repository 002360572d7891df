"""Who reads a mediation: the mediator and who opened it, nobody else, whatever the post (row 14).

Each reading is a step. What is listed, counted or told elsewhere knows nothing of parties, matter and notes.
Where both have left their posts, whoever decides there sees that one waits, and finds it another mediator.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, exists, or_, select

from models.base.actor import By
from models.base.clock import ago, local, now
from models.base.orm import session
from models.base.privacy import seal, unseal
from models.base.refusals import NotFound
from models.duty.overseeing import decides
from models.history import Step, record, steps_about
from models.mediation.tables import Mediation, MediationMeeting
from models.person.tables import Staff

ABOUT = "mediation"
LISTED_DAYS = 365  # after its end


class Meeting(NamedTuple):
    number: int
    at: datetime
    note: str
    by_id: int


class Opened(NamedTuple):
    """A mediation with its seals open, for one of the two."""

    mediation: Mediation
    parties: str
    matter: str
    agreement: str | None
    meetings: list[Meeting]
    steps: Sequence[Step]


class Line(NamedTuple):
    """What a list may show of one: nothing of what is sealed."""

    public_id: str
    kind: str
    case_id: int | None
    began_on: date
    opened_at: datetime
    mediator_id: int
    opened_by: int
    check_on: date | None
    concluded_at: datetime | None
    ended_how: str | None

    def is_due(self, today: date) -> bool:
        """Whether it is time to ask if the agreement was kept."""
        return self.ended_how is None and self.check_on is not None and self.check_on <= today


def held(public_id: str, person_id: int) -> Mediation:
    """The row, ours until the commit. Raises NotFound for everybody but the two."""
    query = select(Mediation).where(
        Mediation.public_id == public_id,
        or_(Mediation.mediator_id == person_id, Mediation.opened_by == person_id),
    )
    found = session().scalars(query.with_for_update()).first()
    if found is None:
        raise NotFound("page_not_found")
    return found


def left(public_id: str, person_id: int) -> Mediation:
    """The row of one that both have left, ours until the commit; its seals stay shut. Raises NotFound for
    whoever does not decide there."""
    query = select(Mediation).where(Mediation.public_id == public_id, both_left())
    found = session().scalars(query.with_for_update()).first()
    if found is None or not decides(person_id, found.community_id):
        raise NotFound("page_not_found")
    return found


def all_left(person_id: int) -> list[Line]:
    """Open ones that both have left, where this person decides, the oldest first."""
    query = select(Mediation.community_id, *(getattr(Mediation, name) for name in Line._fields))
    rows = session().connection().execute(query.where(both_left()).order_by(Mediation.id))
    return [Line(*row[1:]) for row in rows if decides(person_id, row[0])]


def both_left() -> ColumnElement[bool]:
    two = (Mediation.mediator_id, Mediation.opened_by)
    return Mediation.ended_at.is_(None) & ~exists().where(Staff.person_id.in_(two), Staff.active)


def read(public_id: str, by: By) -> Opened:
    """Opens the seals and writes down who read. Raises NotFound for everybody but the two."""
    found = held(public_id, by.id or 0)
    record((ABOUT, found.id), "mediation_read", by=by, at=now())
    query = select(MediationMeeting).where(MediationMeeting.mediation_id == found.id)
    meetings = session().scalars(query.order_by(MediationMeeting.number))
    return Opened(
        found,
        unsealed(found, "parties", found.parties_sealed),
        unsealed(found, "matter", found.matter_sealed),
        unsealed(found, "agreement", found.agreement_sealed) if found.agreement_sealed else None,
        [
            Meeting(one.number, one.at, unsealed(found, f"note/{one.number}", one.note_sealed), one.by_id)
            for one in meetings
        ],
        steps_about(ABOUT, found.id),
    )


def mine(person_id: int) -> list[Line]:
    """Those that this person mediates or opened, what is open first."""
    query = (
        select(*(getattr(Mediation, name) for name in Line._fields))
        .where(or_(Mediation.mediator_id == person_id, Mediation.opened_by == person_id))
        .where(or_(Mediation.ended_at.is_(None), Mediation.ended_at > ago(days=LISTED_DAYS)))
        .order_by(Mediation.id)
    )
    found = [Line(*row) for row in session().connection().execute(query)]
    return sorted(found, key=lambda one: one.ended_how is not None)


def due(person_id: int) -> int:
    """How many agreements this mediator has to ask about."""
    today = local(now()).date()
    return sum(one.mediator_id == person_id and one.is_due(today) for one in mine(person_id))


def is_with_mediator(case_id: int) -> bool:
    """All that a case knows of it."""
    query = select(Mediation.id).where(Mediation.case_id == case_id, Mediation.ended_at.is_(None))
    return session().execute(query.limit(1)).first() is not None


def sealed(public_id: str, what: str, said: str) -> str:
    return seal(said, f"mediations.{what}/{public_id}")


def unsealed(mediation: Mediation, what: str, said: str) -> str:
    """Empty where the key is another one."""
    return unseal(said, f"mediations.{what}/{mediation.public_id}") or ""
