"""Whom a notice was sent, seen from where they live: counts by stair for a desk, names for the building's
own staff; and what became of it, for everybody together (row 89)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, case, func, select

from models.base.orm import session
from models.base.privacy import masked_name, unseal
from models.notice.audience import LETTER_KINDS, ON_THE_WAY, Audience
from models.notice.notice import GROUP_KIND
from models.notice.tables import Notice, Receipt, State
from models.outbox.letter import Letter
from models.outbox.letter import State as Fate
from models.person.tables import Home, Person
from models.place.gazetteer import in_order, town

MERGED = "one_person"  # why the second of two letters to one person is not needed


class Count(NamedTuple):
    """Persons: whom it was written to, who was told (by a platform or at the door), who opened it."""

    addressed: int
    told: int
    read: int

    def __add__(self, other: object) -> "Count":
        if not isinstance(other, Count):
            return NotImplemented
        return Count(*(mine + yours for mine, yours in zip(self, other, strict=True)))


class Outcome(NamedTuple):
    """So many letters to persons (or to groups) came to this. `reason` is a code of labels/fates.toml or the
    platform's number on that `channel`."""

    to_kind: str
    state: str
    reason: str | None
    channel: str | None
    letters: int


class Receiver(NamedTuple):
    """One person of a building. `name` is masked, None where nobody knows it."""

    unit: str
    room: str | None
    name: str | None
    state: str
    reason: str | None
    channel: str | None
    told_at: datetime | None
    carried_by: int | None
    read_at: datetime | None


def by_unit(notice: Notice, community_id: int | None = None) -> Mapping[tuple[int, str], Count]:
    """(Building, unit) → counts, in the order in which people count them; where they live today.

    Of the community's buildings (None: of all). Empty for a notice to staff: where they live is their own.
    """
    if Audience.of(notice.audience).is_for_staff:
        return {}
    told = case((Letter.state == Fate.SENT, Letter.to_id))
    query = (
        select(
            Home.building_id,
            Home.unit_name,
            func.count(func.distinct(Letter.to_id)),
            func.count(func.distinct(told)),
            func.count(func.distinct(Receipt.reader_id)),
        )
        .select_from(Letter)
        .join(Home, (Home.person_id == Letter.to_id) & Home.until.is_(None))
        .outerjoin(Receipt, _opened())
        .where(*persons_letters(notice.id))
        .group_by(Home.building_id, Home.unit_name)
    )
    found = {(row[0], row[1]): Count(*row[2:]) for row in session().execute(query)}
    places = town()

    def here(building: int) -> bool:
        place = places.buildings.get(building)
        if place is None:
            return False
        return community_id in (None, places.estates[place.estate_id].community_id)

    def order(one: tuple[int, str]) -> Any:
        place = places.buildings[one[0]]
        return (place.estate_id, in_order(place.name), place.id, in_order(one[1]))

    return {one: found[one] for one in sorted(filter(lambda one: here(one[0]), found), key=order)}


def by_building(units: Mapping[tuple[int, str], Count]) -> Mapping[int, Count]:
    """The same by building."""
    found: dict[int, Count] = {}
    for (building, _), count in units.items():
        found[building] = found.get(building, Count(0, 0, 0)) + count
    return found


def outcomes(notice_id: int) -> Sequence[Outcome]:
    """What became of its letters, groups before persons, the most frequent first."""
    code = _code()
    query = (
        select(Letter.to_kind, Letter.state, code, Letter.channel, func.count())
        .where(
            Letter.about_kind == "notice",
            Letter.about_id == notice_id,
            Letter.kind.in_((*LETTER_KINDS, GROUP_KIND)),
        )
        .group_by(Letter.to_kind, Letter.state, code, Letter.channel)
    )
    rows = [Outcome(*row) for row in session().execute(query)]
    return sorted(rows, key=lambda one: (one.to_kind, -one.letters, one.state, one.reason or ""))


def on_the_way(notice_id: int) -> int:
    """Persons whose letter has not gone out yet."""
    query = select(func.count()).where(*persons_letters(notice_id), Letter.state.in_(ON_THE_WAY))
    return session().scalar(query) or 0


