"""延期 and 缓办: proposed with reason and date, agreed to by somebody else who decides; told to its people.

Extended, it is due on that date; deferred (to spring, to a yearly work), its limits stand still until then.
"""

from datetime import date, datetime, timedelta
from typing import NamedTuple

from models.base.actor import By
from models.base.clock import local, now
from models.base.refusals import Invalid, NotAllowed
from models.case.climbing import seen_of
from models.case.deadlines import Seen
from models.case.lifecycle import State
from models.case.pausing import Pausing
from models.duty.answering import answerer
from models.duty.overseeing import decides_on, others_deciding
from models.outbox.door import tell, withdraw
from models.workdays import workdays

KINDS = ("extend", "defer")
LONGEST = timedelta(days=366)
_DONE = {"extend": "extended", "defer": "deferred"}


class Proposal(NamedTuple):
    kind: str  # extend | defer
    until: datetime  # the close of office hours of that day
    reason: str
    by_id: int
    at: datetime


class Extending(Pausing):
    def proposed(self) -> Proposal | None:
        """What waits for somebody who decides."""
        return proposed_in(seen_of(self.id)) if self.proposal in KINDS else None

    def propose(self, person_id: int, kind: str, day: date, reason: str) -> None:
        """By whoever works on it or decides there. One waits at a time. Raises Invalid for a day that is not
        later than what its people were told, or more than a year away."""
        if not self.is_worked_on_by(person_id) and not decides_on(person_id, self):
            raise NotAllowed("not_yours", number=self.number)
        if State(self.state) != State.HANDLING or self.proposal is not None or kind not in KINDS:
            raise NotAllowed("no_longer_open", number=self.number)
        reason = reason.strip()[:300]
        if not reason:
            raise Invalid("reason_needed", number=self.number)
        at = now()
        until = workdays(self.community_id).closes(day)
        promised = (self.finish_due if kind == "extend" else None) or at
        if not local(at).date() < day <= local(at + LONGEST).date() or until <= promised:
            raise Invalid("later_day", number=self.number)
        agreeing = others_deciding(self.community_id, person_id)
        if not agreeing:
            raise NotAllowed("nobody_agrees", number=self.number)
        by = By.staff(person_id)
        step = self._clocked(f"{kind}_asked", by, until=until.isoformat(), reason=reason, person=person_id)
        self.proposal = kind
        who = answerer(person_id)
        for person in agreeing:
            facts = self.facts(
                delay=kind, until=until.isoformat(), reason=reason, who=who.name if who else None
            )
            tell("case_proposed", person, about=self.about, occasion=str(step), **facts)

    def agree(self, person_id: int) -> bool:
        """By another person who decides there. Its people read the reason and the day (art. 15 of the Beijing
        ordinance on 接诉即办). False when nothing waits any more."""
        found = self._open_to(person_id)
        if found is None:
            return False
        self._clocked(
            _DONE[found.kind],
            By.staff(person_id),
            until=found.until.isoformat(),
            reason=found.reason,
            asked_by=found.by_id,
        )
        self._settle(found, None)
        for person in self.concerned():
            tell(
                "case_extended",
                person,
                about=self.about,
                occasion=found.at.isoformat(),
                delay=found.kind,
                until=found.until.isoformat(),
                reason=found.reason,
                **self.facts(),
            )
        return True

    def refuse(self, person_id: int, why: str) -> bool:
        """With a reason. False when nothing waits any more."""
        found = self._open_to(person_id)
        if found is None:
            return False
        why = why.strip()[:300]
        if not why:
            raise Invalid("reason_needed", number=self.number)
        self._clocked(f"{found.kind}_refused", By.staff(person_id), reason=why)
        self._settle(found, why)
        return True

    def _open_to(self, person_id: int) -> Proposal | None:
        found = self.proposed()
        if not decides_on(person_id, self):
            raise NotAllowed("not_yours", number=self.number)
        if found is not None and found.by_id == person_id:
            raise NotAllowed("proposer_agrees", number=self.number)
        return found

    def _settle(self, found: Proposal, why: str | None) -> None:
        self.proposal = None
        withdraw(self.about, "case_proposed")
        occasion = found.at.isoformat()
        facts = self.facts(delay=found.kind, until=found.until.isoformat(), why=why)
        tell("case_proposal_ended", found.by_id, about=self.about, occasion=occasion, **facts)


def proposed_in(steps: list[Seen]) -> Proposal | None:
    """What was proposed last. Pure."""
    for step in reversed(steps):
        kind = step.what.removesuffix("_asked")
        if kind in KINDS and step.what != kind:
            facts = step.facts
            until = datetime.fromisoformat(facts["until"])
            return Proposal(kind, until, facts["reason"], facts["person"], step.at)
    return None
