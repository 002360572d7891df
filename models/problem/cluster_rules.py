"""From when on a place proposes a common problem: dated rows over templates/rules/problems.toml."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import or_, select

from models.base.actor import By
from models.base.clock import local, now
from models.base.dated import makes_room
from models.base.orm import put, session
from models.base.refusals import Invalid, NotAllowed
from models.duty.overseeing import speaks_for
from models.problem.clusters import Rule, rules
from models.problem.tables import ClusterRule

MOST, MOST_DAYS = 10_000, 731


def rules_of(community_id: int | None, on: date | None = None) -> tuple[Rule, ...]:
    """Of a community on a day, today by default: for each kind of place its own rule, else the town's, else
    the package's; in the order of the package."""
    on = on or local(now()).date()
    said: dict[str, Rule] = {}
    for row in sorted(_rows(community_id), key=lambda one: (one.community_id is not None, one.since)):
        if row.since <= on and (row.until is None or on < row.until):
            said[row.place] = Rule(row.place, row.cases, row.buildings, row.people, row.days)
    return tuple(said.get(rule.place, rule) for rule in rules())


def set_rule(rule: Rule, *, community_id: int | None, since: date, source: str, by: By) -> int:
    """From tomorrow on at the earliest; what held before ends the day this begins, and stays. Raises
    NotAllowed for who does not decide there; Invalid: from_tomorrow, cluster_wrong."""
    if not speaks_for(by.id, community_id):
        raise NotAllowed("chain_not_yours")
    counts = (rule.cases, rule.buildings, rule.people)
    makes_sense = rule.place in {one.place for one in rules()} and all(0 < one <= MOST for one in counts)
    if not (makes_sense and max(counts) == rule.cases and 0 < rule.days <= MOST_DAYS and source.strip()):
        raise Invalid("cluster_wrong")
    here = ClusterRule.community_id.is_not_distinct_from(community_id)
    later = makes_room(ClusterRule, since, ClusterRule.place == rule.place, here)
    return put(
        ClusterRule,
        community_id=community_id,
        **rule._asdict(),
        since=since,
        until=later,
        source=source.strip(),
        by_id=by.id,
        at=now(),
    )


def listed() -> Sequence[ClusterRule]:
    """Every row, the town's first, each place in the order of its days."""
    order = (ClusterRule.community_id.is_not(None), ClusterRule.community_id, ClusterRule.place)
    return session().scalars(select(ClusterRule).order_by(*order, ClusterRule.since)).all()


def _rows(community_id: int | None) -> Sequence[ClusterRule]:
    theirs = or_(ClusterRule.community_id.is_(None), ClusterRule.community_id == community_id)
    return session().scalars(select(ClusterRule).where(theirs)).all()
