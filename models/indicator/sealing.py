"""封账: the figures of a period that is over, with what every case counted as, kept for good under one sum.

What happens to its cases afterwards changes nothing of it: the database refuses to edit the row.
"""

import hashlib
import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import select

from models.base.actor import By
from models.base.clock import now
from models.base.orm import put_once, session
from models.base.refusals import Invalid, NotAllowed, NotFound
from models.duty.overseeing import speaks_for
from models.indicator.asking import GROUPS, Scope, grouping, view_of
from models.indicator.counting import Counting, Figures, Mark, figures_from
from models.indicator.formulas import RATES
from models.indicator.period import Period
from models.indicator.reading import records
from models.indicator.removing import removed
from models.indicator.tables import SealedPeriod

FEW = 200


class Counted(NamedTuple):
    """What is sealed, and kept for a page: the whole, every grouping; what each case counted as, packed."""

    figures: dict[str, Any]
    cases: str

    @property
    def sha256(self) -> str:
        """Of the canonical JSON (RFC 8785 for what we write: text and whole numbers)."""
        text = json.dumps(self, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def counted(period: Period, community_id: int | None, breathe: Callable[[], None] = lambda: None) -> Counted:
    """Reads only. `formulas` is the version by which it was counted; `breathe` is called after every few
    hundred cases, so that others in the same process come to work."""
    scope = Scope(community_id)
    view = view_of(period, scope, now())
    counting = Counting(view, removed(), {name: grouping(name) for name in GROUPS})
    marks = _Marks()
    for number, record in enumerate(records(view, *scope.which()), 1):
        marks.add(record.id, counting.add(record))
        if number % FEW == 0:
            breathe()
    groups = {
        name: [{"key": key, **one.as_json()} for key, one in _sorted(counting.groups(name))]
        for name in GROUPS
    }
    figures = {
        "formulas": view.settings.version,
        "least": view.settings.least,
        "until": view.cut.isoformat(),
        "whole": counting.whole.as_json(),
        "groups": groups,
    }
    return Counted(figures, marks.kept())


def may_seal(period: Period, community_id: int | None, by: By) -> None:
    """Raises Invalid for any two days, NotAllowed while the period runs and for who does not decide there."""
    if not period.is_sealable:
        raise Invalid("period_not_sealable", period=period.name)
    if not speaks_for(by.id, community_id):
        raise NotAllowed("not_yours_to_seal")
    if not period.is_over(now()):
        raise NotAllowed("period_runs", period=period.name)


def seal(period: Period, community_id: int | None, by: By, found: Counted) -> tuple[SealedPeriod, bool]:
    """The row, and whether it is new: what is sealed stays. `found` was counted before this unit of work,
    because that takes long. Raises as `may_seal`."""
    may_seal(period, community_id, by)
    if (before := sealed(period, community_id)) is not None:
        return before, False
    key = put_once(
        SealedPeriod,
        community_id=community_id,
        period=period.name,
        formulas=found.figures["formulas"],
        figures=found.figures,
        cases=found.cases,
        sha256=found.sha256,
        by_id=by.id,
        at=now(),
    )
    row = sealed(period, community_id)  # of two at once the second finds that of the first
    assert row is not None
    return row, key is not None


def sealed(period: Period, community_id: int | None) -> SealedPeriod | None:
    query = select(SealedPeriod).where(
        SealedPeriod.period == period.name, SealedPeriod.community_id.is_not_distinct_from(community_id)
    )
    return session().scalars(query).first()


def all_sealed(community_id: int | None) -> Sequence[SealedPeriod]:
    """The newest first."""
    query = select(SealedPeriod).where(SealedPeriod.community_id.is_not_distinct_from(community_id))
    return session().scalars(query.order_by(SealedPeriod.id.desc())).all()


def is_whole(row: SealedPeriod) -> bool:
    """Whether it says what was sealed."""
    return Counted(row.figures, row.cases).sha256 == row.sha256


def whole_of(kept: Mapping[str, Any]) -> Figures:
    return figures_from(kept["whole"])


def groups_of(kept: Mapping[str, Any], by: str) -> dict[Any, Figures]:
    return {one["key"]: figures_from(one) for one in kept["groups"][by]}


def marks_of(cases: str, code: str) -> Iterator[tuple[int, Mark]]:
    """What a rate opened to when it was sealed, in the order of the cases."""
    if code not in RATES:
        raise NotFound("indicator_unknown", name=code[:40])
    for line in zlib.decompress(b64decode(cases)).decode().splitlines():
        case_id, said = json.loads(line)
        if code in said:
            over, under, why = said[code]
            yield case_id, Mark(over, under, why)


class _Marks:
    """Written as they come, because a city has a hundred thousand of them."""

    def __init__(self) -> None:
        self._packed = zlib.compressobj(9)
        self._parts: list[bytes] = []

    def add(self, case_id: int, marks: Mapping[str, Mark]) -> None:
        if marks:
            line = json.dumps([case_id, marks], separators=(",", ":")) + "\n"
            self._parts.append(self._packed.compress(line.encode()))

    def kept(self) -> str:
        self._parts.append(self._packed.flush())
        return b64encode(b"".join(self._parts)).decode()


def _sorted(groups: Mapping[Any, Figures]) -> list[tuple[Any, Figures]]:
    return sorted(groups.items(), key=lambda one: (one[0] is None, str(one[0])))
