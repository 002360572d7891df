"""Which homes somebody has to go to, and who hears of it: where letters reach nobody or did not help, one
person gets a list and nobody shouts (X05)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import select, text, update

from models.base.clock import local, now
from models.base.links import personal_path
from models.base.orm import put, session
from models.duty.answering import houses_of, who_visits
from models.fee import reminding
from models.fee.reminding import KINDS, Open, Rules, Told
from models.fee.tables import FeeVisit
from models.fee.visiting import Outcome
from models.outbox.door import tell
from models.outbox.letter import STUCK, Lane, Letter, State
from models.place.gazetteer import town
from models.place.tables import Household

KIND = "fee_visits"
NAMED = 5  # buildings in a letter; the page has all
NOT_IN_DAYS = 3  # where nobody was at home somebody goes again after so many
MOST = 5000  # homes in one letter
_LATELY = timedelta(days=60)


class Before(NamedTuple):
    """The last visit to a home."""

    asked_on: date
    outcome: str | None
    done_on: date | None
    promised_on: date | None


def ask_some(after: int, rules: Rules) -> int | None:
    """Goes on with the homes behind the household `after`: those that need a visit are put on a list. Returns
    the last one that was looked at, None when there is none any more."""
    day = local(now()).date()
    homes = reminding.held(after, due_before=day - timedelta(days=_patience(rules)) + timedelta(days=1))
    if not homes:
        return None
    bills, told = reminding.open_bills(homes), reminding.told_of(homes, rules)
    people, lost, before = reminding.people_of(homes), _unreached(homes), _last_visits(homes)
    goers: dict[int, int | None] = {}
    places = town()
    for home in homes:
        deaf = not people[home] or home in lost
        if bills[home] and needs_visit(bills[home], told[home], deaf, before.get(home), day, rules):
            building = bills[home][0].building_id
            if building not in places.buildings:
                continue
            if building not in goers:
                goers[building] = _who_goes(building)
            put(FeeVisit, household_id=home, asked_on=day, to_id=goers[building])
    return homes[-1]


def needs_visit(
    bills: Sequence[Open], told: Sequence[Told], deaf: bool, before: Before | None, day: date, rules: Rules
) -> bool:
    """Whether somebody has to go to this home today. `deaf`: letters reach nobody there. Pure.

    A bill is ripe when all its steps are used up, or some days after it is due where nobody hears them. It is
    visited once, and again only where nobody was in or a promise was not kept.
    """
    ripe = [on for one in bills if (on := _ripe_on(one, told, deaf, rules)) is not None and on <= day]
    if not ripe:
        return False
    if before is None:
        return True
    if before.done_on is None:
        return False
    if before.outcome == Outcome.NOT_IN:
        return before.done_on + timedelta(days=NOT_IN_DAYS) <= day
    if before.promised_on is not None:
        return before.promised_on < day
    return max(ripe) > before.asked_on and before.done_on + timedelta(days=rules.visit_gap_days) <= day


def _ripe_on(bill: Open, told: Iterable[Told], deaf: bool, rules: Rules) -> date | None:
    if bill.is_disputed:
        return None
    if deaf:
        return bill.due_on + timedelta(days=_patience(rules))
    last = reminding.last_step(rules)
    heard = [one.at for one in told if (one.bill_id, one.step) == (bill.id, last) and one.people]
    return local(max(heard)).date() + timedelta(days=rules.gap_days) if heard else None


def _patience(rules: Rules) -> int:
    return rules.after_days[0] if rules.after_days else rules.gap_days


def hand_out_one() -> bool:
    """Tells one of those who go, of all homes that were put on the list; False when everybody was told."""
    untold = text("told_at IS NULL")
    first = session().execute(select(FeeVisit.to_id).where(untold).order_by(FeeVisit.id).limit(1)).first()
    if first is None:
        return False
    mine = FeeVisit.to_id.is_(None) if first[0] is None else FeeVisit.to_id == first[0]
    query = (
        select(FeeVisit.id, Household.building_id)
        .join(Household, Household.id == FeeVisit.household_id)
        .where(untold, mine)
        .order_by(FeeVisit.id)
        .limit(MOST)
        .with_for_update(of=FeeVisit)
    )
    rows = session().execute(query).all()
    session().execute(update(FeeVisit).where(FeeVisit.id.in_([row.id for row in rows])).values(told_at=now()))
    tasks: dict[int, dict[int, int]] = {}
    for row in rows:
        for person in (first[0],) if first[0] is not None else _desk(row.building_id):
            homes = tasks.setdefault(person, {})
            homes[row.building_id] = homes.get(row.building_id, 0) + 1
    for person, homes in tasks.items():
        _tell(person, homes, rows[-1].id)
    return True


def _unreached(homes: Collection[int]) -> set[int]:
    """Homes whose letters of late came to nobody at all."""
    query = select(Letter.about_id, Letter.state, text(f"({STUCK}) AS stuck")).where(
        Letter.about_kind == reminding.ABOUT,
        Letter.about_id.in_(homes),
        Letter.kind.in_(KINDS),
        Letter.created_at > now() - _LATELY,
    )
    stuck, heard = set(), set()
    for home, state, is_stuck in session().execute(query):
        if is_stuck:
            stuck.add(home)
        elif state != State.WITHDRAWN:
            heard.add(home)
    return stuck - heard


def _last_visits(homes: Collection[int]) -> Mapping[int, Before]:
    query = select(FeeVisit).where(FeeVisit.household_id.in_(homes)).order_by(FeeVisit.asked_on)
    return {
        one.household_id: Before(
            one.asked_on, one.outcome, local(one.done_at).date() if one.done_at else None, one.promised_on
        )
        for one in session().scalars(query)
    }


def _who_goes(building_id: int) -> int | None:
    """The grid worker, else a keeper; None: the desk."""
    people = who_visits(building_id)
    return people[0] if people and building_id in houses_of(people[0]) else None


def _desk(building_id: int) -> Sequence[int]:
    return who_visits(building_id) if building_id in town().buildings else ()


def _tell(person: int, homes: Mapping[int, int], last: int) -> None:
    spots = [(town().spot_of_building(one), homes[one]) for one in sorted(homes, key=lambda one: -homes[one])]
    houses = [
        {"estate": spot.estate, "building": spot.building, "homes": count} for spot, count in spots if spot
    ]
    tell(
        KIND,
        person,
        about=None,
        occasion=f"to{last}",
        lane=Lane.NEWS,
        path=f"{personal_path('desk', person)}/fees/visits",
        count=sum(homes.values()),
        houses=houses[:NAMED],
        more=max(0, len(houses) - NAMED),
    )
