"""What is said to its people while a case goes on, and what stops its limits: a question to them."""

from models.base.actor import By
from models.base.clock import now
from models.base.refusals import Invalid, NotAllowed
from models.case import offering
from models.case.completing import Completing
from models.case.lifecycle import UNFINISHED, WORKING, State
from models.case.tables import TEXT_LIMIT
from models.duty.answering import answerer
from models.duty.overseeing import decides_on
from models.outbox.door import tell


class Pausing(Completing):
    def speaks_for_us(self, person_id: int) -> bool:
        """Whoever works on it, decides there, or stands where it has climbed to."""
        return self.is_worked_on_by(person_id) or decides_on(person_id, self) or self.is_above(person_id)

    def ask(self, person_id: int, text: str) -> None:
        """问居民 what only its people know: the limits stand still until they say something, at most for as
        long as the limit `wait`; a question after one that nobody answered stops nothing."""
        if not self.is_worked_on_by(person_id):
            raise NotAllowed("not_yours", number=self.number)
        self._say("asked", "case_asked", person_id, text)

    def tell_people(self, person_id: int, text: str, *, by_phone: bool = False) -> None:
        """告知进展: its people hear how far it is. `by_phone`: they were called, and nothing is sent."""
        if not self.speaks_for_us(person_id):
            raise NotAllowed("not_yours", number=self.number)
        if by_phone:
            self._clocked("called", By.staff(person_id), text=_words(text, self.number))
        else:
            self._say("told", "case_told", person_id, text)

    def resume(self, person_id: int) -> bool:
        """接着办: what it waited for has come. False when its limits run already."""
        if not self.speaks_for_us(person_id):
            raise NotAllowed("not_yours", number=self.number)
        self.catch_up(now())
        if self.pause is None:
            return False
        self._clocked("resumed", By.staff(person_id))
        return True

    def supervise(self, person_id: int, text: str) -> None:
        """督办: whoever has it, or may take it, reads that the rung above looks on."""
        if not self.is_above(person_id) and not decides_on(person_id, self):
            raise NotAllowed("not_yours", number=self.number)
        if State(self.state) not in WORKING:
            raise NotAllowed("case_over", number=self.number)
        text = _words(text, self.number)
        step = self._clocked("supervised", By.staff(person_id), text=text)
        who = answerer(person_id)
        workers = [self.taker_id] if self.taker_id is not None else offering.holders(self.id)
        for person in workers:
            if person != person_id:
                facts = self.facts(said=text, who=who.name if who else None)
                tell("case_supervised", person, about=self.about, occasion=str(step), **facts)

    def _say(self, what: str, kind: str, person_id: int, text: str) -> None:
        if State(self.state) not in UNFINISHED:
            raise NotAllowed("case_over", number=self.number)
        text = _words(text, self.number)
        people = self.concerned()
        if not people:
            raise NotAllowed("nobody_to_answer", number=self.number)
        step = self._clocked(what, By.staff(person_id), text=text)
        who = answerer(person_id)
        for person in people:
            facts = self.facts(said=text, who=who.name if who else None)
            tell(kind, person, about=self.about, occasion=str(step), **facts)


def _words(text: str, number: str) -> str:
    text = text.strip()[:TEXT_LIMIT]
    if not text:
        raise Invalid("words_needed", number=number)
    return text
