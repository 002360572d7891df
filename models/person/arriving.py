"""Somebody writes to us: who is it?"""

import json
from dataclasses import dataclass, field, replace

from sqlalchemy import bindparam, delete, select, update

from models.base.clock import now
from models.base.orm import public_id, put, session
from models.base.prepared import Prepared
from models.outbox.address import Address, at_value, claim_address
from models.outbox.recalling import OF_THE_HOME, recall_from
from models.person.grants import Held, granted, parts, roles_at, written
from models.person.proving import PROVEN
from models.person.tables import Home, Person, Staff


@dataclass(frozen=True, slots=True)
class Visitor:
    """The person behind a platform id, as far as the doors need to know.

    `roles` and `community_id` (None: all) are what somebody may over the part of the town that is looked at:
    who has posts on several parts looks at one of them at a time. `posts` are all of them.
    """

    person_id: int
    channel: str
    address: str
    privacy_told: bool = False
    staff_name: str | None = None
    roles: tuple[str, ...] = field(default=())
    community_id: int | None = None
    posts: tuple[Held, ...] = field(default=())  # empty where the workbook's is the only one

    @property
    def is_staff(self) -> bool:
        return self.staff_name is not None

    @property
    def held(self) -> tuple[Held, ...]:
        return self.posts or written(self.roles, self.community_id)

    def looks_at(self) -> list[int | None]:
        """The parts that may be looked at: all (None) first, communities by number."""
        return parts(self.posts) if self.posts else [self.community_id]

    def looking_at(self, community_id: int | None) -> "Visitor":
        """With what is held over this part; of a part that is not this person's to look at, unchanged."""
        if not self.posts or community_id not in self.looks_at():
            return self
        return replace(self, roles=roles_at(self.posts, community_id), community_id=community_id)

    def standing_at(self, community_id: int | None) -> "Visitor":
        """With what is held where a thing lies: over its community, whichever part is looked at otherwise;
        unchanged where that is no part of this person's."""
        if community_id is None or community_id == self.community_id:
            return self
        at = community_id if community_id in self.looks_at() else None
        return self.looking_at(at)


_KNOWN = Prepared(
    select(Person.id, Person.privacy_told_at, Staff.name, Staff.roles, Staff.community_id)
    .join(Address, Address.owner_id == Person.id)
    .outerjoin(Staff, (Staff.person_id == Person.id) & Staff.active)
    .where(
        at_value(bindparam("channel"), bindparam("address")),
        Address.owner_kind == "person",
    )
)


def meet(channel: str, address: str) -> Visitor:
    """Finds the person, or welcomes a new one. Who comes in at two doors at once is one person."""
    row = _KNOWN.first(channel=channel, address=address)
    if row is None:
        person = put(Person, public_id=public_id(), is_rider=False, created_at=now())
        if claim_address("person", person, channel, address):
            return Visitor(person, channel, address)
        session().connection().execute(delete(Person).where(Person.id == person))
        row = _KNOWN.first(channel=channel, address=address)
        assert row is not None
    return _with_posts(Visitor(row[0], channel, address, row[1] is not None, row[2], _roles(row[3]), row[4]))


def _with_posts(visitor: Visitor) -> Visitor:
    """With what was granted, looking at all, else at the workbook's community, else at the first of them."""
    more = granted(visitor.person_id) if visitor.is_staff else ()
    if not more:
        return visitor
    full = replace(visitor, posts=(*written(visitor.roles, visitor.community_id), *more))
    there = full.looks_at()
    if not there:
        return full
    at = visitor.community_id if visitor.community_id in there else there[0]
    return full.looking_at(at)


def _roles(kept: str | list[str] | None) -> tuple[str, ...]:
    """SQLite's driver gives JSON as text."""
    return tuple(json.loads(kept) if isinstance(kept, str) else kept or ())


def welcome() -> int:
    """Somebody whom only a page of ours knows: nothing of theirs is kept but what they say there."""
    at = now()
    return put(Person, public_id=public_id(), is_rider=False, privacy_told_at=at, created_at=at)


def visitor_of(person_id: int, channel: str) -> Visitor | None:
    """The same picture for somebody who comes by a personal link."""
    row = _PERSON.first(person=person_id)
    if row is None:
        return None
    return _with_posts(Visitor(person_id, channel, "", row[0] is not None, row[1], _roles(row[2]), row[3]))


_PERSON = Prepared(
    select(Person.privacy_told_at, Staff.name, Staff.roles, Staff.community_id)
    .outerjoin(Staff, (Staff.person_id == Person.id) & Staff.active)
    .where(Person.id == bindparam("person"))
)


def home_of(person_id: int) -> Home | None:
    """Where the person lives now, as far as we know."""
    found = _HOME.first(person=person_id)
    return None if found is None else session().get(Home, found[0])


_HOME = Prepared(
    select(Home.id)
    .where(Home.person_id == bindparam("person"), Home.until.is_(None))
    .order_by(Home.id.desc())
    .limit(1)
)


def agree(person_id: int) -> None:
    """同意: a phone or a home may be kept from now on (design 4.5-9)."""
    session().execute(update(Person).where(Person.id == person_id).values(consented_at=now()))


def told_privacy(person_id: int) -> None:
    """The notice about personal data has been read."""
    fresh = (Person.id == person_id) & Person.privacy_told_at.is_(None)
    session().execute(update(Person).where(fresh).values(privacy_told_at=now()))


def rides(person_id: int, is_rider: bool) -> None:
    """A rider needs no home to report what is in the way."""
    session().execute(update(Person).where(Person.id == person_id).values(is_rider=is_rider))


def move_in(person_id: int, *, building_id: int, unit: str, room: str | None, proof: str) -> Home:
    """Sets the home; an earlier one ends. Whoever says again to live there keeps what is proved."""
    same = select(Home).where(
        Home.person_id == person_id, Home.until.is_(None), Home.building_id == building_id,
        Home.unit_name == unit, Home.room == room,
    )  # fmt: skip
    for known in session().scalars(same):
        if known.proof in PROVEN or proof not in PROVEN:
            return known
    old = home_of(person_id)
    if old is not None:
        old.until = now()
        recall_from(person_id, OF_THE_HOME, "moved_out")
    home = Home(person_id=person_id, building_id=building_id, unit_name=unit, room=room, proof=proof)
    session().add(home)
    session().flush()
    return home


def staff_of(person_id: int) -> Staff | None:
    return session().scalars(_STAFF, {"person": person_id}).first()


_STAFF = select(Staff).where(Staff.person_id == bindparam("person"), Staff.active)
