"""居民点头才算: yes closes, no sends it back under the same number, silence closes by default and says so."""

from typing import Any

from sqlalchemy import select

from models.base.actor import SYSTEM, By
from models.base.clock import now
from models.base.orm import put, session
from models.base.refusals import Invalid, NotAllowed
from models.case import offering
from models.case.ending import Ending
from models.case.lifecycle import CLAIMED, WORKING, State
from models.case.tables import Rating
from models.duty.answering import NOBODY, Answering, answerer, desk_of
from models.duty.overseeing import above, decides_on
from models.history import record
from models.outbox.door import PublicFacts, tell, tell_group, withdraw
from models.outbox.letter import Lane
from models.person.arriving import staff_of
from models.place.groups import groups_of

NOT_SATISFIED = 2  # grades 1 and 2 are a no


class Nodding(Ending):
    def nod(self, by: By, *, by_phone: bool = False) -> bool:
        """Yes, it is mended. False when it was closed already."""
        if by_phone:
            self._must_speak_for_caller(by)
        elif by.id not in self.concerned():
            raise NotAllowed("not_yours_to_rate", number=self.number)
        if self.state in (State.CLOSED, State.RATED):
            return False
        self._close("nod_by_phone" if by_phone else "nod", by)
        if self.claim in (None, "mended"):
            self._tell_groups()
        return True

    def close_by_default(self) -> None:
        """Nobody answered for N days after the platform took the question: closed, counted apart (row 12)."""
        self._close("default", SYSTEM)
        for person in self.concerned():
            facts = self.facts(claim=self.claim or "mended")
            occasion = str(self.round)
            tell("case_closed_default", person, about=self.about, occasion=occasion, lane=Lane.NEWS, **facts)

    def object(self, by: By, text: str, *, grade: int | None = None) -> bool:
        """No: 返工 under the same number. False when it is back.

        Staff say it for somebody on the phone, under the same rule as the nod. `grade` is that of the rating
        which says it: the step keeps it, because indicators read nothing else.
        """
        if by.id not in self.concerned():
            if by.kind != "staff":
                raise NotAllowed("not_yours_to_rate", number=self.number)
            self._must_speak_for_caller(by)
        if self.state in WORKING and self.round > 1:
            return False
        if self.state not in CLAIMED:
            raise NotAllowed("case_move", number=self.number, state=self.state)
        self._reopen(by, text, **({"grade": grade} if grade is not None else {}))
        return True

    def found_unmended(self, by: By, text: str) -> None:
        """A supervisor looked: the same as a no, and nobody's word about whoever did the work."""
        self._reopen(by, text, sample=True)
        for person in self.concerned():
            who = answerer(by.id) if by.id is not None else None
            facts = self.facts(said=text, who=who.name if who else None)
            tell("case_found_unmended", person, about=self.about, occasion=str(self.round), **facts)

    def _reopen(self, by: By, text: str, **said: Any) -> None:
        """返工 under the same number: to the same taker if still on duty. What was not said to be mended goes
        to the desk, and not back to whoever said so."""
        at = now()
        taker, was_mended = self.taker_id, self.claim in (None, "mended")
        if not was_mended:
            said |= {"of": self.claim}
        self._enter(State.FILED, "objected", by, at, text=text, round=self.round, **said)
        self.round += 1
        self.claim = self.solved_level = None
        self.close_kind = None
        self.closed_at = None
        self.waits_until = None
        # Nobody reads any more that it is mended, least of all the building.
        withdraw(self.about, "case_finished", "case_closed_default", "case_closed", "case_group_mended")
        if not was_mended:
            self._dispatch(by=by, note=text or None, answers=self._desk_but(taker))
            self._refresh_cards()
            return
        if taker is None or staff_of(taker) is None:
            self._dispatch(by=by, note=text or None, except_for=offering.returned_by(self.id))
            self._refresh_cards()
            return
        self._enter(State.HANDLING, "reworked", SYSTEM, at)
        self.accepted_at = at
        tell(
            "case_reopened",
            taker,
            about=self.about,
            occasion=str(self.round),
            objection=text,
            sample="sample" in said,
            round=self.round,
            **self.facts(),
        )

    def _desk_but(self, claimer: int | None) -> Answering:
        """The community's desk, else those above it, without this person."""
        desk = tuple(one.person_id for one in desk_of(self.community_id) if one.person_id != claimer)
        people = desk or tuple(one for one in above(self.community_id) if one != claimer)
        return Answering("objected", people) if people else NOBODY

    def rate(self, by: By, grade: int, text: str = "") -> bool:
        """One rating per person and closing; a bad grade is a no. False when rated already."""
        if not 1 <= grade <= 5:
            raise Invalid("grade_range", number=self.number)
        assert by.id is not None
        if by.id not in self.concerned():
            raise NotAllowed("not_yours_to_rate", number=self.number)
        if self.state not in CLAIMED:
            raise NotAllowed("nothing_to_rate", number=self.number)
        if self.rated_by(by.id):
            return False
        put(
            Rating,
            case_id=self.id,
            round=self.round,
            person_id=by.id,
            grade=grade,
            text=text[:500],
            at=now(),
            by_phone=False,
        )
        if grade <= NOT_SATISFIED:
            self.object(by, text, grade=grade)
            return True
        if self.state == State.FINISHED:
            self.nod(by)
        if self.state == State.CLOSED:
            self._enter(State.RATED, "rated", by, grade=grade)
        else:
            record(self.about, "rated", by=by, at=now(), grade=grade)
        return True

    def rated_by(self, person_id: int) -> bool:
        return self.grade_by(person_id) is not None

    def grade_by(self, person_id: int) -> int | None:
        """What this person said of the present round."""
        query = select(Rating.grade).where(
            Rating.case_id == self.id, Rating.round == self.round, Rating.person_id == person_id
        )
        return session().execute(query).scalar()

    def _must_speak_for_caller(self, by: By) -> None:
        """The nod of somebody on the phone is written down by who took the call or by the desk, never by the
        one whose work it is about, nor by who agreed that there is nothing to mend."""
        if by.id == self.taker_id or by.id == self.agreed_by():
            raise NotAllowed("nod_by_taker", number=self.number)
        if by.id is None or (by.id != self.entered_by and not decides_on(by.id, self)):
            raise NotAllowed("not_yours_to_rate", number=self.number)

    def _close(self, kind: str, by: By) -> None:
        at = now()
        self._enter(State.CLOSED, "closed", by, at, kind=kind)
        self.close_kind = kind
        self.closed_at = at
        self.waits_until = None
        offering.end(self.id, "closed", at=at)
        withdraw(self.about, "case_finished")
        self._refresh_cards()
        if self.taker_id is not None and kind != "unasked":
            tell(
                "case_closed",
                self.taker_id,
                about=self.about,
                occasion=str(self.round),
                lane=Lane.ANSWER if by.id is not None else Lane.NEWS,  # the clock wakes nobody
                kind_of_close=kind,
                claim=self.claim or "mended",
                minutes=self.minutes(),
                **self.facts(),
            )

    def _tell_groups(self) -> None:
        """The building reads that it is mended: place, kind of thing and minutes, nothing else."""
        facts = PublicFacts(
            number=self.number,
            estate=self.estate_name or "",
            building=self.building_name,
            unit=self.unit_name,
            category=self.category,
            minutes=self.minutes(),
        )
        for group in groups_of(self.estate_id, self.building_id):
            tell_group("case_group_mended", group, facts, about=self.about, occasion=str(self.round))
