"""接单, 退单, 转派: exactly one taker, and nobody takes what was not offered."""

from models.base.actor import By
from models.base.clock import now
from models.base.refusals import Invalid, NotAllowed
from models.case import offering
from models.case.completing import Completing
from models.case.lifecycle import State
from models.duty.answering import Answering
from models.outbox.door import tell, withdraw


class Assigning(Completing):
    def accept(self, person_id: int) -> bool:
        """The first of those it was offered to gets it. False when this person has it already.

        The caller holds the row (Case.hold), so of two taps in one millisecond one comes second and is told
        whose it is.
        """
        if self.taker_id == person_id:
            return False
        if self.state in (State.HANDLING, State.FINISHED, State.CLOSED, State.RATED):
            raise NotAllowed("taken_by_other", number=self.number)
        if not offering.is_offered(self.id, person_id):
            raise NotAllowed("not_offered", number=self.number)
        at = now()
        self._enter(State.HANDLING, "accepted", By.staff(person_id), at)
        self.taker_id = person_id
        self.accepted_at = at
        offering.end(self.id, "accepted", at=at, person_id=person_id)
        offering.end(self.id, "taken_by_other", at=at)
        withdraw(self.about, "case_dispatched")
        self._refresh_cards("accepted", taker=person_id)
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
        if not reason:
            raise Invalid("reason_needed", number=self.number)
        mine = self.taker_id == person_id and self.state == State.HANDLING
        if not mine and not offering.is_offered(self.id, person_id):
            raise NotAllowed("not_yours", number=self.number)
        at = now()
        by = By.staff(person_id)
        if mine:
            # The offer ended when it was accepted; that it came back is what the next routing must know.
            offering.note_return(self.id, person_id, at)
        else:
            offering.end(self.id, "returned", at=at, person_id=person_id)
            if offering.holders(self.id):
                self._enter(State.DISPATCHED, "returned", by, at, reason=reason)
                return None
        self._refresh_cards("returned", taker=person_id)
        if mine:
            self._enter(State.FILED, "returned", by, at, reason=reason)
        else:
            self._enter(State.DISPATCHED, "returned", by, at, reason=reason)
        return self._dispatch(by=by, except_for=offering.returned_by(self.id), note=reason)

    def transfer(self, person_id: int, to: int, reason: str) -> None:
        """转派: hands it to one named colleague, who still has to accept."""
        reason = reason.strip()
        if not reason:
            raise Invalid("reason_needed", number=self.number)
        if self.taker_id != person_id and not offering.is_offered(self.id, person_id):
            raise NotAllowed("not_yours", number=self.number)
        at = now()
        offering.end(self.id, "transferred", at=at)
        self._refresh_cards("transferred", taker=person_id)
        self.taker_id = None
        self._enter(State.DISPATCHED, "transferred", By.staff(person_id), at, to=to, reason=reason)
        self.route = "transfer"
        occasion = f"{self.round}.{offering.count(self.id)}"
        offering.offer(
            self.id, Answering("transfer", (to,)), facts=self.facts(), at=at, occasion=occasion, note=reason
        )

    def void(self, by: By, reason: str) -> None:
        """作废: withdrawn by its reporter, or not a case, always with the reason."""
        at = now()
        self._enter(State.VOID, "voided", by, at, reason=reason)
        self.waits_until = None
        self.closed_at = at
        offering.end(self.id, "closed", at=at)
        withdraw(self.about, "case_dispatched")
        self._refresh_cards("voided")