def of_building(notice: Notice, building_id: int) -> Sequence[Receiver]:
    """Everybody of the building whom it was written to, by unit and room; nobody where it is for staff."""
    if Audience.of(notice.audience).is_for_staff:
        return []
    query = (
        select(
            Home.unit_name,
            Home.room,
            Person.public_id,
            Person.name_sealed,
            Letter.state,
            Letter.reason,
            Letter.channel,
            Letter.sent_at,
            Letter.carried_by,
            Receipt.opened_at,
        )
        .select_from(Home)
        .join(Letter, Letter.to_id == Home.person_id)
        .join(Person, Person.id == Home.person_id)
        .outerjoin(Receipt, _opened())
        .where(
            Home.building_id == building_id,
            Home.until.is_(None),
            *persons_letters(notice.id),
            func.coalesce(Letter.reason, "") != MERGED,
        )
    )
    found = [
        Receiver(
            row.unit_name,
            row.room,
            _name(row.public_id, row.name_sealed),
            row.state,
            row.reason,
            row.channel,
            row.sent_at,
            row.carried_by,
            row.opened_at,
        )
        for row in session().execute(query)
    ]
    return sorted(found, key=lambda one: (in_order(one.unit), in_order(one.room or "")))


def of_houses(buildings: Collection[int], since: datetime) -> Mapping[int, tuple[Count, int]]:
    """Notice → (counts of those who live in these buildings, how many of them nothing reached), for notices
    to residents whose first letter was written after `since`; the newest first."""
    told = case((Letter.state == Fate.SENT, Letter.to_id))
    living = select(Home.person_id).where(Home.building_id.in_(buildings), Home.until.is_(None))
    missed = case((Letter.state.in_((Fate.FAILED, Fate.UNKNOWN, Fate.BY_HAND)), Letter.to_id))
    query = (
        select(
            Notice,
            func.count(func.distinct(Letter.to_id)),
            func.count(func.distinct(told)),
            func.count(func.distinct(Receipt.reader_id)),
            func.count(func.distinct(missed)),
        )
        .select_from(Letter)
        # + 0, because SQLite would else go through all letters of each notice instead of those of few people
        .join(Notice, Notice.id == Letter.about_id + 0)
        .outerjoin(Receipt, _opened())
        .where(
            Letter.to_kind == "person",
            Letter.to_id.in_(living),
            Letter.kind.in_(LETTER_KINDS),
            Letter.created_at > since,
            Notice.state.in_((State.GOING, State.TOLD)),
        )
        .group_by(Notice.id)
        .order_by(Notice.id.desc())
    )
    return {
        notice.id: (Count(addressed, heard, read), unreached)
        for notice, addressed, heard, read, unreached in session().execute(query)
        if not Audience.of(notice.audience).is_for_staff
    }


def staff_unreached(notice: Notice, limit: int = 50) -> Sequence[int]:
    """Of a notice to staff: the persons whom nothing reached. Their homes are no business of a visit list."""
    if not Audience.of(notice.audience).is_for_staff:
        return []
    query = select(Letter.to_id).where(
        *persons_letters(notice.id), Letter.state.in_((Fate.FAILED, Fate.UNKNOWN, Fate.BY_HAND))
    )
    return session().execute(query.order_by(Letter.to_id).limit(limit)).scalars().all()


def persons_letters(notice_id: int) -> tuple[ColumnElement[bool], ...]:
    """The notice's letters to persons, as conditions of a query."""
    return (
        Letter.about_kind == "notice",
        Letter.about_id == notice_id,
        Letter.kind.in_(LETTER_KINDS),
        Letter.to_kind == "person",
    )


def _opened() -> ColumnElement[bool]:
    return and_(
        Receipt.notice_id == Letter.about_id,
        Receipt.reader_kind == "person",
        Receipt.reader_id == Letter.to_id,
    )


def _code() -> ColumnElement[Any]:
    """The first word of the reason: what the platform says behind it is another one each time."""
    place = func.strpos if session().get_bind().dialect.name == "postgresql" else func.instr
    said = Letter.reason + " "
    return func.substr(said, 1, place(said, " ") - 1)


def _name(public_id: str, sealed: str | None) -> str | None:
    name = unseal(sealed, f"people.name/{public_id}") if sealed else None
    return masked_name(name) if name else None
