"""Ends other than mended: explained, not true, deferred to a yearly work (rows 11, 13).

Each is proposed with its reason by whoever has the case or decides there, agreed to by somebody else who
decides there, and only then put to its people like "mended": yes, no, or silence. A no goes to the desk and
not back to whoever said it.
"""

from datetime import date
from typing import Any, NamedTuple

from models.base.actor import By
from models.base.clock import now
from models.base.refusals import Invalid, NotAllowed
from models.base.resources import table
from models.case import offering
from models.case.climbing import seen_of
from models.case.deadlines import Seen
from models.case.finishing import SILENCE_DAYS, Finishing
from models.case.levels import LEVELS, level_of
from models.case.lifecycle import CLAIMED, WORKING, State
from models.duty.answering import answerer
from models.duty.overseeing import above, decides_on, deciding_here
from models.history import record, steps_about
from models.outbox.door import tell, withdraw

CLAIMS = ("explained", "untrue", "yearly_work")  # beside mended
LONGEST = 500


class Work(NamedTuple):
    """专项工程: what holds a case that is deferred to it."""

    problem: str  # its number
    title: str
    year: int
    owner: str
    next_on: date


class Claim(NamedTuple):
    """An end that waits for somebody who agrees."""

    claim: str
    reason: str
    rule: str | None
    work: dict[str, Any] | None  # as `Work`, its day in ISO
    by_id: int
    step: int  # how many claims were proposed before, for letters


