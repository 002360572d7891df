"""What is left of a case for counting: one small record, and one for each round of it. No names."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

YES, NO = "yes", "no"
LEVELS = ("spot", "building", "grid", "community", "street", "department")  # row 10


class Place(NamedTuple):
    """What the row of a case says beside its steps: where it belongs, and who brought it."""

    id: int
    community_id: int | None
    estate_id: int | None
    building_id: int | None
    grid_id: int | None
    category: str | None
    urgency: str
    source: str
    reporter_id: int | None
    entered_by: int | None
    reported_at: datetime


@dataclass(slots=True)
class Word:
    """What one person said of one round: the last that counts. `person` is None for somebody on the phone."""

    person: int | None
    at: datetime
    verdict: str  # yes | no
    grade: int | None = None


@dataclass(slots=True)
class Round:
    """From the report, or from the objection to the round before, to the last word."""

    began_at: datetime
    accepted_at: datetime | None = None
    taker: int | None = None
    finished_at: datetime | None = None
    finisher: int | None = None
    claim: str = "mended"  # explained | untrue | yearly_work
    level: str | None = None
    has_photo: bool = False
    closed_at: datetime | None = None
    close_kind: str | None = None
    objected_at: datetime | None = None
    due: datetime | None = None
    words: list[Word] = field(default_factory=list)


@dataclass(slots=True)
class Record:
    """A case as its steps before one moment tell it."""

    place: Place
    rounds: list[Round]
    reporter: int | None = None  # who wrote its first step
    reported_by_staff: bool = False
    filed_at: datetime | None = None
    is_on_the_spot: bool = False  # opened and done in one breath: there was nothing to dispatch
    dispatched_at: datetime | None = None
    dispatch_due: datetime | None = None
    is_misdirected: bool = False  # given back or handed on before anybody finished it
    answered_at: datetime | None = None  # the first word of a person on our side
    answer_due: datetime | None = None
    accepted_at: datetime | None = None
    accept_due: datetime | None = None
    ended_at: datetime | None = None
    ended_how: str | None = None  # voided | withdrawn | merged
    extended_at: list[datetime] = field(default_factory=list)
    deferred_until: datetime | None = None  # 缓办
    climbs: int = 0
    taker: int | None = None  # who worked on it last

    @property
    def id(self) -> int:
        return self.place.id

    @property
    def received_at(self) -> datetime:
        return self.place.reported_at

    @property
    def last(self) -> Round:
        return self.rounds[-1]

    @property
    def closed_at(self) -> datetime | None:
        return self.last.closed_at
