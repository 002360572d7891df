"""接班: a case goes from those who lost the duty for it to those who have it now, with a step that says
so."""

from collections.abc import Collection

from models.base.actor import SYSTEM
from models.base.clock import now
from models.case import offering
from models.case.assigning import Assigning
from models.case.lifecycle import State
from models.duty.answering import Answering
from models.history import record
from models.outbox.door import withdraw_from


class Succeeding(Assigning):
    def pass_on(self, former: Collection[int], answers: Answering) -> list[int]:
        """Puts the case before whoever answers now instead of these. Gives those who have to be told of it:
        in an emergency, and where nobody answers, letters are written at once, and there is nobody left to
        tell.

        Who else it is offered to keeps the offer, and the time that the limits left them.
        """
        at = now()
        by_hand = self.state == State.HANDLING
        for person in former:
            offering.end(self.id, "passed_on", at=at, person_id=person)
        withdraw_from(self.about, former, *offering.LETTERS, "case_accepted", "finish_reminder")
        others = set(offering.holders(self.id))
        coming = [person for person in answers.people if person not in others]
        facts = {"before": list(former), "to": coming, "route": answers.route}
        if others and not by_hand:
            record(self.about, "passed_on", by=SYSTEM, at=at, **facts)
            for person in coming:
                offering.note_offer(self.id, person, answers.route, at)
            self._refresh_cards()
            return coming
        self.taker_id = self.accepted_at = self.waits_until = None
        self.route = answers.route
        self._enter(State.DISPATCHED if answers.people else State.FILED, "passed_on", SYSTEM, at, **facts)
        if self.urgency == "emergency" or not answers.people:
            self._offer(answers, at, None)
            coming = []
        else:
            record(self.about, "dispatched", by=SYSTEM, at=at, route=answers.route, to=list(answers.people))
            for person in coming:
                offering.note_offer(self.id, person, answers.route, at)
            self.reckon(at)
        self._refresh_cards()
        return coming
