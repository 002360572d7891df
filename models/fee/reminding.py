"""催缴提醒: whoever lives in a home hears of its bills in steps, privately, and no more once they are paid.

A bill is told when it is made, some days before it is due, on that day, and some days after; each step
once. What was missed while nothing ran is not made up for: the latest step that a bill has reached counts.
Several bills of a home are one letter, and between two letters to a home lie some days. A letter names no sum
and does not say that anything is owed (X19): the page behind its link does, to who lives there.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import and_, bindparam, exists, insert, select, text, update

from models.base.checkdigit import with_check
from models.base.clock import local, now
from models.base.orm import session
from models.fee.tables import Bill, FeeVisit, Reminder, State
from models.outbox.door import Word, tell_each
from models.outbox.letter import Lane
from models.outbox.recalling import recall
from models.person.proving import is_proven, lives_in
from models.person.tables import Home
from models.place.gazetteer import Town, town
from models.place.tables import Household

ABOUT = "fees"  # letters are about the money of a household, by its number
MADE, REMINDS = "bill_made", "fee_reminder"
KINDS = (MADE, REMINDS)
AT_ONCE = 100  # homes in one transaction
IS_OPEN = text("bills.state = 'open'")  # written out, because only so a partial index serves it on SQLite
_FIRST = "made"
_OWES = Bill.paid_fen < Bill.amount_fen


@dataclass(frozen=True, slots=True)
class Rules:
    """The steps of a place, in days. `before_days` 0: not before a bill is due."""

    before_days: int = 7
    after_days: tuple[int, ...] = (7, 30)
    gap_days: int = 7  # between two letters to a home
    tells_of_bills: bool = True  # when they are made
    visit_gap_days: int = 30  # between two visits to a home


class Open(NamedTuple):
    """A bill that is not paid yet."""

    id: int
    household_id: int
    building_id: int
    due_on: date
    is_disputed: bool


class Told(NamedTuple):
    """A step that a home has heard, or that nobody there could hear."""

    bill_id: int
    step: str
    people: int
    at: datetime


def step_on(day: date, due_on: date, rules: Rules) -> str:
    """The latest step that a bill has reached: made, before, due, after1, after2 … Pure."""
    late = (day - due_on).days
    passed = sum(late >= days for days in rules.after_days)
    if passed:
        return f"after{passed}"
    if late >= 0:
        return "due"
    return "before" if late >= -rules.before_days and rules.before_days else _FIRST


def last_step(rules: Rules) -> str:
    return f"after{len(rules.after_days)}" if rules.after_days else "due"


def wanted(bills: Sequence[Open], told: Sequence[Told], day: date, rules: Rules) -> dict[int, str]:
    """Bill → its step, of those bills of one home of which somebody is to be told today. Pure."""
    heard = [local(one.at).date() for one in told if one.people]
    if heard and (day - max(heard)).days < rules.gap_days:
        return {}
    done = {(one.bill_id, one.step) for one in told}
    steps = {one.id: step_on(day, one.due_on, rules) for one in bills if not one.is_disputed}
    return {
        bill: step
        for bill, step in steps.items()
        if (bill, step) not in done and (rules.tells_of_bills or step != _FIRST)
    }


def remind_some(after: int, rules: Rules) -> int | None:
    """Goes on with the homes behind the household `after`: who is to be told of a bill today is told.

    Returns the last one that was looked at, None when there is none any more. A home that somebody else
    holds, because a payment comes in for it, is left for the next time.
    """
    homes = held(after)
    if not homes:
        return None
    day, places = local(now()).date(), town()
    bills, told = open_bills(homes), told_of(homes, rules)
    steps_of = {home: wanted(bills[home], told[home], day, rules) for home in homes}
    people = people_of([home for home in homes if steps_of[home]])
    written: list[dict[str, Any]] = []
    words: dict[str, list[Word]] = {MADE: [], REMINDS: []}
    for home, steps in steps_of.items():
        written += [
            {"bill_id": bill, "step": step, "people": len(people[home]), "at": now()}
            for bill, step in steps.items()
        ]
        if steps:
            oldest = next(bill for bill in bills[home] if bill.id in steps)
            kind = MADE if steps[oldest.id] == _FIRST else REMINDS
            facts = _facts(oldest, steps[oldest.id], places)
            words[kind] += [Word(person, (ABOUT, home), facts) for person in people[home]]
    if written:
        session().connection().execute(insert(Reminder), written)
    for kind, some in words.items():
        # because a week later there may be another letter, or nothing to say
        over = now() + timedelta(days=rules.gap_days)
        tell_each(some, kind, occasion=day.isoformat(), lane=Lane.NEWS, not_after=over)
    return homes[-1]


def stop(household_id: int) -> None:
    """A payment came in, or a bill was taken back: letters that wait are taken back, unless another bill of
    which they tell is still open, and nobody has to go there. In the transaction that changed the bill."""
    if settled([household_id]):
        recall((ABOUT, household_id), KINDS, "paid")
        needless = update(FeeVisit).where(FeeVisit.household_id == household_id, FeeVisit.outcome.is_(None))
        session().execute(needless.values(outcome="paid", done_at=now()))


def stop_many(households: Collection[int]) -> None:
    """As `stop`, of those among many that were reminded, or to whom somebody is to go."""
    told = select(Bill.household_id).join(Reminder, Reminder.bill_id == Bill.id)
    visited = select(FeeVisit.household_id).where(FeeVisit.outcome.is_(None))
    found = set(session().scalars(told.where(Bill.household_id.in_(households)).distinct()))
    found |= set(session().scalars(visited.where(FeeVisit.household_id.in_(households)).distinct()))
    for home in sorted(found):
        stop(home)


def settled(households: Collection[int]) -> set[int]:
    """Of these homes those that are not to be reminded of anything any more."""
    told = exists().where(Reminder.bill_id == Bill.id)
    owing = select(Bill.household_id).where(
        IS_OPEN, Bill.household_id.in_(households), _OWES, Bill.case_id.is_(None), told
    )
    return set(households) - set(session().scalars(owing))


def overtaken(kind: str, households: Collection[int]) -> Collection[int]:
    """As `settled` for letters of ours, which are asked once more before they go out."""
    return settled(households) if kind in KINDS and households else ()


def held(after: int, *, due_before: date | None = None) -> Sequence[int]:
    """The next households with an open bill (one that was due before a day), in turn and held. Empty when
    there are none any more."""
    owes: list[Any] = [IS_OPEN, _OWES]
    if due_before is not None:
        owes.append(Bill.due_on < due_before)
    # from the open bills to the homes, because the other way round looks at all bills for each few homes
    query = select(Bill.household_id).where(*owes, Bill.household_id > bindparam("after"))
    query = query.group_by(Bill.household_id).order_by(Bill.household_id).limit(AT_ONCE)
    while some := session().scalars(query, {"after": after}).all():
        free = select(Household.id).where(Household.id.in_(some), Household.active).order_by(Household.id)
        if homes := session().scalars(free.with_for_update(skip_locked=True)).all():
            return homes
        after = some[-1]
    return []


def open_bills(homes: Collection[int]) -> Mapping[int, list[Open]]:
    """By household, the oldest first."""
    query = (
        select(Bill.id, Bill.household_id, Household.building_id, Bill.due_on, Bill.case_id.is_not(None))
        .join(Household, Household.id == Bill.household_id)
        .where(IS_OPEN, Bill.household_id.in_(homes), _OWES)
        .order_by(Bill.due_on, Bill.id)
    )
    found: dict[int, list[Open]] = defaultdict(list)
    for row in session().connection().execute(query):
        found[row[1]].append(Open(*row))
    return found


def told_of(homes: Collection[int], rules: Rules) -> Mapping[int, list[Told]]:
    """By household, in no order: every step of its open bills, and of the others what is not long ago."""
    # first the bills, then their steps: in one statement SQLite goes through all steps of the town
    bills = select(Bill.id, Bill.household_id, Bill.state).where(Bill.household_id.in_(homes))
    theirs = {key: (home, state) for key, home, state in session().connection().execute(bills)}
    lately = now() - timedelta(days=rules.gap_days + 1)
    query = select(Reminder.bill_id, Reminder.step, Reminder.people, Reminder.at)
    found: dict[int, list[Told]] = defaultdict(list)
    for row in session().connection().execute(query.where(Reminder.bill_id.in_(theirs))):
        home, state = theirs[row.bill_id]
        if state == State.OPEN or row.at >= lately:
            found[home].append(Told(*row))
    return found


def people_of(homes: Collection[int]) -> Mapping[int, list[int]]:
    """By household, who lives there beyond doubt (A9)."""
    found: dict[int, list[int]] = defaultdict(list)
    if not homes:
        return found
    houses = session().scalars(select(Household.building_id).where(Household.id.in_(homes)).distinct()).all()
    query = (
        select(Household.id, Home.person_id)
        .join(Home, and_(lives_in(), is_proven()))
        # the houses by name, because PostgreSQL would go through the homes of all the town
        .where(Household.id.in_(homes), Home.building_id.in_(houses))
        .distinct()
        .order_by(Household.id, Home.person_id)
    )
    for home, person in session().connection().execute(query):
        found[home].append(person)
    return found


def _facts(bill: Open, step: str, places: Town) -> dict[str, Any]:
    spot = places.spot_of_building(bill.building_id)
    return {
        "number": with_check(bill.id),
        "estate": spot.estate if spot is not None else None,
        "step": step.rstrip("0123456789"),
    }
