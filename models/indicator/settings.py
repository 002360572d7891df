"""How a place counts: templates/rules/indicators.toml, and what it sets otherwise from a date on."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import or_, select

from models.base.clock import local, now
from models.base.orm import session
from models.base.resources import table
from models.indicator.tables import IndicatorSetting

FORMULAS = "1"  # raised whenever the same steps would give other figures


@dataclass(frozen=True, slots=True)
class Composed:
    """A weighted sum: (indicator, percent, whether less is better)."""

    parts: tuple[tuple[str, int, bool], ...]


@dataclass(frozen=True, slots=True)
class Settings:
    """As they hold for one period of one community."""

    early: str
    deferred: str
    on_time: str
    extension_of: str
    collectors: frozenset[str]
    verify_minutes: int
    check_days: int
    satisfied_from: int
    content_from: int
    fair: int
    fair_weight: int
    yes_is: int
    no_is: int
    least: int
    quick_minutes: int
    self_made_times: int
    repeated_times: int
    repeated_days: int
    composites: Mapping[str, Composed]
    version: str


def settings(community_id: int | None = None, on: date | None = None) -> Settings:
    """What holds in a community (None: the town) on a day, today by default. The town's rows come before the
    file, the community's before the town's."""
    on = on or local(now()).date()
    query = (
        select(IndicatorSetting)
        .where(
            or_(IndicatorSetting.community_id.is_(None), IndicatorSetting.community_id == community_id),
            IndicatorSetting.since <= on,
        )
        .order_by(IndicatorSetting.since, IndicatorSetting.id)
    )
    rows = session().scalars(query).all()
    said: dict[str, Any] = {}
    for own in (False, True):
        said |= {row.name: row.value for row in rows if (row.community_id is not None) is own}
    return made(said)


def made(said: Mapping[str, Any] | None = None) -> Settings:
    """Pure: the file's with `said` before it. A composite is `name: [[indicator, percent, "less"?], …]`."""
    known = dict(table("rules/indicators.toml"))
    detectors, composites = known.pop("detectors"), known.pop("composites")
    parts = {name: one["parts"] for name, one in composites.items()}
    known |= detectors
    for name, value in (said or {}).items():
        if name.startswith("composite."):
            parts[name.removeprefix("composite.")] = value
        else:
            known[name] = value
    whole = {**known, "composites": parts}
    return Settings(
        **{**known, "collectors": frozenset(known["collectors"])},
        composites={
            name: Composed(tuple((str(one[0]), int(one[1]), len(one) > 2) for one in several))
            for name, several in parts.items()
        },
        version=f"{FORMULAS}.{hashlib.sha256(_canonical(whole).encode()).hexdigest()[:8]}",
    )


def _canonical(thing: Any) -> str:
    return json.dumps(thing, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
