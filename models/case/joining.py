"""我也遇到: many people, one case. Each is told, each may nod, object and rate."""

from typing import Any

from sqlalchemy import bindparam, select

from models.base.actor import By
from models.base.clock import now
from models.base.orm import put, session
from models.base.prepared import Prepared
from models.base.refusals import NotAllowed
from models.case.lifecycle import OPEN, State
from models.case.moving import Moving
from models.case.tables import Fellow
from models.history import record
from models.outbox.door import tell
from models.person.arriving import staff_of

_FELLOWS = Prepared(
    select(Fellow.person_id).where(Fellow.case_id == bindparam("case"), Fellow.left_at.is_(None))
)


class Joining(Moving):
    def concerned(self) -> list[int]:
        """The reporter and everybody who joined: those who are told and whose nod counts."""
        people = [self.reporter_id] if self.reporter_id is not None else []
        session().flush()
        joined = [row[0] for row in _FELLOWS(case=self.id).fetchall()]
        return people + [person for person in joined if person not in people]

    def join(self, person_id: int, text: str = "", *, by: By | None = None, **facts: str) -> bool:
        """One more reporter of the same thing. False when this person is in already.

        Who is joined by somebody else (`by`) is told by letter. `facts` go into the step.
        """
        if State(self.state) not in OPEN:
            raise NotAllowed("case_over", number=self.number)
        if person_id in self.concerned():
            return False
        fellow = (
            session()
            .scalars(select(Fellow).where(Fellow.case_id == self.id, Fellow.person_id == person_id))
            .first()
        )
        if fellow is not None:
            fellow.left_at = None
        else:
            put(Fellow, case_id=self.id, person_id=person_id, text=text[:500], joined_at=now())
        step = record(
            self.about, "joined", by=by or By.person(person_id), at=now(), person=person_id, **facts
        )
        if by is not None:
            tell("case_joined", person_id, about=self.about, occasion=str(step), **self.facts())
        return True

    def leave(self, person_id: int, *, by: By | None = None, **facts: str) -> Fellow:
        """A join that was a mistake is undone; the step stays."""
        fellow = (
            session()
            .scalars(
                select(Fellow).where(
                    Fellow.case_id == self.id, Fellow.person_id == person_id, Fellow.left_at.is_(None)
                )
            )
            .first()
        )
        if fellow is None:
            raise NotAllowed("not_joined", number=self.number)
        fellow.left_at = now()
        record(self.about, "left", by=by or By.person(person_id), at=now(), **facts)
        return fellow

    def _with_taker(self) -> dict[str, Any]:
        """The facts of a letter to residents: with the name of who is on it, and of his unit."""
        staff = staff_of(self.taker_id) if self.taker_id is not None else None
        return self.facts(
            taker_name=staff.name if staff else None, taker_unit=staff.employer if staff else None
        )
