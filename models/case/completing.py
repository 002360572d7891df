"""What was missing is said: the place, the matter, a photo. Also corrections by staff."""

from collections.abc import Iterable
from datetime import datetime

from models.base.actor import SYSTEM, By
from models.base.clock import now
from models.base.refusals import NotAllowed
from models.case import offering
from models.case.alarm import tell_place
from models.case.joining import Joining
from models.case.learning import learn_kind, learn_place
from models.case.lifecycle import OPEN, UNTAKEN, State
from models.case.tables import TEXT_LIMIT, WHOLE_LIMIT
from models.duty.answering import Answering
from models.history import record
from models.outbox.door import tell, withdraw
from models.person.arriving import staff_of
from models.place.spot import Spot


class Completing(Joining):
    def add_text(self, text: str, by: By, *, quietly: bool = False) -> None:
        """Words that belong to this case. Nothing said before is lost; whoever works on it, or may take it,
        reads them, but `quietly` when the next verb tells them more."""
        self.text = f"{self.text}\n{text}".strip()[:WHOLE_LIMIT]
        step = self._note("added", by)
        if not quietly:
            self._tell_workers(text[:TEXT_LIMIT], step, by)

    def add_photos(self, by: By, count: int) -> None:
        """Pictures without words, which are kept already."""
        self._note("added", by, photos=count)

    def urge(self, by: By) -> None:
        """催办: somebody asks how far it is. Written down, so that silence can be seen."""
        self._note("urged", by)

    def understand_as(self, *, category: str | None, urgency: str) -> None:
        """Fills what was not known yet; a danger once seen is never talked down by a later word."""
        known = (self.category, self.urgency)
        if self.category is None:
            self.category = category
        if _GRAVITY[urgency] > _GRAVITY[self.urgency]:
            self.urgency = urgency
        if (self.category, self.urgency) != known:
            self.reckon()

    def correct(self, *, category: str | None, urgency: str, by: By, agreed_by: int | None = None) -> bool:
        """Staff say better what it is and how pressing. False when that is what it says already.

        Raises NotAllowed: second_needed where one person alone may not make it less pressing.
        """
        if (category, urgency) == (self.category, self.urgency):
            return False
        if by.kind == "staff" and agreed_by is None and self.lowering_needs_second(by.id or 0, urgency):
            raise NotAllowed("second_needed", number=self.number)
        learn_kind(self, category, urgency, self.spot, by)
        record(
            self.about,
            "corrected",
            by=by,
            at=now(),
            category=[self.category, category],
            urgency=[self.urgency, urgency],
        )
        self.category, self.urgency = category, urgency
        self.reckon()
        return True

    def lowering_needs_second(self, person_id: int, urgency: str) -> bool:
        """Whether it takes two to make it less pressing: an emergency always, and what one has in hand, of
        which one would then be asked less (decision 0035)."""
        if _GRAVITY[urgency] >= _GRAVITY[self.urgency]:
            return False
        return self.urgency == "emergency" or self.is_in_hand_of(person_id)

    def is_in_hand_of(self, person_id: int) -> bool:
        """Works on it or may take it."""
        return self.taker_id == person_id or offering.is_offered(self.id, person_id)

    def file(self, *, by: By = SYSTEM, spot: Spot | None = None) -> Answering:
        """信息采集 is over: the case goes to whoever answers for it, however little we know."""
        if self.state == State.VOID:
            raise NotAllowed("case_over", number=self.number)
        if spot is not None:
            self.put_at(spot)
        self.waits_until = None
        return self._dispatch(by=by)

    def relocate(self, spot: Spot, by: By, *, said: str = "") -> Answering:
        """The place is said, or said better; `said` are the words that put it right.

        Until somebody works on it, it goes to whoever answers there, and who had it before is told. Whoever
        works on it keeps it and is told, unless it turns out to stand at another house, where others answer.
        """
        if State(self.state) not in OPEN:
            raise NotAllowed("case_over", number=self.number)
        house, before = self.building_id, self.spot
        if spot.is_known or self.estate_id is None:
            self.put_at(spot)
        if said or by.kind == "staff":
            learn_place(self, before, self.spot, by)
        step = self._note("place_said", by, None, **spot.facts())
        if self.urgency == "emergency":
            tell_place(self.id, self, self.facts())
        is_elsewhere = None not in (house, self.building_id) and house != self.building_id
        return self._put_right(by, step, said, is_elsewhere=is_elsewhere)

    def reconsider(self, *, category: str | None, urgency: str, by: By, said: str) -> Answering:
        """Its reporter says better what it is or how pressing: as `relocate`."""
        self.correct(category=category, urgency=urgency, by=by)
        step = self._note("added", by)
        self.text = f"{self.text}\n{said}".strip()[:WHOLE_LIMIT]
        return self._put_right(by, step, said, is_elsewhere=False)

    def _put_right(self, by: By, step: int, said: str, *, is_elsewhere: bool) -> Answering:
        """To whoever answers for it as it is now."""
        if self.state not in UNTAKEN:
            answers = offering.find(self.spot, self.category, except_for=offering.returned_by(self.id))
            if self.state != State.HANDLING or not is_elsewhere or self.taker_id in answers.people:
                self.reckon()
                self._tell_taker(said, step)
                return Answering("taken", (self.taker_id,) if self.taker_id else ())
        had, taker = set(offering.holders(self.id)), self.taker_id
        offering.end(self.id, "moved", at=now())
        withdraw(self.about, "case_accepted", "finish_reminder")
        answers = self.file(by=by)
        self._call_off(had - set(answers.people), taker, "moved", step)
        self._refresh_cards()
        return answers

    def _call_off(
        self, former: Iterable[int], taker: int | None, why: str, step: int, **more: str | None
    ) -> None:
        facts = self.facts()
        offering.call_off(self.id, former, taker, why, facts=facts, occasion=str(step), **more)

    def _dispatch(
        self,
        *,
        by: By,
        except_for: frozenset[int] = frozenset(),
        note: str | None = None,
        was_returned: bool = False,
        answers: Answering | None = None,
    ) -> Answering:
        """To these, else to whoever answers for it."""
        at = now()
        answers = answers or offering.find(self.spot, self.category, except_for=except_for)
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
        self.reckon(at)

    def _tell_workers(self, said: str, step: int, by: By) -> None:
        if self.state == State.HANDLING and by.id != self.taker_id:
            self._tell_taker(said, step)
        elif self.state == State.DISPATCHED:
            for person in offering.holders(self.id):
                if person != by.id:
                    facts = self.facts(said=said)
                    tell("case_changed", person, about=self.about, occasion=str(step), **facts)

    def _tell_taker(self, said: str, step: int) -> None:
        """Whoever works on it hears what has become known since."""
        if self.taker_id is not None:
            facts = self.facts(said=said)
            tell("case_changed", self.taker_id, about=self.about, occasion=str(step), **facts)


def _name(by: By) -> str | None:
    staff = staff_of(by.id) if by.id is not None else None
    return staff.name if staff is not None else None


_GRAVITY = {"normal": 0, "urgent": 1, "emergency": 2}
