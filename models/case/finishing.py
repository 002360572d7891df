"""办结: the taker says it is done, with words and a photo, or a stated reason why there is none."""

from datetime import datetime, timedelta
from typing import Any

from models.base.actor import By
from models.base.clock import now
from models.base.refusals import Invalid, NotAllowed
from models.case import offering
from models.case.alarm import quiet
from models.case.assigning import Assigning
from models.case.levels import level_of
from models.case.lifecycle import CLAIMED, UNFINISHED, State
from models.case.tables import TEXT_LIMIT
from models.duty.answering import answerer
from models.duty.overseeing import decides_on
from models.history import record, steps_about
from models.media.keeping import count_about
from models.outbox.door import tell, withdraw

SILENCE_DAYS = 7


class Finishing(Assigning):
    def is_finished_by(self, person_id: int) -> bool:
        """Said to be done by this person, whatever the resident said since; not sent back."""
        return self.taker_id == person_id and self.state in CLAIMED

    def has_finish_photo(self) -> bool:
        """A photo of this round's work: an old one proves nothing after a rework."""
        return count_about("case", self.id, "finish", since=self.accepted_at) > 0

    def finish(
        self,
        person_id: int,
        text: str,
        *,
        no_photo_reason: str | None = None,
        silence_days: int = SILENCE_DAYS,
    ) -> None:
        """Claims the work done; only the reporter's nod closes (row 12). Photos are kept before."""
        if not self.is_worked_on_by(person_id):
            raise NotAllowed("not_yours_to_finish", number=self.number)
        text, no_photo_reason = text.strip()[:TEXT_LIMIT], (no_photo_reason or "").strip() or None
        if not self.has_finish_photo() and no_photo_reason is None:
            raise Invalid("photo_needed", number=self.number)
        self._claim(
            "mended",
            By.staff(person_id),
            now(),
            silence_days=silence_days,
            text=text,
            no_photo_reason=no_photo_reason,
            level=level_of(person_id),
        )

    def _claim(
        self,
        claim: str,
        by: By,
        at: datetime,
        *,
        silence_days: int,
        text: str,
        no_photo_reason: str | None = None,
        level: str | None = None,
        approved_by: int | None = None,
        **facts: Any,
    ) -> int:
        """What `by` says became of it, put to its people; the work is that of `by` from then on. Gives the
        step."""
        if claim == "mended":
            facts |= {"no_photo_reason": no_photo_reason, "level": level}
        else:
            facts |= {"claim": claim, "approved_by": approved_by}
        if self.state != State.HANDLING:  # nobody has taken it: it is offered to nobody any more
            offering.end(self.id, "closed", at=at)
            withdraw(self.about, *offering.LETTERS)
            quiet(self.id, by)
        step = self._enter(State.FINISHED, "finished", by, at, text=text, **facts)
        self.claim, self.solved_level = claim, level
        self.taker_id = by.id
        self.finished_at = at
        self.finish_text = text or None
        self.no_photo_reason = no_photo_reason
        self.waits_until = at + timedelta(days=silence_days)
        withdraw(self.about, "case_accepted", "finish_reminder")
        self._refresh_cards()
        approver = answerer(approved_by) if approved_by is not None else None
        for person in self.concerned():
            tell(
                "case_finished",
                person,
                about=self.about,
                occasion=str(self.round),
                claim=claim,
                finish_text=self.finish_text,
                no_photo_reason=no_photo_reason,
                rule=facts.get("rule"),
                work=facts.get("work"),
                approved_by=approver.name if approver else None,
                minutes=self.minutes(),
                **self._with_taker(),
            )
        return step

    def is_made_safe(self) -> bool:
        """Whether the danger is over: said since somebody warned of it last."""
        return self._last_of_danger() == "made_safe"

    def is_warned_of(self) -> bool:
        """Whether somebody warned of it, and nobody has said since that the danger is over."""
        return self._last_of_danger() == "warned"

    def _last_of_danger(self) -> str | None:
        said = [step.what for step in steps_about("case", self.id) if step.what in ("warned", "made_safe")]
        return said[-1] if said else None

    def make_safe(self, person_id: int) -> bool:
        """已排险: nobody is in danger any more; the mend may come later (row 102). By whoever works on it or
        decides there, with a photo that is kept before. False when it was said already."""
        if not self.is_worked_on_by(person_id) and not decides_on(person_id, self):
            raise NotAllowed("not_yours", number=self.number)
        if State(self.state) not in UNFINISHED:
            raise NotAllowed("case_over", number=self.number)
        if self.is_made_safe():
            return False
        if count_about("case", self.id, "safe") == 0:
            raise Invalid("safe_photo_needed", number=self.number)
        record(self.about, "made_safe", by=By.staff(person_id), at=now())
        return True

    def describe(self, person_id: int, text: str) -> bool:
        """What was done, said after the photo had finished the case. The first words stand."""
        text = text.strip()
        if not text or self.finish_text or not self.is_finished_by(person_id):
            return False
        self.finish_text = text[:TEXT_LIMIT]
        record(self.about, "described", by=By.staff(person_id), at=now(), text=self.finish_text)
        return True

    def remind_of_photo(self, person_id: int, occasion: str) -> None:
        """办结 was tapped, and a card cannot ask: the chat does."""
        tell(
            "finish_reminder", person_id, about=self.about, occasion=occasion, missing="both", **self.facts()
        )
