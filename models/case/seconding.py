"""What takes a case out of sight without its people's word needs two: 作废 by staff, and less urgency.

As an end other than mended (ending.py): one person proposes with the reason, somebody else who decides there
agrees or does not. Meanwhile its limits run on.
"""

from typing import Any, NamedTuple

from models.base.actor import By
from models.base.clock import now
from models.base.refusals import Invalid, NotAllowed
from models.case.ending import LONGEST, Ending
from models.case.lifecycle import OPEN, State
from models.duty.answering import answerer
from models.duty.overseeing import decides_on
from models.history import record, steps_about
from models.outbox.door import tell, withdraw

VOID, LOWER = "void", "lower"
KINDS = (VOID, LOWER)
ASKED = "second_asked"


class Asked(NamedTuple):
    """What waits for a second person. `wanted`: the urgency, or what it was instead of a case."""

    kind: str  # void | lower
    reason: str
    wanted: str
    by_id: int
    step: int


class Seconding(Ending):
    def asked_second(self) -> Asked | None:
        """What waits for somebody who decides."""
        if self.proposal not in KINDS:
            return None
        last = [step for step in steps_about("case", self.id) if step.what == ASKED][-1]
        said = last.facts
        return Asked(said["asks"], said["reason"], said["wanted"], said["person"], last.id)

    def ask_second(self, person_id: int, kind: str, reason: str, wanted: str) -> None:
        """Whether this person may propose it is the caller's to know. Raises NotAllowed: no_longer_open,
        claim_waits, nobody_agrees; Invalid: reason_needed."""
        if State(self.state) not in OPEN:
            raise NotAllowed("no_longer_open", number=self.number)
        if self.proposal is not None:
            raise NotAllowed("claim_waits", number=self.number)
        reason = reason.strip()[:LONGEST]
        if not reason:
            raise Invalid("reason_needed", number=self.number)
        agreeing = self._agreeing(person_id)
        if not agreeing:
            raise NotAllowed("nobody_agrees", number=self.number)
        asks: dict[str, Any] = {"asks": kind, "reason": reason, "wanted": wanted}
        step = record(self.about, ASKED, by=By.staff(person_id), at=now(), person=person_id, **asks)
        self.proposal = kind
        who = answerer(person_id)
        for person in agreeing:
            facts = self.facts(**asks, who=who.name if who else None)
            tell("case_second_asked", person, about=self.about, occasion=str(step), **facts)

    def lower(self, person_id: int, *, category: str | None, urgency: str, reason: str) -> bool:
        """Less pressing: done, or proposed where one may not say so alone; the category is put right at once.
        Whether it was done."""
        if not self.lowering_needs_second(person_id, urgency):
            return self.correct(category=category, urgency=urgency, by=By.staff(person_id))
        self.ask_second(person_id, LOWER, reason, urgency)
        self.correct(category=category, urgency=self.urgency, by=By.staff(person_id))
        return False

    def seconded(self, person_id: int) -> Asked | None:
        """Somebody else who decides there agrees; the caller does what was asked. None when nothing waits any
        more. Raises NotAllowed: not_yours, proposer_agrees."""
        found = self._second_open_to(person_id)
        if found is None:
            return None
        self.proposal = None
        record(self.about, "second_agreed", by=By.staff(person_id), at=now(), asks=found.kind)
        self._tell_asker(found, None)
        return found

    def agree_to_lower(self, found: Asked, person_id: int) -> None:
        by = By.staff(found.by_id)
        self.correct(category=self.category, urgency=found.wanted, by=by, agreed_by=person_id)

    def refuse_second(self, person_id: int, why: str) -> bool:
        """With a reason. False when nothing waits any more."""
        found = self._second_open_to(person_id)
        if found is None:
            return False
        why = why.strip()[:LONGEST]
        if not why:
            raise Invalid("reason_needed", number=self.number)
        self.proposal = None
        record(self.about, "second_refused", by=By.staff(person_id), at=now(), asks=found.kind, reason=why)
        self._tell_asker(found, why)
        return True

    def _second_open_to(self, person_id: int) -> Asked | None:
        if not decides_on(person_id, self):
            raise NotAllowed("not_yours", number=self.number)
        found = self.asked_second()
        if found is not None and found.by_id == person_id:
            raise NotAllowed("proposer_agrees", number=self.number)
        return found

    def _tell_asker(self, found: Asked, why: str | None) -> None:
        withdraw(self.about, "case_second_asked")
        facts = self.facts(asks=found.kind, wanted=found.wanted, why=why)
        tell("case_second_ended", found.by_id, about=self.about, occasion=str(found.step), **facts)
