"""时限: how long each stage of a case may take, from dated rows over the files of PACKAGE."""

from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import NamedTuple

from sqlalchemy import ColumnElement, select

from models.audit.noting import note
from models.base.actor import By
from models.base.clock import now
from models.base.dated import makes_room
from models.base.orm import put, session
from models.base.refusals import Invalid
from models.base.resources import table
from models.case.tables import LimitRule
from models.person.staff_acts import staff_who
from models.place.version import Remembered, raise_version

STAGES = ("dispatch", "accept", "answer", "finish", "silence", "wait", "whistle", "arrive", "dispute")
PACKAGE = ("rules/limits.toml", "rules/whistles.toml")
UNITS = ("minutes", "working_minutes", "working_days")
URGENCIES = ("normal", "urgent", "emergency")
MOST = {"minutes": 60 * 24 * 366, "working_minutes": 8 * 60 * 250, "working_days": 250}
ALWAYS = date(2000, 1, 1)


class Matter(NamedTuple):
    """What a limit depends on, beside the day."""

    community_id: int | None
    category: str | None
    urgency: str


class Limit(NamedTuple):
    amount: int
    unit: str  # minutes | working_minutes | working_days
    source: str


class Rule(NamedTuple):
    """A limit with what it is for (None: for everything) and its days; `is_own`: a row of the place."""

    stage: str
    community_id: int | None
    category: str | None
    urgency: str | None
    since: date
    until: date | None
    is_own: bool
    limit: Limit

    def is_for(self, matter: Matter, day: date) -> bool:
        return (
            self.since <= day
            and (self.until is None or day < self.until)
            and self.community_id in (None, matter.community_id)
            and self.category in (None, matter.category)
            and self.urgency in (None, matter.urgency)
        )

    @property
    def weight(self) -> tuple[object, ...]:
        """Urgency before category, so that whoever gives a category more time slows no emergency down; then
        the community's own before the town's before ours; the latest of those."""
        return (
            self.urgency is not None,
            self.category is not None,
            self.is_own,
            self.community_id is not None,
            self.since,
        )


class Limits:
    """Immutable; shared by all threads."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules: dict[str, list[Rule]] = {stage: [] for stage in STAGES}
        for rule in sorted(rules, key=lambda one: one.weight, reverse=True):
            self._rules[rule.stage].append(rule)

    def of(self, stage: str, matter: Matter, day: date) -> Limit:
        return next(rule.limit for rule in self._rules[stage] if rule.is_for(matter, day))


def limits() -> Limits:
    return _remembered.current()


def set_limit(
    stage: str,
    amount: int,
    unit: str,
    *,
    community_id: int | None,
    category: str | None,
    urgency: str | None,
    since: date,
    source: str,
    by: By,
) -> int:
    """From tomorrow on at the earliest: a clock that runs keeps the limit of the day on which it began. What
    held before ends the day this begins, and stays. Raises Invalid."""
    known = category is None or category in table("labels/categories.toml")
    if stage not in STAGES or urgency not in (None, *URGENCIES) or not known:
        raise Invalid("limit_wrong")
    if unit not in UNITS or not 1 <= amount <= MOST[unit] or not source.strip():
        raise Invalid("limit_wrong")
    same: list[ColumnElement[bool]] = [
        LimitRule.stage == stage,
        LimitRule.community_id.is_not_distinct_from(community_id),
        LimitRule.category.is_not_distinct_from(category),
        LimitRule.urgency.is_not_distinct_from(urgency),
    ]
    later = makes_room(LimitRule, since, *same)
    made = put(
        LimitRule,
        community_id=community_id,
        category=category,
        urgency=urgency,
        stage=stage,
        amount=amount,
        unit=unit,
        since=since,
        until=later,
        source=source.strip(),
        by_id=by.id,
        at=now(),
    )
    who = staff_who(by.id) if by.id is not None else by
    note("limits", who, ("limit", made), facts={"stage": stage, "amount": amount, "unit": unit})
    raise_version()
    return made


def listed() -> list[Rule]:
    """Every limit, of the package too, as they are looked through: stage by stage, the narrowest first."""
    rules = sorted((*_package(), *_rows()), key=lambda one: one.weight, reverse=True)
    return sorted(rules, key=lambda one: STAGES.index(one.stage))


@cache
def package_limits() -> Limits:
    """What holds where a place has set nothing."""
    return Limits(_package())


@cache
def _package() -> tuple[Rule, ...]:
    return tuple(
        Rule(
            said["stage"],
            None,
            category,
            said.get("urgency"),
            ALWAYS,
            None,
            False,
            Limit(said["amount"], said["unit"], said["source"]),
        )
        for file in PACKAGE
        for said in table(file)["limits"]
        for category in said.get("categories", [None])
    )


def _rows() -> list[Rule]:
    rows = session().scalars(select(LimitRule).order_by(LimitRule.id))
    return [
        Rule(
            row.stage,
            row.community_id,
            row.category,
            row.urgency,
            row.since,
            row.until,
            True,
            Limit(row.amount, row.unit, row.source),
        )
        for row in rows
    ]


_remembered = Remembered("limits", lambda: Limits((*_package(), *_rows())))
