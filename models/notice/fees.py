"""A notice about fees: a group hears a sum, a household its own bill (X05)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, ForeignKey, Select, UniqueConstraint, delete, exists, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from models.base.actor import By
from models.base.clock import now
from models.base.orm import Base, Numbered, session
from models.base.refusals import Invalid, NotAllowed
from models.history import record
from models.notice.audience import Audience, Reach, reach_of
from models.notice.tables import Kind, Notice, State
from models.person.proving import Claim, claims, homes_of, is_proven, lives_in
from models.person.tables import Home
from models.place.gazetteer import town
from models.place.spot import Spot
from models.place.tables import Household

HIGHEST = 100_000_00  # fen a household: more is a slip of the pen


class FeeLine(Numbered, Base):
    """What one household owed and had paid when the notice was written, in fen."""

    __tablename__ = "notice_fee_lines"
    __table_args__ = (UniqueConstraint("notice_id", "household_id"),)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notices.id"))
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id"), index=True)
    due_fen: Mapped[int]
    paid_fen: Mapped[int] = mapped_column(default=0)


class FeeSum(Numbered, Base):
    """What was said aloud of a building: so many of its homes have paid. No row: nothing was said of it."""

    __tablename__ = "notice_fee_sums"
    __table_args__ = (UniqueConstraint("notice_id", "building_id"),)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notices.id"))
    building_id: Mapped[int] = mapped_column(ForeignKey("buildings.id"), index=True)
    paid: Mapped[int]
    homes: Mapped[int]


class Line(NamedTuple):
    """Of one household: what it owes and what it has paid of that, fen."""

    household_id: int
    due_fen: int
    paid_fen: int


class Bill(NamedTuple):
    """One household's own line, for whoever lives there."""

    place: Spot
    due_fen: int
    paid_fen: int


@dataclass(frozen=True, slots=True)
class FeeReach(Reach):
    """Of the people whom a notice would reach those who live, beyond doubt, in a home that still owes."""

    notice_id: int

    def _people(self) -> Select[Any]:
        return _owing_people(self.notice_id).distinct()


def attach(notice: Notice, lines: Sequence[Line], by: By) -> None:
    """Makes a draft a notice about fees, from the lines of a book or of bills; lines from before are
    replaced.

    Raises NotAllowed for one that was handed in; Invalid for a call, a notice to staff or one that is not
    ordinary, for a sum that cannot be, a household named twice, unknown or outside its audience.
    """
    if notice.state != State.DRAFT:
        raise NotAllowed("notice_handed_in", number=notice.id)
    if any(not 0 <= one.paid_fen <= one.due_fen <= HIGHEST for one in lines):
        raise Invalid("fees_sum")
    homes = {one.household_id for one in lines}
    if len(homes) < len(lines):
        raise Invalid("fees_lines")
    _must_fit(notice, homes)
    execute = session().connection().execute
    execute(delete(FeeLine).where(FeeLine.notice_id == notice.id))
    execute(insert(FeeLine), [{"notice_id": notice.id, **one._asdict()} for one in lines])
    notice.is_about_fees = True
    owing = sum(one.paid_fen < one.due_fen for one in lines)
    record(("notice", notice.id), "fees_attached", by=by, at=now(), homes=len(lines), owing=owing)


def must_fit(notice: Notice) -> None:
    """Raises Invalid as `attach` does, for a draft that says something else since; nothing for any notice
    that is not about fees."""
    if notice.is_about_fees:
        of_notice = select(FeeLine.household_id).where(FeeLine.notice_id == notice.id)
        _must_fit(notice, set(session().scalars(of_notice)))


def _must_fit(notice: Notice, homes: set[int]) -> None:
    audience = Audience.of(notice.audience)
    if notice.is_call or notice.kind != Kind.ORDINARY or notice.warns_of_case is not None:
        raise Invalid("fees_ordinary")
    if audience.is_for_staff or audience.unread_of is not None:
        raise Invalid("fees_homes")
    if not homes:
        raise Invalid("fees_none")
    if homes - addressed(reach_of(audience, notice.community_id), homes):
        raise Invalid("fees_lines")


def addressed(reach: Reach, households: Collection[int]) -> set[int]:
    """Those of the households that lie in the audience."""
    found: set[int] = set()
    numbers = sorted(households)
    for start in range(0, len(numbers), 500):  # below the most parameters that a statement takes
        query = select(Household.id, Household.building_id, Household.unit_name).where(
            Household.id.in_(numbers[start : start + 500]), Household.active
        )
        found |= {
            row.id
            for row in session().execute(query)
            if row.building_id in reach.buildings or (row.building_id, row.unit_name) in reach.units
        }
    return found


def reach_of_notice(notice: Notice) -> Reach:
    """Whom it would reach today: of a notice about fees only homes that owe. Raises Invalid."""
    reach = reach_of(Audience.of(notice.audience), notice.community_id)
    if not notice.is_about_fees:
        return reach
    return FeeReach(**{one.name: getattr(reach, one.name) for one in fields(Reach)}, notice_id=notice.id)


def bills(notice_id: int, person_id: int) -> list[Bill]:
    """The lines of the homes where this person lives now, beyond doubt; nobody else's."""
    query = (
        select(FeeLine.due_fen, FeeLine.paid_fen, Household.building_id, Household.unit_name, Household.room)
        .join(Household, Household.id == FeeLine.household_id)
        .where(FeeLine.notice_id == notice_id, FeeLine.household_id.in_(homes_of(person_id)))
        .order_by(Household.id)
    )
    places = town()
    found = []
    for due, paid, building, unit, room in session().execute(query):
        spot = places.spot_of_building(building, unit, room)
        if spot is not None:
            found.append(Bill(spot, due, paid))
    return found


def nobody_to_tell(notice_id: int) -> tuple[Any, ...]:
    """Households that owe and where, beyond doubt, nobody whom we know lives: as conditions of a query."""
    known = exists().where(lives_in(), is_proven())
    return (Household.id.in_(select(FeeLine.household_id).where(*_owing(notice_id))), ~known)


def buildings_of(notice_id: int) -> Sequence[int]:
    """In which the homes of its lines lie."""
    query = select(Household.building_id).join(FeeLine, FeeLine.household_id == Household.id)
    query = query.where(FeeLine.notice_id == notice_id).distinct()
    return session().scalars(query.order_by(Household.building_id)).all()


def unproven(notice_id: int, *which: ColumnElement[bool], limit: int | None = None) -> Sequence[Claim]:
    """Who says to live in a home that owes, and nobody has looked: they hear nothing of it. Of the homes and
    households that `which` picks."""
    owes = select(FeeLine.household_id).where(*_owing(notice_id))
    return claims(Household.id.in_(owes), *which, limit=limit)


def _owing(notice_id: int) -> tuple[Any, ...]:
    return (FeeLine.notice_id == notice_id, FeeLine.paid_fen < FeeLine.due_fen)


def _owing_people(notice_id: int) -> Select[Any]:
    """Asked person by person, because a join would go through the whole book for each few hundred."""
    owes = (
        select(FeeLine.id)
        .join(Household, Household.id == FeeLine.household_id)
        .where(*_owing(notice_id), lives_in())
        .correlate(Home)
    )
    return select(Home.person_id).where(is_proven(), Home.until.is_(None), exists(owes))
