"""What people said at their doors, and what was noted there: what has become of it (row 30). Who reads it:
sight.py."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import select

from models.base.orm import session
from models.base.refusals import NotFound
from models.place.tables import Household
from models.visit.covering import moment_of
from models.visit.tables import HomeVisit, VisitOpinion


class Heard(NamedTuple):
    """An opinion without the room in which it was said."""

    id: int
    kind: str
    text: str
    building_id: int
    visited_at: datetime


def waiting(buildings: Collection[int], since: date, limit: int) -> Sequence[Heard]:
    """Those that nobody has dealt with yet, the newest first."""
    query = (
        select(
            VisitOpinion.id, VisitOpinion.kind, VisitOpinion.text, Household.building_id, HomeVisit.visited_at
        )
        .join(HomeVisit, HomeVisit.id == VisitOpinion.visit_id)
        .join(Household, Household.id == HomeVisit.household_id)
        .where(
            VisitOpinion.case_id.is_(None),
            VisitOpinion.noted_at.is_(None),
            HomeVisit.visited_at >= moment_of(since),
            Household.building_id.in_(sorted(buildings)),
        )
        .order_by(VisitOpinion.id.desc())
        .limit(limit)
    )
    return [Heard(*row) for row in session().execute(query)]


class Note(NamedTuple):
    """What a visitor wrote down, without the room."""

    words: str
    building_id: int
    visited_at: datetime


def noted(buildings: Collection[int], since: date, limit: int) -> Sequence[Note]:
    """Words of visits, the newest first."""
    query = (
        select(HomeVisit.words, Household.building_id, HomeVisit.visited_at)
        .join(Household, Household.id == HomeVisit.household_id)
        .where(
            HomeVisit.words != "",
            HomeVisit.visited_at >= moment_of(since),
            Household.building_id.in_(sorted(buildings)),
        )
        .order_by(HomeVisit.visited_at.desc(), HomeVisit.id.desc())
        .limit(limit)
    )
    return [Note(*row) for row in session().execute(query)]


def hold(opinion_id: int, buildings: Collection[int]) -> tuple[VisitOpinion, HomeVisit]:
    """One of them and its visit, the row ours. Raises NotFound."""
    query = (
        select(VisitOpinion, HomeVisit)
        .join(HomeVisit, HomeVisit.id == VisitOpinion.visit_id)
        .join(Household, Household.id == HomeVisit.household_id)
        .where(VisitOpinion.id == opinion_id, Household.building_id.in_(sorted(buildings)))
        .with_for_update(of=VisitOpinion)
        .execution_options(populate_existing=True)
    )
    row = session().execute(query).first()
    if row is None:
        raise NotFound("opinion_not_found")
    return row[0], row[1]
