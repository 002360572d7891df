"""预警规则: by which a figure is green, amber or red, from a day on; what no place says, the package says."""

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

from sqlalchemy import or_, select

from models.appraisal.tables import WarningRule
from models.base.actor import By
from models.base.clock import local, now
from models.base.orm import put, session
from models.base.refusals import Invalid, NotAllowed
from models.base.resources import table
from models.duty.overseeing import speaks_for
from models.indicator.formulas import RATES

GREEN, AMBER, RED = "green", "amber", "red"
CODE = 40  # characters
MOST_CASES, MOST_DAYS = 10_000, 60


class Rule(NamedTuple):
    """`amber` and `red` in 1/10 000: what is worse than them has that colour."""

    code: str
    indicator: str
    higher_is_better: bool
    amber: int
    red: int
    least: int
    appeal_days: int  # working days

    @property
    def scale(self) -> int:
        """In what parts the numerator counts."""
        return 100 if RATES[self.indicator].weighted else 1

    def colour(self, over: int, under: int) -> str | None:
        """None for too few to say anything."""
        if under < max(1, self.least):
            return None
        rate = Fraction(over * 10_000, under * self.scale)
        for colour, than in ((RED, self.red), (AMBER, self.amber)):
            if rate < than if self.higher_is_better else rate > than:
                return colour
        return GREEN


class Known:
    """All that any place ever said, read once."""

    def __init__(self, rows: Sequence[WarningRule]) -> None:
        self._rows = rows

    def of(self, community_id: int | None, on: date) -> dict[str, Rule]:
        """By code, what holds on a day: of the community, else of the town, else of the package."""
        found = {one.code: one for one in package()}
        for place in dict.fromkeys((None, community_id)):
            found |= {
                row.code: _rule_of(row)
                for row in self._rows
                if row.community_id == place and row.since <= on and (row.until is None or on < row.until)
            }
        return found


def known() -> Known:
    return Known(session().scalars(select(WarningRule).order_by(WarningRule.since, WarningRule.id)).all())


def package() -> list[Rule]:
    said = table("rules/warnings_of_staff.toml")
    return [
        Rule(
            one["code"],
            one["indicator"],
            not RATES[one["indicator"]].less_is_better,
            one["amber_per_10000"],
            one["red_per_10000"],
            one["least"],
            said["appeal_days"],
        )
        for one in said["rules"]
    ]


def from_json(said: Mapping[str, Any]) -> Rule:
    """As a colour kept it."""
    return Rule(**said)


def change(rule: Rule, community_id: int | None, since: date, by: By) -> int:
    """Another rule of that code from a day to come on: of a community, or of the town for all that have none
    of their own. Gives its row.

    Raises NotAllowed for who does not decide there; Invalid: from_tomorrow, warning_rule (no rate, thresholds
    the wrong way round, numbers that cannot be).
    """
    if not speaks_for(by.id, community_id):
        raise NotAllowed("appraisal_not_yours")
    if since <= local(now()).date():
        raise Invalid("from_tomorrow")
    if not _makes_sense(rule):
        raise Invalid("warning_rule")
    later = select(WarningRule).where(
        WarningRule.community_id.is_not_distinct_from(community_id),
        WarningRule.code == rule.code,
        or_(WarningRule.until.is_(None), WarningRule.until > since),
    )
    for row in session().scalars(later.with_for_update()):
        row.until = max(since, row.since)
    session().flush()
    return put(
        WarningRule,
        community_id=community_id,
        code=rule.code,
        indicator=rule.indicator,
        higher_is_better=rule.higher_is_better,
        amber_per_10000=rule.amber,
        red_per_10000=rule.red,
        least=rule.least,
        appeal_days=rule.appeal_days,
        since=since,
        by_id=by.id,
    )


def _makes_sense(rule: Rule) -> bool:
    rate = RATES.get(rule.indicator)
    if rate is None or rule.higher_is_better is rate.less_is_better:
        return False
    milder, worse = (rule.red, rule.amber) if rule.higher_is_better else (rule.amber, rule.red)
    return (
        0 < len(rule.code) <= CODE
        and 0 <= milder <= worse <= 10_000
        and 1 <= rule.least <= MOST_CASES
        and 0 <= rule.appeal_days <= MOST_DAYS
    )


def _rule_of(row: WarningRule) -> Rule:
    return Rule(
        row.code,
        row.indicator,
        row.higher_is_better,
        row.amber_per_10000,
        row.red_per_10000,
        row.least,
        row.appeal_days,
    )
