"""Cases as other programs read them: everybody's as the board says them, their own as they sent them.

What everybody reads has the board's line and nothing beside it (decision 0036): a moment is its month, a
place that of the register, and a window of time is made of whole months, because many windows would say the
day. What somebody sent, the same sender reads with its words, its exact place and its moments.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select

from models.base.clock import SHANGHAI, local
from models.base.months import month_of, month_on
from models.base.orm import session
from models.board import photos
from models.board.cases import (
    CLOSED,
    COLUMNS,
    OTHER,
    Line,
    done_lines,
    mended,
    one_by_one,
    waiting_lines,
)
from models.case.case import Case
from models.case.lifecycle import ENDED, OPEN, WORKING, State
from models.partner.keys import Holder
from models.partner.tables import PartnerRequest
from models.place.gazetteer import town
from models.place.public_ids import place_id

OPEN_, CLOSED_ = "open", "closed"
_SHOWN_OPEN = (*WORKING, State.FINISHED)
_DAY_ENDS = time(23, 59, 59)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which cases. `start` and `end` are aware; `estates`: only these; `page` from 1."""

    start: datetime
    end: datetime
    page_size: int
    page: int = 1
    codes: tuple[str, ...] = ()
    status: str | None = None  # None: both
    community_id: int | None = None
    estates: tuple[int, ...] | None = None


class Moment(NamedTuple):
    """`what`: reported, accepted, finished, closed."""

    what: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """A case for another program. Points are GCJ-02; `number`, `text`, unit, floor and room are known of the
    reader's own alone; `why`, `until`, `days`, `minutes`, `department` as in the board's line."""

    public_id: str
    is_own: bool
    state: State
    category: str
    community_id: int | None
    moments: tuple[Moment, ...]
    updated_at: datetime
    expected_at: datetime | None
    estate: str | None
    building: str | None
    address_id: str | None
    longitude: float | None
    latitude: float | None
    photos: tuple[str, ...]
    why: str | None = None
    days: int | None = None
    minutes: int | None = None
    department: str | None = None
    number: str | None = None
    text: str | None = None
    unit: str | None = None
    floor: str | None = None
    room: str | None = None

    @property
    def status(self) -> str:
        return CLOSED_ if self.state in ENDED else OPEN_

    @property
    def requested_at(self) -> datetime:
        return self.moments[0].at


def listed(asked: Asked) -> list[Told]:
    """Everybody's, the newest first."""
    first, behind = months_around(asked.start, asked.end)
    query = _public().where(
        Case.reported_at >= first, Case.reported_at < behind, *_asked(asked), *one_by_one(asked.community_id)
    )
    return _told(_page(query, asked))


def own_listed(asked: Asked, holder: Holder) -> list[Told]:
    """Those that this sender sent, by their exact moments."""
    query = _own(holder).where(Case.reported_at >= asked.start, Case.reported_at <= asked.end, *_asked(asked))
    if asked.status is not None:
        query = query.where(Case.state.in_(ENDED if asked.status == CLOSED_ else OPEN))
    return [_own_told(one) for one in session().scalars(_in_order(query, asked))]


def named(public_ids: Sequence[str], holder: Holder | None) -> list[Told]:
    """By their ids, in that order; whoever may not see one does not learn that it is there."""
    found: dict[str, Told] = {}
    query = _public().where(Case.public_id.in_(public_ids), or_(*_states(None)), *one_by_one(None))
    found |= {one.public_id: one for one in _told(session().execute(query).all())}
    if holder is not None:
        own = session().scalars(_own(holder).where(Case.public_id.in_(public_ids)))
        found |= {one.public_id: _own_told(one) for one in own}
    return [found[one] for one in dict.fromkeys(public_ids) if one in found]


def months_around(start: datetime, end: datetime) -> tuple[datetime, datetime]:
    """The whole months of a window: its first moment, and the one behind its last."""
    return _month(start), _midnight(month_on(month_of(local(end).date()), 1))


def _asked(asked: Asked) -> list[ColumnElement[bool]]:
    which: list[ColumnElement[bool]] = []
    if asked.codes:
        which.append(_looked_at(Case.category, OTHER).in_(asked.codes))
    if asked.community_id is not None:
        which.append(_looked_at(Case.community_id, 0) == asked.community_id)
    if asked.estates is not None:
        which.append(_looked_at(Case.estate_id, 0).in_(asked.estates))
    return which


