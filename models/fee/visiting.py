"""入户走访: what somebody sees who goes to a home about its bills, and what comes of it.

Building, unit and room, which periods are open, and no sum: the home is shown its bill on its own telephone
or at the counter. What came of it is a code; a promise, a difficulty and a complaint each lead somewhere
else than to the next reminder. Which homes: visits_due.py.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import exists, func, select

from models.base.actor import By
from models.base.clock import local, now
from models.base.orm import session
from models.base.refusals import Invalid, NotAllowed, NotFound
from models.contract.tables import Relief
from models.fee.payments import hold
from models.fee.reminding import IS_OPEN
from models.fee.tables import Bill, FeeVisit
from models.history import record
from models.outbox.fates import SECOND_THOUGHTS
from models.place.gazetteer import in_order, town
from models.place.tables import Household

PROMISE_DAYS = 92  # no promise reaches further
WORDS = 300
HARDSHIP_DAYS = 92  # so long the desk is shown who asked for relief
SHOWN_DAYS = 14  # so long it is shown where somebody was


class Outcome(StrEnum):
    PAID = "paid"  # they say so; what came in stands in the books
    PROMISED = "promised"
    NOT_IN = "not_in"
    MOVED = "moved"
    DIFFICULTY = "difficulty"  # asks for relief
    COMPLAINS = "complains"  # about what was not done: a case


class Stop(NamedTuple):
    """A home on the way: `periods` are those of its open bills, `since` is when the oldest was due."""

    id: int
    household_id: int
    unit: str
    room: str
    periods: tuple[str, ...]
    since: date | None
    asked_on: date
    outcome: str | None
    words: str | None
    promised_on: date | None
    case_id: int | None
    done_by: int | None
    done_at: datetime | None


class Hardship(NamedTuple):
    """A home that asks for relief, in the words of whoever was there."""

    household_id: int
    building_id: int
    unit: str
    room: str
    words: str | None
    at: datetime | None


class Round(NamedTuple):
    """Homes of one building: still to go to, and where somebody was lately."""

    homes: int
    visited: int


def rounds(buildings: Collection[int]) -> Mapping[int, Round]:
    """Building → its round, those with most homes to go to first."""
    query = (
        select(Household.building_id, func.count(FeeVisit.id), func.count(FeeVisit.outcome))
        .join(Household, Household.id == FeeVisit.household_id)
        .where(Household.building_id.in_(buildings), _is_shown())
        .group_by(Household.building_id)
    )
    found = {row[0]: Round(row[1] - row[2], row[2]) for row in session().execute(query)}
    names = town().buildings
    return {
        one: found[one]
        for one in sorted(
            found, key=lambda one: (-found[one].homes, names[one].estate_id, in_order(names[one].name))
        )
        if one in names
    }


def homes_to_visit(buildings: Collection[int]) -> int:
    """How many homes of these buildings somebody still has to go to."""
    return sum(one.homes for one in rounds(buildings).values()) if buildings else 0


def stops(building_id: int) -> Sequence[Stop]:
    """The homes of a building to go to, or where somebody was lately, by unit and room."""
    query = (
        select(FeeVisit, Household.unit_name, Household.room)
        .join(Household, Household.id == FeeVisit.household_id)
        .where(Household.building_id == building_id, _is_shown())
    )
    rows = session().execute(query).all()
    bills = _periods([visit.household_id for visit, _, _ in rows])
    found = [
        Stop(
            visit.id,
            visit.household_id,
            unit,
            room,
            tuple(label for label, _ in bills[visit.household_id]),
            min((due for _, due in bills[visit.household_id]), default=None),
            visit.asked_on,
            visit.outcome,
            visit.words,
            visit.promised_on,
            visit.case_id,
            visit.done_by,
            visit.done_at,
        )
        for visit, unit, room in rows
    ]
    return sorted(found, key=lambda one: (in_order(one.unit), in_order(one.room), one.asked_on))


def in_difficulty(buildings: Collection[int]) -> Sequence[Hardship]:
    """Homes that said they have difficulties, and for which nobody has asked for relief since; the first
    first. For whoever decides about reliefs."""
    asked = exists().where(Relief.household_id == FeeVisit.household_id, Relief.at >= FeeVisit.done_at)
    query = (
        select(Household.id, Household.building_id, Household.unit_name, Household.room,
               FeeVisit.words, FeeVisit.done_at)
        .join(Household, Household.id == FeeVisit.household_id)
        .where(
            FeeVisit.outcome == Outcome.DIFFICULTY,
            FeeVisit.done_at > now() - timedelta(days=HARDSHIP_DAYS),
            Household.building_id.in_(buildings),
            ~asked,
        )
        .order_by(FeeVisit.done_at, FeeVisit.id)
    )  # fmt: skip
    return [Hardship(*row) for row in session().execute(query)]


def finish(
    visit_id: int, outcome: str, by: By, *, words: str = "", promised_on: date | None = None
) -> FeeVisit:
    """Somebody was there. Said again by a second thumb it changes nothing.

    Raises NotFound: visit_not_found; NotAllowed: visit_done, when it ended otherwise; Invalid: visit_outcome,
    visit_promise (no day from today on), visit_words (a complaint without words).
    """
    visit = held(visit_id)
    try:
        wanted = Outcome(outcome)
    except ValueError:
        raise Invalid("visit_outcome") from None
    today, words = local(now()).date(), words.strip()[:WORDS]
    if wanted == Outcome.PROMISED:
        if promised_on is None or not today <= promised_on <= today + timedelta(days=PROMISE_DAYS):
            raise Invalid("visit_promise", days=PROMISE_DAYS)
    else:
        promised_on = None
    if wanted == Outcome.COMPLAINS and not words:
        raise Invalid("visit_words")
    if visit.outcome is not None:
        if (visit.outcome, visit.promised_on) == (wanted, promised_on):
            return visit
        raise NotAllowed("visit_done")
    visit.outcome, visit.words, visit.promised_on = wanted, words or None, promised_on
    visit.done_by, visit.done_at = by.id, now()
    record(("household", visit.household_id), "fee_visited", by=by, at=now(), outcome=wanted.value)
    return visit


def take_back(visit_id: int, by: By) -> bool:
    """It was a slip of the thumb. False where that is long ago, or a case was made of it."""
    visit = held(visit_id)
    if visit.done_at is None or visit.case_id is not None or visit.done_at < now() - SECOND_THOUGHTS:
        return False
    visit.outcome = visit.words = visit.promised_on = visit.done_by = visit.done_at = None
    record(("household", visit.household_id), "fee_visit_taken_back", by=by, at=now())
    return True


def held(visit_id: int) -> FeeVisit:
    """Raises NotFound: visit_not_found."""
    household = session().scalar(select(FeeVisit.household_id).where(FeeVisit.id == visit_id))
    if household is None:
        raise NotFound("visit_not_found")
    hold(household)  # first, because a payment holds it when it settles the visit
    return session().get_one(FeeVisit, visit_id, with_for_update=True, populate_existing=True)


def lines(*, waiting: bool) -> Iterable[dict[str, Any]]:
    """All visits, or those that are still to be made, oldest first."""
    query = (
        select(FeeVisit, Household.building_id, Household.unit_name, Household.room)
        .join(Household, Household.id == FeeVisit.household_id)
        .order_by(FeeVisit.id)
    )
    if waiting:
        query = query.where(FeeVisit.outcome.is_(None))
    for visit, building, unit, room in session().execute(query):
        spot = town().spot_of_building(building)
        place = (spot.estate, spot.building, unit, room) if spot is not None else (unit, room)
        yield {
            "number": visit.id,
            "household": "-".join(part for part in place if part),
            "asked_on": visit.asked_on.isoformat(),
            "outcome": visit.outcome,
            "promised_on": visit.promised_on.isoformat() if visit.promised_on else None,
        }


def _is_shown() -> Any:
    """To be made, or made in the last days. One whose home has paid meanwhile needs nobody."""
    owes = exists().where(
        IS_OPEN, Bill.household_id == FeeVisit.household_id, Bill.paid_fen < Bill.amount_fen
    )
    waits = FeeVisit.outcome.is_(None) & owes
    return waits | (FeeVisit.done_at > now() - timedelta(days=SHOWN_DAYS))


def _periods(homes: Collection[int]) -> Mapping[int, list[tuple[str, date]]]:
    query = (
        select(Bill.household_id, Bill.period, Bill.due_on)
        .where(IS_OPEN, Bill.household_id.in_(homes), Bill.paid_fen < Bill.amount_fen)
        .where(Bill.due_on < local(now()).date())
        .order_by(Bill.due_on, Bill.id)
    )
    found: dict[int, list[tuple[str, date]]] = defaultdict(list)
    for home, label, due in session().execute(query):
        found[home].append((label, due))
    return found
