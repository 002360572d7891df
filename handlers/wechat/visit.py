"""One message and all that its answers share: who wrote it, what it means, where the writer lives."""

from dataclasses import dataclass, field
from functools import cached_property

from handlers.house import House
from handlers.wechat.message import Message
from models.base.actor import By
from models.dialogue.question import Question, open_question
from models.person.arriving import Visitor, home_of
from models.person.tables import Home
from models.place.gazetteer import Located, Site, town
from models.place.spot import Spot
from models.understanding import Understanding, understand


@dataclass
class Visit:
    message: Message
    visitor: Visitor
    house: House
    text: str
    _meaning: dict[str, Understanding] = field(default_factory=dict)

    @property
    def person(self) -> int:
        return self.visitor.person_id

    @property
    def channel(self) -> str:
        return self.visitor.channel

    @property
    def by(self) -> By:
        return By.staff(self.person) if self.visitor.is_staff else By.person(self.person)

    @property
    def by_person(self) -> By:
        """As a resident, even when the writer is also on the staff: a nod is nobody's duty."""
        return By.person(self.person)

    @cached_property
    def meaning(self) -> Understanding:
        return understand(self.text, town().gazetteer)

    @cached_property
    def question(self) -> Question | None:
        return open_question(self.person, self.channel)

    @cached_property
    def home(self) -> Home | None:
        return home_of(self.person)

    @cached_property
    def home_spot(self) -> Spot:
        """The door of the writer's home, never the room: a report is not about the room unless it says so."""
        if self.home is None:
            return Spot()
        site = town().site_of_building(self.home.building_id, self.home.unit_name)
        return spot_of(site, "home") if site else Spot()

    def locate(self, u: Understanding, *, base: Spot | None = None) -> tuple[Spot, Located]:
        """The place that the words name, filled up from `base` (a scanned door) or the writer's home."""
        base = base if base is not None and base.is_known else self.home_spot
        located = town().locate(
            u.estate,
            u.building,
            u.unit,
            community_id=base.community_id or self.visitor.community_id,
            estate_id=base.estate_id,
        )
        spot = spot_of(located.site, "said", floor=u.floor, room=u.room)
        if u.building is None and located.missing == "building" and spot.estate_id == base.estate_id and base.building_id:
            # Nothing said, or only a unit or floor: it is at the writer's own door.
            spot = Spot(
                **{
                    **_fields(base),
                    "unit": u.unit or base.unit,
                    "floor": u.floor,
                    "room": u.room,
                    "how": base.how,
                }
            )
            located = Located(located.site)
        return spot, located


def spot_of(site: Site, how: str, *, floor: str | None = None, room: str | None = None) -> Spot:
    return Spot(
        community_id=site.community_id,
        estate_id=site.estate_id,
        building_id=site.building_id,
        grid_id=site.grid_id,
        estate=site.estate_name,
        building=site.building_name,
        unit=site.unit_name,
        floor=floor,
        room=room,
        how=how,
    )


def _fields(spot: Spot) -> dict[str, object]:
    return {name: getattr(spot, name) for name in Spot.__slots__}
