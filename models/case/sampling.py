"""抽查 (row 12): supervisors (监事) look at a share of the cases that nobody's word closed.

Which cases, and who looks at which, follows from a seed that the steps keep, so that anybody can draw again
and see that nobody chose. Nobody looks at a case of which the same person was a part.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from secrets import token_hex
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, func, select

from models.base.actor import SYSTEM, By
from models.base.checkdigit import with_check
from models.base.clock import SHANGHAI, local, now
from models.base.links import personal_path
from models.base.orm import put, session
from models.base.refusals import Invalid, NotAllowed, NotFound
from models.base.resources import table
from models.case import reach
from models.case.case import Case
from models.case.lifecycle import State
from models.case.tables import Fellow, Offer, Sample
from models.duty.ladder import chain
from models.duty.overseeing import ABOVE
from models.duty.posts import StaffPost, present
from models.history import Step, record
from models.outbox.door import tell
from models.outbox.letter import Lane
from models.place.tables import Community

UNHEARD = ("default", "unasked")  # closings without anybody's word
VERDICTS = ("mended", "not_mended", "not_reached")
SUPERVISOR = "supervisor"
NOTE = 500


class Found(NamedTuple):
    """`mended` of `looked_at` is the rate; what was not reached is in neither. `closed` are all that nobody's
    word closed in the time."""

    closed: int
    drawn: int
    mended: int
    not_mended: int
    not_reached: int

    @property
    def looked_at(self) -> int:
        return self.mended + self.not_mended

    @property
    def waiting(self) -> int:
        return self.drawn - self.looked_at - self.not_reached

    @property
    def tenths(self) -> int | None:
        """Of a percent, half up; None when nothing was looked at."""
        if not self.looked_at:
            return None
        return (2 * 1000 * self.mended + self.looked_at) // (2 * self.looked_at)


def in_order(seed: str, keys: Iterable[int]) -> list[int]:
    """By the SHA-256 of seed and number, as anybody can recompute it. Pure."""
    return sorted(keys, key=lambda key: sha256(f"{seed}/{with_check(key)}".encode()).hexdigest())


def dealt(
    seed: str, cases: Iterable[int], looking: Sequence[int], parts: Mapping[int, Collection[int]], count: int
) -> list[tuple[int, int]]:
    """(Case, who looks at it): cases in the order of the seed, each to whoever has fewest yet and had no part
    in it; what nobody may look at is left out. Pure."""
    people = in_order(seed, looking)
    has = dict.fromkeys(people, 0)
    drawn: list[tuple[int, int]] = []
    for case in in_order(seed, cases):
        if len(drawn) == count:
            break
        free = [person for person in people if person not in parts.get(case, ())]
        if free:
            person = min(free, key=lambda one: has[one])  # of several the first in the order of the seed
            has[person] += 1
            drawn.append((case, person))
    return drawn


def wanted(pool: int, percent: int) -> int:
    """How many of so many, by the rule of a week: rounded up. Pure."""
    rule = table("rules/sampling.toml")
    share = -(-pool * percent // 100)
    return min(pool, max(int(rule["least"]), min(int(rule["most"]), share))) if pool else 0


def draw_last_week(after: int = 0, *, percent: int) -> int:
    """Of what was closed last week (Monday to Monday) in the community after this number, as far as the share
    is not drawn yet; after the last of them, of what nobody could place, for the town's supervisors. Gives
    the community's number, then 0. Each supervisor reads how many."""
    query = select(Community.id).where(Community.id > after).order_by(Community.id).limit(1)
    community = session().scalars(query.with_for_update()).first()
    if community is None:
        _hold_places(None)
    monday = _monday(local(now()).date())
    start, end = _midnight(monday - timedelta(days=7)), _midnight(monday)
    pool, already = _pool(start, end, Case.community_id.is_not_distinct_from(community))
    week = start.astimezone(SHANGHAI).strftime("%G-W%V")
    looking = supervisors(community) if community is not None else town_supervisors()
    drawn = _draw(pool, looking, wanted(len(pool) + already, percent) - already, week, SYSTEM)
    tell_looking(drawn, f"{week}.{community}")
    return community or 0


