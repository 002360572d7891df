"""接单, 退单, 转派: exactly one taker, and nobody takes what was not offered."""

from typing import Any

from models.base.actor import By
from models.base.clock import now
from models.base.refusals import Invalid, NotAllowed
from models.case import offering
from models.case.alarm import quiet, rung_about
from models.case.extending import Extending
from models.case.lifecycle import CLAIMED, UNFINISHED, State
from models.case.rulings import is_held_to
from models.duty.answering import Answering
from models.duty.overseeing import decides_on
from models.outbox.door import tell, withdraw
from models.person.arriving import staff_of
from models.person.colleagues import is_colleague


class Assigning(Extending):
    def accept(self, person_id: int) -> bool:
        """The first of those it was offered to gets it. False when this person has it already.

        The caller holds the row (Case.hold), so of two taps in one millisecond one comes second and is told
        whose it is. Of an emergency, whoever is rung may take it too.
        """
        if self.is_worked_on_by(person_id):
            return False
        if self.state == State.HANDLING or self.state in CLAIMED:
            raise NotAllowed("taken_by_other", number=self.number)
        if not self.may_be_accepted_by(person_id):
            raise NotAllowed("not_offered", number=self.number)
        at = now()
        if not offering.is_offered(self.id, person_id):
            offering.note_offer(self.id, person_id, "desk", at)
        self._enter(State.HANDLING, "accepted", By.staff(person_id), at)
        self.taker_id = person_id
        self.accepted_at = at
        self.waits_until = None
        offering.end(self.id, "accepted", at=at, person_id=person_id)
        offering.end(self.id, "taken_by_other", at=at)
        withdraw(self.about, *offering.LETTERS)
        quiet(self.id, By.staff(person_id))
        self._refresh_cards()
        for person in self.concerned():
            tell(
                "case_accepted",
                person,
                about=self.about,
                occasion=f"{self.round}.{offering.count(self.id)}",
                **self._with_taker(),
            )
        return True

    def give_back(self, person_id: int, reason: str) -> Answering | None:
        """退单 with its reason: on to the next who answers. None while others still hold an offer."""
        reason = reason.strip()
        mine = self.is_worked_on_by(person_id)
        if not mine and not super().may_be_accepted_by(person_id):
            raise NotAllowed("not_yours", number=self.number)
        if not reason:
            raise Invalid("reason_needed", number=self.number)
        if why := is_held_to(self.id, person_id):
            raise NotAllowed(why, number=self.number)
        at = now()
        by = By.staff(person_id)
        if mine:
            # The offer ended when it was accepted; that it came back is what the next routing must know.
            offering.note_return(self.id, person_id, at)
            self._enter(State.FILED, "returned", by, at, reason=reason, had=person_id)
            withdraw(self.about, "case_accepted", "finish_reminder")
        else:
            offering.end(self.id, "returned", at=at, person_id=person_id)
            self._enter(State.DISPATCHED, "returned", by, at, reason=reason)
            if offering.holders(self.id):
                return None
        returned = offering.returned_by(self.id)
        answers = self._dispatch(by=by, except_for=returned, note=reason, was_returned=True)
        self._refresh_cards()
        return answers

    def transfer(self, person_id: int, to: int, reason: str) -> None:
        """转派: hands it to one named colleague, who still has to accept.

        By whoever has it or was offered it, and by the community's desk, which also places what has nobody. A
        department to which it was handed passes it on within its own house only.
        """
        reason = reason.strip()
        if not (
            self.is_worked_on_by(person_id)
            or super().may_be_accepted_by(person_id)
            or (self.state in UNFINISHED and self._may_hand_on(person_id))
        ):
            raise NotAllowed("not_yours", number=self.number)
        if not reason and to != person_id:
            raise Invalid("reason_needed", number=self.number)
        colleague = staff_of(to)
        held = is_held_to(self.id, person_id)
        if held is not None and not self._may_hand_on(person_id) and not _of_one_house(person_id, to):
            raise NotAllowed(held, number=self.number)
        if to == self.taker_id or colleague is None or not is_colleague(colleague, self.community_id):
            raise Invalid("no_such_colleague", number=self.number)
        at = now()
        offering.end(self.id, "transferred", at=at)
        withdraw(self.about, *offering.LETTERS, "case_accepted", "finish_reminder")
        had = {"had": self.taker_id} if self.taker_id is not None else {}
        self.taker_id = None
        self.accepted_at = None
        self.waits_until = None
        self._enter(State.DISPATCHED, "transferred", By.staff(person_id), at, to=to, reason=reason, **had)
        self._offer(Answering("transfer", (to,)), at, reason)
        self._refresh_cards()

    def void(self, by: By, reason: str, *, agreed_by: int | None = None, is_answered: bool = False) -> int:
        """作废: withdrawn by its reporter or whoever wrote it for one, or no case in the eyes of the desk, of
        whom it takes two (seconding.py); always with the reason. Who has heard of it is told. `is_answered`:
        its people get an answer instead. Gives the step.

        Raises NotAllowed: not_yours, second_needed; Invalid: reason_needed.
        """
        mine = by.kind == "person" and by.id is not None and self.is_told_by(by.id)
        if not mine and not (by.kind == "staff" and decides_on(agreed_by or by.id, self)):
            raise NotAllowed("not_yours", number=self.number)
        reason = reason.strip()
        if not reason:
            raise Invalid("reason_needed", number=self.number)
        if not mine and agreed_by is None and self.voiding_needs_second(by.id or 0, is_answered):
            raise NotAllowed("second_needed", number=self.number)
        answered = {"answered": True} if is_answered else {}
        return self._end(State.VOID, "voided", by, "withdrawn", reason=reason, **answered)

    def voiding_needs_second(self, person_id: int, is_answered: bool) -> bool:
        """Whether it takes two: always where nobody will answer its people, else of an emergency and of what
        one has in hand (decision 0035)."""
        return not is_answered or self.urgency == "emergency" or self.is_in_hand_of(person_id)

    def _end(self, state: State, what: str, by: By, why: str, **facts: Any) -> int:
        """Nobody has to work on it any more. Gives the step."""
        at = now()
        step = self._enter(state, what, by, at, **facts)
        self.waits_until = None
        self.closed_at = at
        had = set(offering.holders(self.id)) - {by.id}
        taker = self.taker_id if self.taker_id != by.id else None
        offering.end(self.id, "merged" if why == "merged" else "closed", at=at)
        withdraw(
            self.about,
            *offering.LETTERS,
            "case_accepted",
            "case_changed",
            "finish_reminder",
            "case_emergency",
        )
        quiet(self.id, by)
        self._call_off(had, taker, why, step, **facts)
        self._refresh_cards()
        return step

    def take_over(self, person_id: int) -> None:
        """接过来办, by somebody who stands where it has climbed to, from whoever has it."""
        if not self.is_above(person_id):
            raise NotAllowed("not_yours", number=self.number)
        had = self.taker_id
        if self.state == State.HANDLING and had != person_id:
            self.transfer(person_id, person_id, "")
            self._call_off((), had, "moved", offering.count(self.id))
        self.accept(person_id)

    def _may_hand_on(self, person_id: int) -> bool:
        return decides_on(person_id, self) or self.is_above(person_id)

    def may_be_accepted_by(self, person_id: int) -> bool:
        """What nobody was found for is open to the desk and to whoever it climbed to, an emergency to whoever
        is rung."""
        if super().may_be_accepted_by(person_id):
            return True
        if self.state == State.FILED and self._may_hand_on(person_id):
            return True
        rings = self.urgency == "emergency" and self.state in (State.FILED, State.DISPATCHED)
        return rings and person_id in rung_about(self.id, self)


def _of_one_house(one: int, other: int) -> bool:
    mine, theirs = staff_of(one), staff_of(other)
    return mine is not None and theirs is not None and mine.employer == theirs.employer is not None
