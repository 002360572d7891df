"""Every move of a case: checked against the table, appended as a step."""

from datetime import datetime
from typing import Any

from models.base.actor import By
from models.base.clock import now
from models.base.links import personal_path
from models.base.refusals import NotAllowed
from models.case import offering
from models.case.climbing import Climbing
from models.case.deadlines import REPLIES
from models.case.lifecycle import NEXT, UNTAKEN, State
from models.duty.answering import answerer
from models.history import record
from models.outbox import cards
from models.outbox.door import withdraw


class Moving(Climbing):
    """What all abilities share."""

    def _enter(self, state: State, what: str, by: By, at: datetime | None = None, **facts: Any) -> int:
        """Gives the step."""
        if state not in NEXT[State(self.state)]:
            raise NotAllowed("case_move", number=self.number, state=self.state)
        at = at or now()
        self.catch_up(at)
        self.state = state
        step = record(self.about, what, by=by, at=at, **facts)
        if state != State.HANDLING and self.proposal is not None:  # whoever has it next may ask anew
            self.proposal = None
            withdraw(self.about, "case_proposed", "case_claim_asked", "case_second_asked")
        if self.rung and state not in UNTAKEN:  # whoever has not read yet that nobody moves need not
            withdraw(self.about, "case_climbed")
        if state != State.DISPATCHED:  # what is dispatched is offered next, and reckoned then
            self.reckon(at)
        return step

    def _clocked(self, what: str, by: By, **facts: Any) -> int:
        """A step that is no move, and on which a limit depends. Gives the step."""
        at = now()
        self.catch_up(at)
        step = record(self.about, what, by=by, at=at, **facts)
        self.reckon(at)
        return step

    def _note(self, what: str, by: By, at: datetime | None = None, **facts: Any) -> int:
        """A step that is no move; its people's answer ends the wait for it. Gives the step."""
        at = at or now()
        step = record(self.about, what, by=by, at=at, **facts)
        if self.pause == "resident" and by.kind == "person" and what in REPLIES:
            self.reckon(at)
        return step

    def card_facts(self, person_id: int) -> dict[str, Any]:
        """What this person's card about the case shows now. `mine`: the next move is this person's."""
        taker = answerer(self.taker_id) if self.taker_id is not None else None
        return self.facts(
            state=self.state,
            mine=self.is_worked_on_by(person_id) or self.may_be_accepted_by(person_id),
            taker_name=taker.name if taker else None,
            path=personal_path("case", person_id, self.id),
        )

    def is_worked_on_by(self, person_id: int) -> bool:
        return self.taker_id == person_id and self.state == State.HANDLING

    def may_be_accepted_by(self, person_id: int) -> bool:
        return self.state == State.DISPATCHED and offering.is_offered(self.id, person_id)

    def _refresh_cards(self) -> None:
        """The cards that staff still see say what is true now: called when the move is made."""
        cards.refresh(self.about, self.card_facts)
