"""What holds for mediations: templates/rules/mediation.toml names its sources."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from models.base.resources import table

KINDS = "labels/disputes.toml"


def kinds() -> tuple[str, ...]:
    return tuple(table(KINDS))


def offered_for(category: str | None) -> bool:
    """Whether a case of this category looks like a quarrel that a mediator may take."""
    return category in _rules()["categories"]


def check_day(agreed: date) -> date:
    """When somebody asks whether it was kept."""
    return agreed + timedelta(days=_rules()["check_days"])


def is_old(began: date, on: date) -> bool:
    """积案: they have quarrelled for so long already."""
    return began + timedelta(days=_rules()["old_days"]) <= on


def ages() -> tuple[int, ...]:
    """Years at which the next class of the backlog begins, rising."""
    return tuple(_rules()["ages"])


def age_class(began: date, on: date) -> int:
    """The place of its class: 0 below the first of `ages`."""
    years = on.year - began.year - ((on.month, on.day) < (began.month, began.day))
    return sum(years >= one for one in ages())


def _rules() -> Mapping[str, Any]:
    return table("rules/mediation.toml")