def tell_looking(drawn: Sequence[tuple[int, int]], occasion: str) -> None:
    """To each of these how many they have to look at now, and which."""
    for person in sorted({person for _, person in drawn}):
        mine = [with_check(case) for case, who in drawn if who == person]
        tell(
            "samples_drawn",
            person,
            about=None,
            lane=Lane.NEWS,
            occasion=f"{occasion}.{mine[0]}",
            path=f"{personal_path('desk', person)}/chain/samples",
            count=len(mine),
            numbers=mine[:10],
        )


def draw_for(person_id: int, count: int) -> int:
    """A supervisor asks for so many more, drawn by chance like the others. Gives how many there were."""
    post = _must_be_supervisor(person_id)
    rule = table("rules/sampling.toml")
    if not 1 <= count <= rule["on_demand_most"]:
        raise Invalid("sample_count", most=rule["on_demand_most"])
    _hold_places(post.community_id)
    at = now()
    which = [Case.community_id == post.community_id] if post.community_id is not None else []
    pool, _ = _pool(at - timedelta(days=rule["on_demand_days"]), at, *which)
    return len(_draw(pool, (person_id,), count, "on_demand", By.staff(person_id)))


def settle(sample_id: int, person_id: int, verdict: str, note: str = "") -> bool:
    """What the supervisor found: a case that is not mended goes back to work under its number. False when it
    was said already."""
    query = select(Sample).where(Sample.id == sample_id, Sample.supervisor_id == person_id)
    sample = session().scalars(query.with_for_update().execution_options(populate_existing=True)).first()
    if sample is None:
        raise NotFound("sample_not_found")
    if sample.settled_at is not None:
        return False
    note = note.strip()[:NOTE]
    if verdict not in VERDICTS:
        raise Invalid("not_possible")
    if verdict != "mended" and not note:
        raise Invalid("sample_note")
    if not may_look(person_id):
        raise NotAllowed("not_supervisor")
    case, by = reach.hold(sample.case_id), By.staff(person_id)
    sample.verdict, sample.note, sample.settled_at = verdict, note or None, now()
    record(case.about, "sample_settled", by=by, at=sample.settled_at, verdict=verdict, note=note)
    if verdict == "not_mended" and case.round == sample.round and case.state in (State.CLOSED, State.RATED):
        case.found_unmended(by, note)
    return True


def waiting_for(person_id: int) -> Sequence[tuple[Sample, Case]]:
    """What this supervisor has still to look at, the oldest drawing first."""
    query = select(Sample, Case).join(Case, Case.id == Sample.case_id)
    query = query.where(Sample.supervisor_id == person_id, Sample.settled_at.is_(None))
    return [(sample, case) for sample, case in session().execute(query.order_by(Sample.id))]


def drawn_since(community_id: int | None, since: datetime) -> Sequence[tuple[Sample, Case]]:
    """Of a community (None: of all), the oldest drawing first."""
    query = select(Sample, Case).join(Case, Case.id == Sample.case_id).where(Sample.drawn_at >= since)
    if community_id is not None:
        query = query.where(Case.community_id == community_id)
    return [(sample, case) for sample, case in session().execute(query.order_by(Sample.id))]


def figures(community_id: int | None, since: datetime, until: datetime) -> Found:
    """Of a community (None: of all): what nobody's word closed in the time, what was drawn and what came of
    it in the same time."""
    which = [Case.community_id == community_id] if community_id is not None else []
    closed = _unheard(since, until, *which).with_only_columns(func.count())
    drawn = (
        select(Sample.verdict, func.count())
        .join(Case, Case.id == Sample.case_id)
        .where(Sample.drawn_at >= since, Sample.drawn_at < until)
        .where(*which)
        .group_by(Sample.verdict)
    )
    found: dict[str | None, int] = dict(session().execute(drawn).all())
    return Found(
        session().execute(closed).scalar_one(), sum(found.values()), *(found.get(one, 0) for one in VERDICTS)
    )


