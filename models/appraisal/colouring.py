"""三色预警 (row 92): each person's colour of a month that is over, by rule and from steps alone.

Counted once, in one pass over the cases of the town, as the town counts them; a colour keeps the rule and the
cases by which it was found. The same steps give the same colours, whenever they are asked.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from models.appraisal.rules import GREEN, Known, Rule, known
from models.appraisal.tables import StaffWarning
from models.base.actor import SYSTEM
from models.base.clock import now
from models.base.links import personal_path
from models.base.orm import put_once, session
from models.history import record
from models.indicator.asking import TOWN, view_of
from models.indicator.counting import Removed
from models.indicator.formulas import RATES, View, left_out
from models.indicator.period import Period
from models.indicator.reading import records
from models.indicator.record import Record
from models.indicator.removing import removed
from models.outbox.door import tell
from models.outbox.letter import Lane
from models.person.tables import Staff
from models.workdays import CalendarMissing, workdays

ABOUT = "warning"


@dataclass(slots=True)
class Tally:
    """What one person's cases add up to in one rate; `cases` as (case, over, under)."""

    over: int = 0
    under: int = 0
    cases: list[tuple[int, int, int]] = field(default_factory=list)


class Found(NamedTuple):
    """A colour, before anybody has written it down."""

    person_id: int
    community_id: int | None
    rule: Rule
    tally: Tally
    colour: str


class Month(NamedTuple):
    """All colours of a month, by person, and the formulas by which they were counted."""

    period: Period
    formulas: str
    people: list[list[Found]]


def tallies(
    several: Iterable[Record], indicators: Iterable[str], view: View, out: Removed
) -> dict[tuple[int, str], Tally]:
    """By (person, indicator). Pure."""
    rates = [RATES[code] for code in dict.fromkeys(indicators)]
    found: dict[tuple[int, str], Tally] = defaultdict(Tally)
    for one in several:
        for rate in rates:
            mine: dict[int, tuple[int, int]] = {}
            for over, under, taker in rate.counts(one, view):
                if taker is not None:
                    before = mine.get(taker, (0, 0))
                    mine[taker] = (before[0] + over, before[1] + under)
            if mine and left_out(one, rate, out) is None:
                for taker, (over, under) in mine.items():
                    tally = found[taker, rate.code]
                    tally.over += over
                    tally.under += under
                    tally.cases.append((one.id, over, under))
    return dict(found)


def colours(
    counted: Mapping[tuple[int, str], Tally], people: Mapping[int, int | None], known: Known, period: Period
) -> Iterator[list[Found]]:
    """For each of `people` (with their community) a colour by every rule that says something. Pure."""
    for person, community in sorted(people.items()):
        several = [
            Found(person, community, rule, tally, colour)
            for rule in known.of(community, period.last).values()
            if (tally := counted.get((person, rule.indicator))) is not None
            and (colour := rule.colour(tally.over, tally.under)) is not None
        ]
        if several:
            yield several


def found(period: Period) -> Month:
    """Reads only; takes as long as counting the town takes."""
    view, known_rules = view_of(period, TOWN, now()), known()
    posts = select(Staff.person_id, Staff.community_id).where(Staff.active)
    people = {row.person_id: row.community_id for row in session().execute(posts)}
    wanted = {
        rule.indicator
        for community in {None, *people.values()}
        for rule in known_rules.of(community, period.last).values()
    }
    counted = tallies(records(view), sorted(wanted), view, removed())
    return Month(period, view.settings.version, list(colours(counted, people, known_rules, period)))


def enter(month: Month, people: Sequence[list[Found]]) -> int:
    """Writes down the colours of some of its people; each hears of the own ones that are not green, and
    nobody else does. What was entered before stays. Gives how many are new."""
    at = now()
    return sum(_enter_one(month, several, at) for several in people)


def _enter_one(month: Month, several: Sequence[Found], at: datetime) -> int:
    fresh = [(key, one) for one in several if (key := _put(month, one, at)) is not None]
    for key, one in fresh:
        record((ABOUT, key), "coloured", by=SYSTEM, at=at, colour=one.colour)
    bad = [one for _, one in fresh if one.colour != GREEN]
    if bad:
        person = bad[0].person_id
        until = [appeal_until(one.community_id, at, one.rule.appeal_days) for one in bad]
        tell(
            "own_colours",
            person,
            about=None,
            occasion=f"{month.period.name}/{fresh[0][0]}",
            lane=Lane.NEWS,
            path=f"{personal_path('desk', person)}/own",
            period=month.period.name,
            until=min(one.isoformat() for one in until if one) if all(until) else None,
            lines=[
                {
                    "indicator": one.rule.indicator,
                    "colour": one.colour,
                    "over": one.tally.over,
                    "under": one.tally.under,
                    "scale": one.rule.scale,
                }
                for one in bad
            ],
        )
    return len(fresh)


def _put(month: Month, one: Found, at: datetime) -> int | None:
    is_green = one.colour == GREEN
    return put_once(
        StaffWarning,
        "person_id",
        "code",
        "period",
        person_id=one.person_id,
        community_id=one.community_id,
        code=one.rule.code,
        rule=one.rule._asdict(),
        period=month.period.name,
        colour=one.colour,
        numerator=one.tally.over,
        denominator=one.tally.under,
        cases=[list(case) for case in one.tally.cases],
        formulas=month.formulas,
        found_at=at,
        told_at=None if is_green else at,
        appeal_until=None if is_green else appeal_until(one.community_id, at, one.rule.appeal_days),
        final_at=at if is_green else None,
        stands=GREEN if is_green else None,
    )


def appeal_until(community_id: int | None, at: datetime, days: int) -> datetime | None:
    """None as long as nobody has entered the calendar of that year."""
    try:
        return workdays(community_id).add_working_days(at, days)
    except CalendarMissing:
        return None
