"""并案: what two people told us is one thing after all; what was put together may be taken apart again."""

from typing import Any

from models.base.actor import By
from models.base.clock import now
from models.base.orm import session
from models.base.refusals import NotAllowed
from models.case.joining import Joining
from models.case.lifecycle import OPEN, UNFINISHED, State
from models.case.nodding import Nodding
from models.duty.answering import Answering
from models.history import record
from models.media.keeping import items_about, move
from models.outbox.door import tell


class Merging(Nodding):
    @property
    def is_merged(self) -> bool:
        return self.merged_into_id is not None

    def merge_into(self, other: Joining, by: By) -> None:
        """This case is dealt with under the other's number; its people are told and asked like the others.

        The caller holds both rows. Who was to work on this one is told.
        """
        if self.id == other.id or State(self.state) not in UNFINISHED:
            raise NotAllowed("case_move", number=self.number, state=self.state)
        if State(other.state) not in OPEN:
            raise NotAllowed("case_over", number=other.number)
        people = self.concerned()
        self.merged_into_id = other.id
        self._end(State.VOID, "merged", by, "merged", into=other.number)
        for person in people:
            other.join(person, self.text, by=None if person == by.id else by, number=self.number)
        photos = [item.id for item in items_about("case", self.id, "report")]
        if photos:
            move(photos, other.about, "report")

    def separate(self, by: By) -> Answering:
        """They were two things: this one is its own case again, with its old number and a way of its own."""
        if self.merged_into_id is None:
            raise NotAllowed("not_joined", number=self.number)
        other: Any = session().get_one(type(self), self.merged_into_id)
        people = self.concerned()
        for person in people:
            if person != other.reporter_id and person in other.concerned():
                other.leave(person, by=by, number=self.number)
        theirs = set(people) - {other.reporter_id}
        photos = [item.id for item in items_about("case", other.id, "report") if item.by_id in theirs]
        if photos:
            move(photos, self.about, "report")
        step = record(self.about, "separated", by=by, at=now(), of=other.number)
        self.merged_into_id = None
        self.closed_at = None
        answers = self._dispatch(by=by)
        self._refresh_cards()
        if by.kind == "staff":
            for person in people:
                facts = self.facts(other=other.number)
                tell("case_separated", person, about=self.about, occasion=str(step), **facts)
        return answers

    def split_off(self, person_id: int, by: By) -> str:
        """What this person joined with was another thing. Gives the words with which it was joined."""
        fellow = self.leave(person_id, by=by)
        record(self.about, "split_off", by=by, at=now(), person=person_id)
        return fellow.text or self.text
