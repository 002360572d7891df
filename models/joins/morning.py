"""早报: what waits for somebody this morning and what turns red today, of the own work and of the own grids.

Worked out in one pass over the open cases, for everybody at once or for one who opens the page. Whoever has
nothing hears nothing; nobody hears of a grid that is not theirs (X05).
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, or_, select

from models.base.checkdigit import with_check
from models.base.clock import SHANGHAI, local, now
from models.base.links import personal_path
from models.base.orm import session
from models.base.resources import table
from models.case.case import Case
from models.case.lifecycle import WORKING, State
from models.case.tables import Offer
from models.duty import ladder
from models.duty.answering import desk_of
from models.outbox.door import tell
from models.outbox.letter import Lane, Letter
from models.person.tables import Staff
from models.place.gazetteer import town
from models.problem.tables import Problem
from models.whistle.departments import active, people_of
from models.whistle.tables import Called, Whistle
from models.workdays import CalendarMissing, workdays

KIND = "morning"
AT_ONCE = 1000
_RUNNING = frozenset({"dispatch", "accept", "answer", "finish"})


class Open(NamedTuple):
    """An open case, as far as a morning needs it."""

    id: int
    community_id: int | None
    grid_id: int | None
    estate_name: str | None
    building_name: str | None
    unit_name: str | None
    category: str | None
    urgency: str
    state: str
    taker_id: int | None
    rung: int
    due_at: datetime | None
    due_stage: str | None
    finish_due: datetime | None
    reported_at: datetime


class Line(NamedTuple):
    """A case that is late or turns red today. `own`: in this person's hands, not only below."""

    case: Open
    due: datetime
    is_late: bool
    own: bool

    def facts(self) -> dict[str, Any]:
        case = self.case
        return {
            "number": with_check(case.id),
            "estate": case.estate_name,
            "building": case.building_name,
            "unit": case.unit_name,
            "category": case.category,
            "due": self.due.isoformat(),
            "late": self.is_late,
            "own": self.own,
        }


@dataclass(slots=True)
class Waits:
    """One person's morning. Of the own work: `offered` wait for 接单, `held` are worked on, of both so many
    are `late` or turn red `today`. `below_…` of the grids below a rung of theirs."""

    offered: int = 0
    held: int = 0
    late: int = 0
    today: int = 0
    below_open: int = 0
    below_late: int = 0
    below_today: int = 0
    whistles: int = 0
    problems: int = 0
    lines: list[Line] = field(default_factory=list)

    @property
    def is_nothing(self) -> bool:
        own = self.offered or self.held or self.whistles or self.problems
        return not (own or self.below_late or self.below_today)

    def most_urgent(self, most: int) -> list[Line]:
        """The own ones first, each with the longest overdue before the others."""
        return sorted(self.lines, key=lambda one: (not one.own, one.due, one.case.id))[:most]

    def counts(self) -> dict[str, Any]:
        names = ("offered", "held", "late", "today", "below_open", "below_late", "below_today", "whistles")
        return {name: getattr(self, name) for name in (*names, "problems")}


def is_late(case: Open, at: datetime) -> bool:
    """Past its promise, or it has climbed and nobody has answered since."""
    return case.rung > 0 or (case.finish_due is not None and case.finish_due <= at)


def next_due(case: Open) -> datetime | None:
    """When it turns red; None while its limits stand still, and where no calendar says it."""
    if case.due_stage == "pause":
        return None
    return case.due_at if case.due_stage in _RUNNING else case.finish_due


def add_up(
    cases: Iterable[tuple[Open, Collection[int]]], at: datetime, leads: Mapping[int, Collection[int]]
) -> dict[int, Waits]:
    """By person, of cases with who has them in hand (offered to, working on it). `leads`: grid → who stands
    above its lowest rung. Pure."""
    tonight = datetime.combine(local(at).date() + timedelta(days=1), time(), SHANGHAI)
    found: dict[int, Waits] = defaultdict(Waits)
    for case, own in cases:
        late, due = is_late(case, at), next_due(case)
        today = not late and due is not None and due < tonight
        since = case.finish_due if late and case.finish_due is not None else due
        for person in own:
            mine = found[person]
            mine.offered += case.state != State.HANDLING
            mine.held += case.state == State.HANDLING
            mine.late += late
            mine.today += today
        above = leads.get(case.grid_id, ()) if case.grid_id is not None else ()
        for person in above:
            theirs = found[person]
            theirs.below_open += 1
            theirs.below_late += late
            theirs.below_today += today
        if late or today:
            for person in {*own, *above}:
                line = Line(case, since or case.reported_at, late, person in own)
                found[person].lines.append(line)
    return dict(found)


def gathered(person_id: int | None = None) -> dict[int, Waits]:
    """Everybody's, or one person's alone."""
    at, which = now(), _about(person_id) if person_id is not None else []
    leads = _leads(at)
    found = add_up(_open(which), at, leads)
    for person, several in _whistles().items():
        found.setdefault(person, Waits()).whistles = several
    for person, several in _problems(local(at).date()).items():
        found.setdefault(person, Waits()).problems = several
    if person_id is None:
        return found
    return {person_id: found.get(person_id, Waits())}


