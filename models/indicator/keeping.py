"""What was counted last, so that a page need not count a year of a city again.

A month that is over is counted once after its end and then stays, until somebody's removal or another formula
changes it; the running one is counted again each hour, and in a small place while one looks.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import func, select

from models.base.clock import now
from models.base.orm import session, upsert
from models.case.case import Case
from models.case.reach import visible_to
from models.indicator.asking import Opened, Scope, began, one_opened, view_of
from models.indicator.counting import Figures
from models.indicator.formulas import RATES
from models.indicator.period import Period, months_to, this_month
from models.indicator.reading import AT_ONCE, alive_since
from models.indicator.sealing import Counted, counted, marks_of, sealed, whole_of
from models.indicator.tables import KeptFigures, Removal, SealedPeriod
from models.person.arriving import Visitor
from models.place.tables import Community

TOWN = 0
MONTHS = 12  # that a page draws
AGAIN_AFTER = timedelta(hours=1)
SMALL = 1000  # cases that are counted while one looks …
TINY = 50  # … and of a month that is over, because a page shows a year of them


class Shown(NamedTuple):
    """What a page shows of a period: as `counted` gives it, when it was, and whether it stays for good."""

    figures: Mapping[str, Any]
    at: datetime
    is_sealed: bool

    @property
    def whole(self) -> Figures:
        return whole_of(self.figures)


class Due(NamedTuple):
    """Something that is to be counted again; `community_id` None is the town."""

    period: Period
    community_id: int | None


def shown(period: Period, community_id: int | None) -> Shown | None:
    """Sealed, else counted now where that is quick, else as it was kept. None for what nobody has counted."""
    if (row := sealed(period, community_id)) is not None:
        return Shown(row.figures, row.at, True)
    at = now()
    kept = _kept(period, community_id)
    if kept is None or not _is_good(kept, period, at):
        if is_small(period, community_id):
            return Shown(counted(period, community_id).figures, at, False)
        if kept is None:
            return None
    return Shown(kept.figures, kept.at, False)


def due() -> Due | None:
    """The next that is to be counted: of every community and of the town, this month and those before it."""
    at = now()
    months = months_to(this_month(at), MONTHS)
    for community in (*session().scalars(select(Community.id).order_by(Community.id)), None):
        first = began(Scope(community))
        for period in reversed(months):
            if first is None or first >= period.end:
                break  # nothing had come yet
            kept = _kept(period, community)
            if kept is not None and (_is_good(kept, period, at) or at - kept.at < AGAIN_AFTER):
                continue
            if not period.is_over(at) and is_small(period, community):
                continue
            if sealed(period, community) is None:
                return Due(period, community)
    return None


def opened_then(
    code: str, period: Period, community_id: int | None, reader: Visitor | None = None
) -> Iterator[Opened] | None:
    """What a rate opened to when it was sealed, or kept of a place that is not small: those that `reader` may
    see. None where it has to be counted."""
    if code not in RATES:
        return None
    row: SealedPeriod | KeptFigures | None = sealed(period, community_id)
    if row is None and not is_small(period, community_id):
        row = _kept(period, community_id)
    if row is None:
        return None
    return _visible(code, row.cases, reader, is_open=period.is_open(now()))


def _visible(code: str, cases: str, reader: Visitor | None, *, is_open: bool) -> Iterator[Opened]:
    several = marks_of(cases, code)
    while some := dict(islice(several, AT_ONCE)):
        seen = set(some)
        if reader is not None:
            seen = set(session().scalars(select(Case.id).where(Case.id.in_(some), visible_to(reader))))
        yield from (one_opened(code, key, mark, is_open=is_open) for key, mark in some.items() if key in seen)


def keep(what: Due, found: Counted, at: datetime) -> None:
    """`found` was counted at `at`, before this unit of work: counting takes long and writes nothing."""
    values = {"formulas": found.figures["formulas"], **found._asdict(), "at": at}
    scope = what.community_id if what.community_id is not None else TOWN
    insert = upsert(KeptFigures).values(scope=scope, period=what.period.name, **values)
    session().execute(insert.on_conflict_do_update(index_elements=["scope", "period"], set_=values))


def is_small(period: Period, community_id: int | None) -> bool:
    """Whether counting it takes no longer than somebody waits."""
    at = now()
    most = TINY if period.is_over(at) else SMALL
    which = (Case.reported_at < period.cut(at), *Scope(community_id).which())
    found = 0
    for alive in alive_since(period.start):
        some = select(Case.id).where(alive, *which).limit(most + 1).subquery()
        found += session().scalar(select(func.count()).select_from(some)) or 0
    return found <= most


def _kept(period: Period, community_id: int | None) -> KeptFigures | None:
    scope = community_id if community_id is not None else TOWN
    query = select(KeptFigures).where(KeptFigures.scope == scope, KeptFigures.period == period.name)
    return session().scalars(query).first()


def _is_good(kept: KeptFigures, period: Period, at: datetime) -> bool:
    """Whether it would be counted the same now."""
    if not period.is_over(at) or not period.is_over(kept.at):
        return False
    if kept.formulas != view_of(period, Scope(kept.scope or None), at).settings.version:
        return False
    changed = session().scalar(select(func.max(Removal.agreed_at)))
    return changed is None or changed < kept.at
