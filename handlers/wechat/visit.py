"""One message and all that its answers share: who wrote it, what it means, where the writer lives."""

from dataclasses import dataclass, replace
from functools import cached_property

from handlers.house import House
from handlers.wechat.message import Message
from models.base.actor import By
from models.base.clock import ago
from models.case.reach import recent_of
from models.dialogue.question import Question, open_question
from models.person.arriving import Visitor, home_of
from models.person.tables import Home
from models.place.gazetteer import Located, town
from models.place.spot import NOWHERE, Spot
from models.understanding import Gazetteer, Place, Understanding, own_words, understand
from models.understanding.matters import Matter, matters_in

SAME_TALK_HOURS = 12  # so long "3号楼" without an estate is in the one that was named last


@dataclass
class Visit:
    message: Message
    visitor: Visitor
    house: House
    text: str

    def saying(self, text: str) -> "Visit":
        """The same visitor as if these had been the words."""
        return replace(self, text=text)

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
    def gazetteer(self) -> Gazetteer:
        """The town's names, as seen from the writer's home where communities have words of their own."""
        if not own_words.in_use().communities:
            return town().gazetteer  # because nobody's home need be asked for
        community = self.home_spot.community_id or self.visitor.community_id
        return town().gazetteer.seen_from(town().communities.get(community) if community else None)

    @cached_property
    def meaning(self) -> Understanding:
        return understand(self.text, self.gazetteer)

    @cached_property
    def matters(self) -> tuple[Matter, ...]:
        """What the words ask for: one thing, or several."""
        return matters_in(self.text, self.gazetteer, self.meaning)

    def about(self, matter: Matter) -> "Visit":
        """The same visitor as if this had been all that was written."""
        part = self.saying(matter.text)
        part.__dict__["meaning"] = matter.meaning
        return part

    @property
    def names_no_place(self) -> bool:
        u = self.meaning
        return u.estate is None and u.building is None and u.unit is None

    @cached_property
    def question(self) -> Question | None:
        return open_question(self.person, self.channel)

    @cached_property
    def home(self) -> Home | None:
        return home_of(self.person)

    @cached_property
    def last_estate(self) -> int | None:
        """The estate that this person spoke of a moment ago."""
        talk = [case for case in recent_of(self.person) if case.reported_at >= ago(hours=SAME_TALK_HOURS)]
        return next((case.estate_id for case in talk if case.estate_id is not None), None)

    @cached_property
    def home_spot(self) -> Spot:
        """The door of the writer's home, never the room: a report is not about the room unless it says so."""
        if self.home is None:
            return NOWHERE
        return town().spot_of_building(self.home.building_id, self.home.unit_name, how="home") or NOWHERE

    def locate_with(self, known: Spot, u: Understanding | Place) -> Spot:
        """What was said before about a place, and what is said of it now, found together."""
        base = known if known.is_known else self.home_spot
        said = known.filled_by(Spot.said(u), how="answer")
        community = base.community_id or self.visitor.community_id
        near = base.estate_id or self.last_estate
        found = town().locate(said, community_id=community, estate_id=near).spot
        return base if not found.is_known and base.is_known else found

    def locate(self, u: Understanding, *, base: Spot = NOWHERE) -> Located:
        """The place that the words name, filled up from `base` (a scanned door) or else the writer's home."""
        if not base.is_known and not (u.estate and u.building):
            base = self.home_spot
        said = Spot.said(u)
        located = town().locate(
            said, community_id=base.community_id or self.visitor.community_id, estate_id=base.estate_id
        )
        if located.missing == "estate" and u.estate is None and u.building is not None:
            located = town().locate(said, estate_id=self.last_estate)
        if u.building is None and located.spot.estate_id == base.estate_id and base.building_id:
            # No building said, so it is the one of the base: its door, unless another unit is said.
            return Located(replace(base, unit=u.unit or base.unit, floor=u.floor, room=u.room))
        if base.longitude is not None and located.spot.estate_id == base.estate_id:
            return replace(located, spot=located.spot.at(base.longitude, base.latitude))
        return located