class Ending(Finishing):
    def claimed(self) -> Claim | None:
        """What waits for somebody who decides."""
        return claimed_in(seen_of(self.id)) if self.proposal in CLAIMS else None

    def agreed_by(self) -> int | None:
        """Who agreed to the end that its people are asked about."""
        if self.claim in (None, "mended"):
            return None
        agreed = [step.by_id for step in steps_about("case", self.id) if step.what == "claim_agreed"]
        return agreed[-1] if agreed else None

    def may_claim(self, person_id: int) -> bool:
        return State(self.state) in WORKING and self.speaks_for_us(person_id)

    def propose_end(
        self, person_id: int, claim: str, reason: str, rule: str = "", *, work: Work | None = None
    ) -> None:
        """By whoever works on it, decides there or stands where it has climbed to. Says what is missing:
        Invalid reason_needed, rule_needed, work_needed."""
        if claim not in CLAIMS:
            raise Invalid("not_possible", number=self.number)
        if not self.may_claim(person_id):
            raise NotAllowed("not_yours", number=self.number)
        if self.proposal is not None:
            raise NotAllowed("claim_waits", number=self.number)
        self._must_be_safe(claim)
        asks = table("rules/ends.toml")["claims"][claim]
        reason, rule = reason.strip()[:LONGEST], rule.strip()[:LONGEST]
        if not reason:
            raise Invalid("found_needed" if claim == "untrue" else "reason_needed", number=self.number)
        if asks["rule"] and not rule:
            raise Invalid("rule_needed", number=self.number)
        if asks["work"] and work is None:
            raise Invalid("work_needed", number=self.number)
        agreeing = self._agreeing(person_id)
        if not agreeing:
            raise NotAllowed("nobody_agrees", number=self.number)
        step = self._clocked(
            "claim_asked",
            By.staff(person_id),
            claim=claim,
            reason=reason,
            rule=rule or None,
            work=_plain(work) if asks["work"] else None,
            person=person_id,
        )
        self.proposal = claim
        who = answerer(person_id)
        for person in agreeing:
            facts = self.facts(claim=claim, reason=reason, rule=rule or None, who=who.name if who else None)
            tell("case_claim_asked", person, about=self.about, occasion=str(step), **facts)

    def agree_to_end(self, person_id: int, *, silence_days: int = SILENCE_DAYS) -> bool:
        """By another person who decides there: now its people are asked. False when nothing waits."""
        found = self._claim_open_to(person_id)
        if found is None:
            return False
        self._must_be_safe(found.claim)
        at, proposer = now(), By.staff(found.by_id)
        had, taker = set(offering.holders(self.id)), self.taker_id
        step = record(self.about, "claim_agreed", by=By.staff(person_id), at=at, claim=found.claim)
        self._claim(
            found.claim,
            proposer,
            at,
            silence_days=silence_days,
            text=found.reason,
            rule=found.rule,
            work=found.work,
            approved_by=person_id,
        )
        self._settle_claim(found, None)
        if taker != found.by_id or had:
            self._call_off(had - {found.by_id}, taker if taker != found.by_id else None, "claimed", step)
        return True

    def refuse_end(self, person_id: int, why: str) -> bool:
        """With a reason; its limits have run on. False when nothing waits any more."""
        found = self._claim_open_to(person_id)
        if found is None:
            return False
        why = why.strip()[:LONGEST]
        if not why:
            raise Invalid("reason_needed", number=self.number)
        self._clocked("claim_refused", By.staff(person_id), claim=found.claim, reason=why)
        self._settle_claim(found, why)
        return True

    def mended_with(
        self, problem: str, person_id: int, outcome: str, *, silence_days: int = SILENCE_DAYS
    ) -> None:
        """Put right together with the problem on which it hangs, which `person_id` may say; its people are
        asked like all others. Who had it, or might have taken it, is told."""
        if State(self.state) not in WORKING:
            raise NotAllowed("case_over", number=self.number)
        had, taker = set(offering.holders(self.id)), self.taker_id
        step = self._claim(
            "mended",
            By.staff(person_id),
            now(),
            silence_days=silence_days,
            text=outcome,
            no_photo_reason=table("labels/problem_words.toml")["no_photo"].format(number=problem),
            level=level_of(person_id),
            problem=problem,
        )
        self._call_off(had - {person_id}, taker if taker != person_id else None, "solved", step)

    def say_level(self, person_id: int, level: str) -> bool:
        """The desk puts right at which level it was solved (row 10). False when it says so already."""
        if not decides_on(person_id, self):
            raise NotAllowed("not_yours", number=self.number)
        if level not in LEVELS:
            raise Invalid("not_possible", number=self.number)
        if State(self.state) not in CLAIMED or self.claim not in (None, "mended"):
            raise NotAllowed("no_longer_open", number=self.number)
        if level == self.solved_level:
            return False
        record(self.about, "level_said", by=By.staff(person_id), at=now(), level=level)
        self.solved_level = level
        return True

    def _must_be_safe(self, claim: str) -> None:
        """What its building is warned of stays open until it is safe: with its case the warning would end."""
        if claim != "untrue" and self.is_warned_of():
            raise NotAllowed("safe_first", number=self.number)

    def _agreeing(self, proposer: int) -> list[int]:
        """Who may agree: those who decide there, else those above them."""
        deciding = [one for one in deciding_here(self.community_id) if one != proposer]
        return deciding or [one for one in above(self.community_id) if one != proposer]

    def _claim_open_to(self, person_id: int) -> Claim | None:
        if not decides_on(person_id, self):
            raise NotAllowed("not_yours", number=self.number)
        found = self.claimed()
        if found is not None and found.by_id == person_id:
            raise NotAllowed("proposer_agrees", number=self.number)
        return found

    def _settle_claim(self, found: Claim, why: str | None) -> None:
        self.proposal = None
        withdraw(self.about, "case_claim_asked")
        facts = self.facts(claim=found.claim, why=why)
        tell("case_claim_ended", found.by_id, about=self.about, occasion=str(found.step), **facts)


def claimed_in(steps: list[Seen]) -> Claim | None:
    """What was proposed last. Pure."""
    asked = [step.facts for step in steps if step.what == "claim_asked"]
    if not asked:
        return None
    last = asked[-1]
    return Claim(last["claim"], last["reason"], last["rule"], last["work"], last["person"], len(asked))


def _plain(work: Work | None) -> dict[str, Any] | None:
    return work._asdict() | {"next_on": work.next_on.isoformat()} if work is not None else None
