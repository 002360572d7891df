"""Every move of a case: checked against the table, appended as a step."""

from datetime import datetime
from typing import Any

from models.base.actor import By
from models.base.checkdigit import with_check
from models.base.clock import now
from models.base.links import personal_path
from models.base.refusals import NotAllowed
from models.case import offering
from models.case.lifecycle import NEXT, State
from models.case.tables import TEXT_LIMIT, CaseRow
from models.duty.answering import answerer
from models.history import record
from models.outbox import cards
from models.place.spot import Spot


def letter_facts(
    case_id: int, text: str, category: str | None, urgency: str, spot: Spot, at: datetime
) -> dict[str, Any]:
    """What a letter about a case freezes."""
    return {
        "number": with_check(case_id),
        **spot.facts(),
        "category": category,
        "urgency": urgency,
        "text": text[:TEXT_LIMIT],
        "reported_at": at.isoformat(),
    }


class Moving(CaseRow):
    """What all abilities share."""

    @property
    def about(self) -> tuple[str, int]:
        return ("case", self.id)

    @property
    def spot(self) -> Spot:
        return Spot(
            community_id=self.community_id,
            estate_id=self.estate_id,
            building_id=self.building_id,
            grid_id=self.grid_id,
            estate=self.estate_name,
            building=self.building_name,
            unit=self.unit_name,
            floor=self.floor,
            room=self.room,
            longitude=self.longitude,
            latitude=self.latitude,
            how=self.place_from,
        )

    def is_told_by(self, person_id: int) -> bool:
        """Reported by this person, or written by this person for somebody else: joining is less than that."""
        return person_id in (self.reporter_id, self.proxy_id, self.entered_by)

    def put_at(self, spot: Spot) -> None:
        for column, value in spot.columns().items():
            setattr(self, column, value)

    def facts(self, **more: Any) -> dict[str, Any]:
        """As `letter_facts`, with what this letter says besides."""
        known = letter_facts(self.id, self.text, self.category, self.urgency, self.spot, self.reported_at)
        return known | more

    def minutes(self) -> int:
        """From the first message to the word "mended", as row 7 counts it."""
        return max(0, round(((self.finished_at or now()) - self.reported_at).total_seconds() / 60))

    def _enter(self, state: State, what: str, by: By, at: datetime | None = None, **facts: Any) -> int:
        """Gives the step."""
        if state not in NEXT[State(self.state)]:
            raise NotAllowed("case_move", number=self.number, state=self.state)
        self.state = state
        return record(self.about, what, by=by, at=at or now(), **facts)

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
