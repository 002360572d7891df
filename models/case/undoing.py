"""撤回: whoever has just accepted, given back or handed on a case by mistake takes that back within minutes,
as long as nobody has done anything about it since. A new step says so; the old one stays.

A case that was put together with another is taken apart by `separate`, whenever that turns out; one that
staff voided is taken up again by `revive`, whenever that turns out: going out of sight takes two persons
(seconding.py), coming back into sight takes one.
"""

from datetime import timedelta

from sqlalchemy import select, update

from models.base.actor import By
from models.base.clock import now
from models.base.orm import session
from models.base.refusals import Invalid, NotAllowed
from models.case import offering
from models.case.alarm import wake
from models.case.assigning import Assigning
from models.case.lifecycle import State
from models.case.tables import Offer
from models.duty.answering import Answering
from models.duty.overseeing import decides_on
from models.history import Step, record, steps_about
from models.outbox.door import tell, withdraw, withdraw_from

WITHIN = timedelta(minutes=10)
TAKEN_BACK = ("accepted", "returned", "transferred")
_FOLLOWS = frozenset({"routed", "dispatched", "nobody_found"})  # what a move of ours brings with it by itself


class Undoing(Assigning):
    def may_take_back(self, person_id: int) -> Step | None:
        """The step that this person may take back now."""
        ours = [step for step in steps_about("case", self.id) if step.what not in _FOLLOWS]
        last = ours[-1] if ours else None
        if last is None or last.what not in TAKEN_BACK or last.by_kind != "staff" or last.by_id != person_id:
            return None
        if now() - last.at > WITHIN or self.proposal is not None:
            return None
        if last.what == "accepted":
            return last if self.is_worked_on_by(person_id) else None
        return last if self.state in (State.FILED, State.DISPATCHED) else None

    def take_back(self, person_id: int) -> str:
        """Undoes this person's last step; gives which. The caller holds the row. Raises NotAllowed:
        not_to_take_back."""
        step = self.may_take_back(person_id)
        if step is None:
            raise NotAllowed("not_to_take_back", number=self.number)
        if step.what == "accepted":
            self._put_back(step, By.staff(person_id))
        else:
            self._fetch_back(step, By.staff(person_id))
        self.reckon()
        self._refresh_cards()
        return step.what

    def may_revive(self, person_id: int) -> bool:
        """Whether staff voided it and this person decides there. What its reporter withdrew stays so, what
        became a question is a case again by way of the question."""
        if self.state != State.VOID or self.merged_into_id is not None or not decides_on(person_id, self):
            return False
        voided = [step for step in steps_about("case", self.id) if step.what == "voided"]
        return bool(voided) and voided[-1].by_kind == "staff" and not voided[-1].facts.get("answered")

    def revive(self, person_id: int, reason: str) -> Answering:
        """重新立案: with its old number and a way of its own from now on; its people hear it. The caller
        holds the row. Raises NotAllowed: not_to_revive; Invalid: reason_needed."""
        if not self.may_revive(person_id):
            raise NotAllowed("not_to_revive", number=self.number)
        reason = reason.strip()
        if not reason:
            raise Invalid("reason_needed", number=self.number)
        by = By.staff(person_id)
        step = record(self.about, "revived", by=by, at=now(), reason=reason)
        self.closed_at = None
        answers = self._dispatch(by=by)
        if self.urgency == "emergency":
            wake(self.id)
        withdraw(self.about, "case_voided")
        for person in self.concerned():
            tell("case_revived", person, about=self.about, occasion=str(step), **self.facts())
        self._refresh_cards()
        return answers

    def _put_back(self, step: Step, by: By) -> None:
        """Accepted by mistake: before the same people again, but for whoever only stepped in."""
        asked = session().scalars(
            select(Offer).where(
                Offer.case_id == self.id,
                Offer.ended_at == step.at,
                Offer.offered_at < step.at,
                Offer.ended_how.in_(("accepted", "taken_by_other")),
            )
        )
        again = {one.person_id: one.role for one in asked}
        withdraw(self.about, "case_accepted", "finish_reminder")
        self.taker_id = self.accepted_at = None
        self._offered_again(again, step, by)

    def _fetch_back(self, step: Step, by: By) -> None:
        """Given back or handed on by mistake: from whoever has it since to whoever had it before."""
        since = session().scalars(
            select(Offer).where(
                Offer.case_id == self.id, Offer.offered_at >= step.at, Offer.ended_at.is_(None)
            )
        )
        asked = {one.person_id for one in since}
        for person in asked:
            offering.end(self.id, "taken_back", at=now(), person_id=person)
        withdraw_from(self.about, asked, *offering.LETTERS)
        before = select(Offer).where(
            Offer.case_id == self.id, Offer.ended_at == step.at, Offer.ended_how == step.what
        )
        again = {one.person_id: one.role for one in session().scalars(before)}
        ended = update(Offer).where(Offer.case_id == self.id, Offer.ended_at == step.at)
        session().execute(ended.where(Offer.ended_how == "returned").values(ended_how="taken_back"))
        had = step.facts.get("had")
        if had is None:
            again |= {one: role for one, role in self._still_asked(step).items() if one not in again}
            self._offered_again(again, step, by)
        else:
            accepted = [
                one.at for one in steps_about("case", self.id) if one.what in ("accepted", "reworked")
            ]
            self._enter(State.HANDLING, "taken_back", by, of=step.what, now="handling")
            self.taker_id, self.accepted_at = had, accepted[-1] if accepted else step.at
            role = select(Offer.role).where(Offer.case_id == self.id, Offer.person_id == had)
            self.route = session().execute(role.order_by(Offer.id.desc()).limit(1)).scalar() or self.route
        self._call_off(asked - set(again) - {had}, None, "moved", step.id)

    def _still_asked(self, step: Step) -> dict[int, str]:
        """Others to whom it was offered all the time."""
        query = select(Offer).where(
            Offer.case_id == self.id, Offer.offered_at < step.at, Offer.ended_at.is_(None)
        )
        return {one.person_id: one.role for one in session().scalars(query)}

    def _offered_again(self, people: dict[int, str], step: Step, by: By) -> None:
        state = State.DISPATCHED if people else State.FILED
        at = now()
        self.route = next(iter(people.values()), self.route)
        self._enter(state, "taken_back", by, at, of=step.what, now=str(state), to=list(people))
        holders = set(offering.holders(self.id))
        for person, role in people.items():
            if person not in holders:
                offering.note_offer(self.id, person, role, at)
