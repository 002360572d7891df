"""A place counts otherwise, from a day on that has not come yet: what was counted stays as it was."""

from datetime import date
from typing import Any

from models.base.actor import By
from models.base.clock import local, now
from models.base.orm import put
from models.base.refusals import Invalid, NotAllowed
from models.duty.overseeing import speaks_for
from models.indicator.formulas import RATES
from models.indicator.tables import IndicatorSetting

CHOICES = {
    "early": ("left_out", "counted"),
    "deferred": ("counted", "left_out"),
    "on_time": ("finished", "closed"),
    "extension_of": ("closing", "handling"),
}
#: Whole numbers, and the range that makes sense of them.
RANGES = {
    "verify_minutes": (1, 10_000),
    "check_days": (1, 366),
    "satisfied_from": (1, 5),
    "content_from": (1, 5),
    "fair": (1, 5),
    "fair_weight": (0, 100),
    "yes_is": (1, 5),
    "no_is": (1, 5),
    "least": (1, 1000),
    "quick_minutes": (0, 1440),
    "self_made_times": (1, 100_000),
    "repeated_times": (2, 1000),
    "repeated_days": (1, 366),
}


def change(name: str, value: Any, *, community_id: int | None, since: date, source: str, by: By) -> None:
    """Raises NotAllowed for who does not decide there, Invalid for a name, value or day that cannot be."""
    if not speaks_for(by.id, community_id):
        raise NotAllowed("not_yours_to_count")
    if since <= local(now()).date():
        raise Invalid("from_tomorrow")
    if not source.strip():
        raise Invalid("setting_source_needed")
    put(
        IndicatorSetting,
        community_id=community_id,
        name=name,
        value=_valid(name, value),
        since=since,
        source=source.strip()[:300],
        by_id=by.id,
        at=now(),
    )


def _valid(name: str, value: Any) -> Any:
    if value in CHOICES.get(name, ()):
        return value
    if name in RANGES and type(value) is int and RANGES[name][0] <= value <= RANGES[name][1]:
        return value
    if name == "collectors" and isinstance(value, list) and all(isinstance(one, str) for one in value):
        return value
    if name.startswith("composite.") and _is_composite(value):
        return value
    raise Invalid("setting_unknown", name=name[:40])


def _is_composite(value: Any) -> bool:
    if not isinstance(value, list) or not value:
        return False
    total = 0
    for one in value:
        if not isinstance(one, list) or not 2 <= len(one) <= 3 or one[0] not in RATES:
            return False
        if type(one[1]) is not int or not 1 <= one[1] <= 100 or one[2:] not in ([], ["less"]):
            return False
        total += int(one[1])
    return total == 100
