"""What a case says of itself, for steps and letters."""

from datetime import datetime
from typing import Any

from models.base.checkdigit import with_check
from models.base.clock import now
from models.case.tables import TEXT_LIMIT, CaseRow
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


class Knowing(CaseRow):
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
