"""What was missing is said: the place, the matter, a photo. Also corrections by staff."""

from models.base.actor import SYSTEM, By
from models.base.clock import now
from models.case import offering
from models.case.joining import Joining
from models.case.lifecycle import State
from models.duty.answering import Answering
from models.history import record
from models.outbox.door import withdraw
from models.place.spot import Spot


class Completing(Joining):
    def add_text(self, text: str, by: By) -> None:
        """Words that belong to this case. Nothing said before is lost."""
        self.text = f"{self.text}\n{text}".strip()[:2000]
        record(self.about, "added", by=by, at=now())

    def urge(self, by: By) -> None:
        """催办: somebody asks how far it is. Written down, so that silence can be seen."""
        record(self.about, "urged", by=by, at=now())

    def understand_as(self, *, category: str | None, urgency: str) -> None:
        """Fills what was not known yet; a danger once seen is never talked down by a later word."""
        if self.category is None:
            self.category = category
        if _GRAVITY[urgency] > _GRAVITY[self.urgency]:
            self.urgency = urgency

    def file(self, *, by: By = SYSTEM, spot: Spot | None = None) -> Answering:
        """信息采集 is over: the case goes to whoever answers for it, however little we know."""
        if spot is not None:
            self.put_at(spot)
        self.waits_until = None
        return self._dispatch(by=by)

    def relocate(self, spot: Spot, by: By) -> Answering:
        """The place is said, or said better. Until somebody works on it, it goes to whoever answers there."""
        if spot.is_known or self.estate_id is None:
            self.put_at(spot)
        record(self.about, "place_said", by=by, at=now(), **spot.facts())
        if self.state not in (State.COLLECTED, State.FILED, State.DISPATCHED):
            return Answering("taken", (self.taker_id,) if self.taker_id else ())
        offering.end(self.id, "moved", at=now())
        withdraw(self.about, "case_dispatched")
        return self.file(by=by)

    def _dispatch(
        self, *, by: By, except_for: frozenset[int] = frozenset(), note: str | None = None
    ) -> Answering:
        at = now()
        answers = offering.find(self.spot, self.category, except_for=except_for)
        self.route = answers.route
        self.taker_id = None
        if answers.people:
            self._enter(State.DISPATCHED, "routed", by, at, route=answers.route)
        elif self.state != State.FILED:
            self._enter(State.FILED, "routed", by, at, route=answers.route)
        occasion = f"{self.round}.{offering.count(self.id)}"
        offering.offer(self.id, answers, facts=self.facts(), at=at, occasion=occasion, note=note)
        return answers


_GRAVITY = {"normal": 0, "urgent": 1, "emergency": 2}