def _states(status: str | None) -> list[ColumnElement[bool]]:
    """Of which everybody may read: what waits, what is said to be done, and what was mended. Only what waits
    is so little that its index finds it sooner than its time does."""
    waits = Case.state if status == OPEN_ else _looked_at(Case.state, "")
    shown = {OPEN_: waits.in_(_SHOWN_OPEN), CLOSED_: and_(*mended(_looked_at(Case.state, "")))}
    return [shown[status]] if status is not None else list(shown.values())


def _looked_at(column: Any, otherwise: object) -> ColumnElement[Any]:
    """Its value without its index. Rows are found by their time, newest first: a window is short and the past
    is long, and the index of a community or state would have all of it sorted."""
    return func.coalesce(column, otherwise)


def _public() -> Select[Any]:
    return select(*COLUMNS, Case.public_id, Case.community_id, Case.accepted_at, Case.closed_at)


def _page(query: Select[Any], asked: Asked) -> Sequence[Row[Any]]:
    return session().execute(_in_order(query.where(or_(*_states(asked.status))), asked)).all()


def _in_order(query: Select[Any], asked: Asked) -> Select[Any]:
    ordered = query.order_by(Case.reported_at.desc(), Case.id.desc())
    return ordered.limit(asked.page_size).offset((asked.page - 1) * asked.page_size)


def _own(holder: Holder) -> Select[Any]:
    return (
        select(Case)
        .join(PartnerRequest, PartnerRequest.case_id == Case.id)
        .where(PartnerRequest.key_id == holder.key_id)
    )


def _told(rows: Sequence[Row[Any]]) -> list[Told]:
    waiting = [row for row in rows if row.state in WORKING]
    done = [row for row in rows if row.state not in WORKING]
    lines: dict[int, Line] = {}
    lines |= {row.id: line for row, line in zip(waiting, waiting_lines(waiting), strict=True)}
    lines |= {row.id: line for row, line in zip(done, done_lines(done), strict=True)}
    pictures = photos.cleared_of(row.id for row in rows if row.state in CLOSED)
    return [_public_told(row, lines[row.id], pictures.get(row.id, ())) for row in rows]


def _public_told(row: Row[Any], line: Line, pictures: tuple[str, ...]) -> Told:
    moments = tuple(Moment(one.what, _month(one.at)) for one in _moments(row))
    longitude, latitude = _estate_point(row.estate_id)
    building = row.building_id if line.building is not None else None
    return Told(
        public_id=row.public_id,
        is_own=False,
        state=State(row.state),
        category=line.category,
        community_id=row.community_id,
        moments=moments,
        updated_at=max(one.at for one in moments),
        expected_at=datetime.combine(line.until, _DAY_ENDS, SHANGHAI) if line.until is not None else None,
        estate=line.estate,
        building=line.building,
        address_id=_address_id(row.estate_id, building),
        longitude=longitude,
        latitude=latitude,
        photos=pictures,
        why=line.why,
        days=line.days,
        minutes=line.minutes,
        department=line.department,
    )


def _own_told(case: Case) -> Told:
    longitude, latitude = case.longitude, case.latitude
    if longitude is None or latitude is None:
        longitude, latitude = _estate_point(case.estate_id)
    moments = _moments(case)
    is_open = case.state not in ENDED
    shown = photos.cleared_of([case.id]).get(case.id, ()) if photos.may_be_shown(case) else ()
    return Told(
        public_id=case.public_id,
        is_own=True,
        state=State(case.state),
        category=case.category or OTHER,
        community_id=case.community_id,
        moments=moments,
        updated_at=max(one.at for one in moments),
        expected_at=case.finish_due if is_open else None,
        estate=case.estate_name,
        building=case.building_name,
        address_id=_address_id(case.estate_id, case.building_id),
        longitude=longitude,
        latitude=latitude,
        photos=shown,
        number=case.number,
        text=case.text,
        unit=case.unit_name,
        floor=case.floor,
        room=case.room,
    )


def _moments(row: Row[Any] | Case) -> tuple[Moment, ...]:
    """In their order; what was taken back is not among them."""
    said = (
        ("reported", row.reported_at),
        ("accepted", row.accepted_at),
        ("finished", row.finished_at),
        ("closed", row.closed_at if row.state in ENDED else None),
    )
    return tuple(Moment(what, at) for what, at in said if at is not None)


def _address_id(estate_id: int | None, building_id: int | None) -> str | None:
    """What stands for a place of the register; None for what nobody could place."""
    return place_id(estate_id, building_id) if estate_id is not None else None


def _estate_point(estate_id: int | None) -> tuple[float | None, float | None]:
    estate = town().estates.get(estate_id) if estate_id is not None else None
    return (estate.longitude, estate.latitude) if estate is not None else (None, None)


def _month(at: datetime) -> datetime:
    return _midnight(month_of(local(at).date()))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)