def due_people(found: Mapping[int, Waits]) -> list[int]:
    """Those who hear of it today: they have something and a post, are not on leave, and it is a working day
    where they work."""
    at, known = now(), ladder.chain()
    today, works = local(at).date(), dict[int | None, bool]()
    people = []
    posts = select(Staff.person_id, Staff.community_id).where(Staff.active).order_by(Staff.person_id)
    for row in session().execute(posts):
        if row.community_id not in works:
            works[row.community_id] = is_workday(row.community_id, today)
        has = row.person_id in found and not found[row.person_id].is_nothing
        if has and works[row.community_id] and not known.is_away(row.person_id, at):
            people.append(row.person_id)
    return people


def tell_some(found: Mapping[int, Waits], people: Sequence[int]) -> int:
    """A letter to each of them who has none of today. Gives how many it wrote."""
    today = local(now()).date()
    begin = datetime.combine(today, time(), SHANGHAI)
    before = select(Letter.to_id).where(
        Letter.to_kind == "person", Letter.to_id.in_(people), Letter.kind == KIND, Letter.created_at >= begin
    )
    told = set(session().scalars(before))
    most = table("rules/digests.toml")["morning"]["named"]
    fresh = [one for one in people if one not in told]
    for person in fresh:
        mine = found[person]
        tell(
            KIND,
            person,
            about=None,
            occasion=today.isoformat(),
            lane=Lane.NEWS,
            path=f"{personal_path('desk', person)}/today",
            most_urgent=[one.facts() for one in mine.most_urgent(most)],
            **mine.counts(),
        )
    return len(fresh)


def _open(which: Sequence[ColumnElement[bool]]) -> Iterator[tuple[Open, Collection[int]]]:
    columns: tuple[Any, ...] = tuple(getattr(Case, name) for name in Open._fields)
    query = select(*columns).where(Case.state.in_(tuple(WORKING)), *which).order_by(Case.id)
    desks: dict[int | None, tuple[int, ...]] = {}
    for rows in session().execute(query.execution_options(yield_per=AT_ONCE)).partitions():
        several = [Open._make(row) for row in rows]
        offered = _offered([case.id for case in several])
        for case in several:
            if case.state == State.HANDLING:
                yield case, (case.taker_id,) if case.taker_id is not None else ()
            elif case.state == State.DISPATCHED:
                yield case, offered.get(case.id, ())
            else:
                if case.community_id not in desks:
                    desks[case.community_id] = tuple(one.person_id for one in desk_of(case.community_id))
                yield case, desks[case.community_id]


def _offered(cases: list[int]) -> dict[int, set[int]]:
    query = select(Offer.case_id, Offer.person_id).where(Offer.case_id.in_(cases), Offer.ended_at.is_(None))
    found: dict[int, set[int]] = defaultdict(set)
    for row in session().execute(query):
        found[row.case_id].add(row.person_id)
    return found


def _about(person_id: int) -> list[ColumnElement[bool]]:
    """Only cases that may be in this person's morning."""
    offers = select(Offer.case_id).where(Offer.person_id == person_id, Offer.ended_at.is_(None))
    ways: list[ColumnElement[bool]] = [Case.taker_id == person_id, Case.id.in_(offers)]
    if grids := ladder.subtree(person_id, lowest=1):
        ways.append(Case.grid_id.in_(grids))
    places = [one for one in (None, *town().communities) if _is_at_desk(person_id, one)]
    if places:
        filed = Case.community_id.in_([one for one in places if one is not None])
        ways.append(and_(Case.state == State.FILED, or_(filed, Case.community_id.is_(None))))
    return [or_(*ways)]


def _is_at_desk(person_id: int, community_id: int | None) -> bool:
    return any(one.person_id == person_id for one in desk_of(community_id))


def _leads(at: datetime) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    known = ladder.chain()
    for grid, rung in {place for place, _ in known.all_holding(at) if place[1] > 0}:
        found[grid].update(known.there(grid, rung, at).people)
    return found


def _whistles() -> dict[int, int]:
    """How many whistles wait for an answer, by who speaks for the department."""
    query = (
        select(Called.department_id)
        .join(Whistle, Whistle.id == Called.whistle_id)
        .where(Whistle.ended_at.is_(None), Called.answered_at.is_(None))
    )
    waiting = Counter(session().scalars(query))
    found: dict[int, int] = Counter()
    for department in active() if waiting else ():
        for person in people_of(department):
            found[person] += waiting[department.id]
    return {person: several for person, several in found.items() if several}


def _problems(today: date) -> dict[int, int]:
    """How many problems come up today or should have, by owner."""
    query = select(Problem.owner_id).where(
        Problem.state == "open", Problem.owner_id.is_not(None), Problem.next_on <= today
    )
    return {person: several for person, several in Counter(session().scalars(query)).items() if person}


def is_workday(community_id: int | None, day: date) -> bool:
    """A year that nobody has entered silences nobody."""
    try:
        return workdays(community_id).is_working_day(day)
    except CalendarMissing:
        return True