def supervisors(community_id: int | None) -> tuple[int, ...]:
    """Those of the community who are not on leave."""
    duties, at, known = present(), now(), chain()
    return tuple(
        person
        for person in duties.with_role(SUPERVISOR)
        if duties.holds(SUPERVISOR, person, community_id) and not known.is_away(person, at)
    )


def town_supervisors() -> tuple[int, ...]:
    """Those whose post is the whole town's and who are not on leave; where there is none, all others."""
    posts = present().posts
    everybody = supervisors(None)
    return tuple(one for one in everybody if posts[one].community_id is None) or everybody


def may_look(person_id: int) -> bool:
    """Whether this post may look at what it was given: a supervisor's, or one above, which gets it where no
    supervisor is left."""
    return person_id in present().with_role(SUPERVISOR, *ABOVE)


def _hold_places(community_id: int | None) -> None:
    """Two draws of one place follow one another; None: of all places."""
    held = select(Community.id).order_by(Community.id).with_for_update()
    session().execute(held if community_id is None else held.where(Community.id == community_id)).all()


def _must_be_supervisor(person_id: int) -> StaffPost:
    post = present().posts.get(person_id)
    if post is None or person_id not in present().with_role(SUPERVISOR):
        raise NotAllowed("not_supervisor")
    return post


def _draw(pool: Sequence[int], looking: Sequence[int], count: int, of: str, by: By) -> list[tuple[int, int]]:
    if count <= 0 or not looking or not pool:
        return []
    seed, at = token_hex(8), now()
    drawn = dealt(seed, pool, looking, parts_in(pool), count)
    for case_id, person in drawn:
        case = session().get_one(Case, case_id)
        put(Sample, case_id=case_id, round=case.round, supervisor_id=person, drawn_at=at)
        facts = {"seed": seed, "of": of, "pool": len(pool), "count": len(drawn), "to": person}
        record(case.about, "sample_drawn", by=by, at=at, **facts)
    return drawn


def _pool(since: datetime, until: datetime, *which: ColumnElement[bool]) -> tuple[list[int], int]:
    """The numbers that may be drawn, in order, and how many of the time were drawn before."""
    query = _unheard(since, until, *which)
    query = query.outerjoin(Sample, (Sample.case_id == Case.id) & (Sample.round == Case.round))
    rows = session().execute(query.with_only_columns(Case.id, Sample.id).order_by(Case.id)).all()
    return [case for case, sample in rows if sample is None], sum(sample is not None for _, sample in rows)


def _unheard(since: datetime, until: datetime, *which: ColumnElement[bool]) -> Select[Case]:
    return select(Case).where(
        Case.closed_at >= since,
        Case.closed_at < until,
        Case.state == State.CLOSED,
        Case.close_kind.in_(UNHEARD),
        *which,
    )


def parts_in(cases: Sequence[int]) -> dict[int, set[int]]:
    """Who had a part in each: said, wrote, joined, was offered or did anything about it."""
    parts: dict[int, set[int]] = {case: set() for case in cases}
    for case, *people in session().execute(
        select(Case.id, Case.reporter_id, Case.proxy_id, Case.entered_by, Case.taker_id).where(
            Case.id.in_(cases)
        )
    ):
        parts[case].update(person for person in people if person is not None)
    steps = select(Step.about_id, Step.by_id).where(Step.about_kind == "case", Step.about_id.in_(cases))
    for query in (
        steps,
        select(Fellow.case_id, Fellow.person_id).where(Fellow.case_id.in_(cases)),
        select(Offer.case_id, Offer.person_id).where(Offer.case_id.in_(cases)),
    ):
        for case, person in session().execute(query):
            if person is not None:
                parts[case].add(person)
    return parts


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)
