"""What was missing is said: the place, the matter, a photo. Also corrections by staff."""

from datetime import datetime

from models.base.actor import SYSTEM, By
from models.base.clock import now
from models.base.refusals import NotAllowed
from models.case import offering
from models.case.alarm import tell_place
from models.case.joining import Joining
from models.case.lifecycle import OPEN, UNTAKEN, State
from models.case.tables import TEXT_LIMIT
from models.duty.answering import Answering
from models.history import record
from models.outbox.door import tell, withdraw
from models.person.arriving import staff_of
from models.place.spot import Spot


class Completing(Joining):
    def add_text(self, text: str, by: By) -> None:
        """Words that belong to this case. Nothing said before is lost; whoever works on it reads them."""
        self.text = f"{self.text}\n{text}".strip()[:TEXT_LIMIT]
        step = record(self.about, "added", by=by, at=now())
        if self.state == State.HANDLING and by.id != self.taker_id:
            self._tell_taker(text[:TEXT_LIMIT], step)

    def urge(self, by: By) -> None:
        """催办: somebody asks how far it is. Written down, so that silence can be seen."""
        record(self.about, "urged", by=by, at=now())

    def understand_as(self, *, category: str | None, urgency: str) -> None:
        """Fills what was not known yet; a danger once seen is never talked down by a later word."""
        if self.category is None:
            self.category = category
        if _GRAVITY[urgency] > _GRAVITY[self.urgency]:
            self.urgency = urgency

    def correct(self, *, category: str | None, urgency: str, by: By) -> bool:
        """Staff say better what it is and how pressing. False when that is what it says already."""
        if (category, urgency) == (self.category, self.urgency):
            return False
        record(
            self.about,
            "corrected",
            by=by,
            at=now(),
            category=[self.category, category],
            urgency=[self.urgency, urgency],
        )
        self.category, self.urgency = category, urgency
        return True

    def file(self, *, by: By = SYSTEM, spot: Spot | None = None) -> Answering:
        """信息采集 is over: the case goes to whoever answers for it, however little we know."""
        if spot is not None:
            self.put_at(spot)
        self.waits_until = None
        return self._dispatch(by=by)

    def relocate(self, spot: Spot, by: By) -> Answering:
        """The place is said, or said better. Until somebody works on it, it goes to whoever answers there;
        whoever works on it is told, and whoever is rung about it."""
        if State(self.state) not in OPEN:
            raise NotAllowed("case_over", number=self.number)
        if spot.is_known or self.estate_id is None:
            self.put_at(spot)
        step = record(self.about, "place_said", by=by, at=now(), **spot.facts())
        if self.urgency == "emergency":
            tell_place(self.id, self.community_id, self.facts())
        if self.state not in UNTAKEN:
            self._tell_taker("", step)
            return Answering("taken", (self.taker_id,) if self.taker_id else ())
        offering.end(self.id, "moved", at=now())
        answers = self.file(by=by)
        self._refresh_cards()
        return answers

    def _dispatch(
        self,
        *,
        by: By,
        except_for: frozenset[int] = frozenset(),
        note: str | None = None,
        was_returned: bool = False,
    ) -> Answering:
        at = now()
        answers = offering.find(self.spot, self.category, except_for=except_for)
        self.route = answers.route
        self.taker_id = None
        self.accepted_at = None
        withdraw(self.about, *offering.LETTERS)
        if answers.people:
            self._enter(State.DISPATCHED, "routed", by, at, route=answers.route)
        elif self.state != State.FILED:
            self._enter(State.FILED, "routed", by, at, route=answers.route)
        self._offer(answers, at, note, _name(by) if was_returned else None)
        return answers

    def _offer(
        self, answers: Answering, at: datetime, note: str | None, returned_by: str | None = None
    ) -> None:
        self.route = answers.route
        offering.offer(
            self.id,
            answers,
            facts=self.facts(),
            at=at,
            occasion=f"{self.round}.{offering.count(self.id)}",
            note=note,
            returned_by=returned_by,
        )

    def _tell_taker(self, said: str, step: int) -> None:
        """Whoever works on it hears what has become known since."""
        if self.taker_id is not None:
            facts = self.facts(said=said)
            tell("case_changed", self.taker_id, about=self.about, occasion=str(step), **facts)


def _name(by: By) -> str | None:
    staff = staff_of(by.id) if by.id is not None else None
    return staff.name if staff is not None else None


_GRAVITY = {"normal": 0, "urgent": 1, "emergency": 2}
