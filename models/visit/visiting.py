"""A visit at a door: who may make it, that it is written down once, and what was said there (row 30)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import select

from models.base.clock import now
from models.base.orm import public_id, put, put_once, session
from models.base.refusals import Invalid, NotAllowed, NotFound
from models.base.resources import table
from models.duty.answering import houses_of
from models.duty.overseeing import decides
from models.place.gazetteer import town
from models.place.spot import Spot
from models.place.tables import Household
from models.visit.tables import HomeVisit, VisitOpinion

RESULTS, OPINIONS = "labels/visit_results.toml", "labels/opinions.toml"
MET, ABSENT, REFUSED = "met", "absent", "refused"
WORDS_LIMIT = 1000
OLDEST = timedelta(days=30)  # so long a telephone may be without a network
AHEAD = timedelta(minutes=10)  # by which a telephone's clock may be wrong


class Noted(NamedTuple):
    """A visit, and whether it is new: a copy of one that is known changes nothing."""

    id: int
    public_id: str
    is_new: bool


def visit(
    household_id: int,
    person_id: int,
    sync_id: str,
    result: str,
    words: str = "",
    *,
    visited_at: datetime | None = None,
) -> Noted:
    """Written down once for each `sync_id` of a person, however often and in whatever order it is sent.

    Raises NotFound for a home that is not this person's to visit; Invalid: visit_result, visit_time,
    visit_silent (words of somebody whom nobody met); NotAllowed: visit_reused, for a name that another home's
    visit has already.
    """
    spot_to_visit(household_id, person_id)
    at = now()
    visited_at = visited_at or at
    if result not in table(RESULTS):
        raise Invalid("visit_result", field="result")
    if not at - OLDEST <= visited_at <= at + AHEAD:
        raise Invalid("visit_time", field="visited_at", days=OLDEST.days)
    key = put_once(
        HomeVisit,
        "person_id",
        "sync_id",
        public_id=public_id(),
        person_id=person_id,
        sync_id=sync_id,
        household_id=household_id,
        result=result,
        words=words.strip()[:WORDS_LIMIT],
        visited_at=min(visited_at, at),
        at=at,
    )
    if key is not None:
        return Noted(key, session().get_one(HomeVisit, key).public_id, True)
    query = select(HomeVisit).where(HomeVisit.person_id == person_id, HomeVisit.sync_id == sync_id)
    known = session().scalars(query).one()
    if known.household_id != household_id:
        raise NotAllowed("visit_reused", field="sync_id")
    return Noted(known.id, known.public_id, False)


def note_opinion(visit_id: int, kind: str, text: str, case_id: int | None = None) -> int:
    """What was said there, under its class; `case_id`: what it has become. Raises Invalid."""
    if kind not in table(OPINIONS):
        raise Invalid("opinion_class")
    if not text.strip():
        raise Invalid("text_missing")
    return put(VisitOpinion, visit_id=visit_id, kind=kind, text=text.strip()[:WORDS_LIMIT], case_id=case_id)


def opinions_of(visit_id: int) -> Sequence[VisitOpinion]:
    query = select(VisitOpinion).where(VisitOpinion.visit_id == visit_id).order_by(VisitOpinion.id)
    return session().scalars(query).all()


def spot_to_visit(household_id: int, person_id: int) -> Spot:
    """The home's place, for who keeps its building, holds a rung of its grid, or decides there. Raises
    NotFound."""
    home = session().get(Household, household_id)
    spot = None
    if home is not None and home.active:
        spot = town().spot_of_building(home.building_id, home.unit_name, home.room, how="staff")
    if spot is None or not (
        spot.building_id in houses_of(person_id) or decides(person_id, spot.community_id)
    ):
        raise NotFound("household_not_found")
    return spot
