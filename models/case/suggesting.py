"""派给谁: who could take a case, each with the reasons, the likeliest first. Nobody is chosen by it: a person
says whom, and the same verb hands it on."""

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import func, select

from models.base.clock import ago, now
from models.base.orm import session
from models.case import offering
from models.case.case import Case
from models.case.lifecycle import CLAIMED, State
from models.case.tables import Offer
from models.duty import answering, shifts
from models.duty.answering import Answering
from models.person.tables import Staff
from models.place.spot import Spot

MOST = 5
SAME_DAYS = 365  # so long it counts that somebody has mended the like there


class Suggestion(NamedTuple):
    """`reasons`: keeper | grid_worker | department | desk | on_shift | mended_here, the first is why. `has`:
    how many cases this person has in hand now."""

    person_id: int
    number: str  # 工号
    name: str
    employer: str | None
    reasons: tuple[str, ...]
    has: int


def suggested(case: Case) -> list[Suggestion]:
    """Without whoever has it, is asked already, or gave it back."""
    out = offering.returned_by(case.id) | set(offering.holders(case.id)) | {case.taker_id}
    return _said([one for one in _reasons(case.spot, case.category, case.id) if one[0] not in out])


def suggested_for(spot: Spot, category: str | None) -> list[Suggestion]:
    """As `suggested`, for what is no case yet: the first is who will be asked."""
    return _said(list(_reasons(spot, category, None)))


def _reasons(spot: Spot, category: str | None, case_id: int | None) -> Iterator[tuple[int, str]]:
    asked: set[int] = set()
    while (found := answering.answering(spot, category, except_for=frozenset(asked))) != answering.NOBODY:
        yield from ((person, found.route) for person in found.people)
        asked.update(found.people)
        if len(asked) >= MOST:
            break
    department = answering.asked_of(spot.community_id, category)
    if department.route == "department":
        yield from _each(department)
    yield from ((person, "on_shift") for person in shifts.on_shift(spot.community_id, 0, now()))
    if (last := _mended_here(spot, category, case_id)) is not None:
        yield last, "mended_here"


def _each(found: Answering) -> Iterator[tuple[int, str]]:
    return ((person, found.route) for person in found.people)


def _mended_here(spot: Spot, category: str | None, case_id: int | None) -> int | None:
    """Who said last that the like was mended in this building."""
    if spot.building_id is None or category is None:
        return None
    query = select(Case.taker_id).where(
        Case.estate_id == spot.estate_id,
        Case.building_id == spot.building_id,
        Case.category == category,
        Case.id != (case_id or 0),
        Case.state.in_(sorted(CLAIMED)),
        Case.taker_id.is_not(None),
        Case.reported_at > ago(days=SAME_DAYS),
    )
    return session().execute(query.order_by(Case.id.desc()).limit(1)).scalar()


def _said(found: list[tuple[int, str]]) -> list[Suggestion]:
    reasons: dict[int, dict[str, None]] = {}
    for person, reason in found:
        reasons.setdefault(person, {})[reason] = None
    chosen = dict(list(reasons.items())[:MOST])
    query = select(Staff).where(Staff.person_id.in_(chosen), Staff.active)
    staff = {one.person_id: one for one in session().scalars(query)}
    has = _in_hand(list(staff))
    return [
        Suggestion(key, staff[key].number, staff[key].name, staff[key].employer, tuple(why), has.get(key, 0))
        for key, why in chosen.items()
        if key in staff
    ]


def _in_hand(people: list[int]) -> dict[int, int]:
    works = select(Case.taker_id, func.count(Case.id)).where(
        Case.taker_id.in_(people), Case.state == State.HANDLING
    )
    asked = select(Offer.person_id, func.count(Offer.id)).where(
        Offer.person_id.in_(people), Offer.ended_at.is_(None)
    )
    found: dict[int, int] = {}
    for query in (works.group_by(Case.taker_id), asked.group_by(Offer.person_id)):
        for person, many in session().execute(query):
            if person is not None:
                found[person] = found.get(person, 0) + many
    return found
