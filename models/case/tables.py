"""What is kept of a case. The verbs are in the modules beside this one."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Identity, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base.checkdigit import with_check
from models.base.clock import now
from models.base.orm import Base, BigId, Numbered, public_id

TEXT_LIMIT = 2000  # of what is said at once, and of what a letter quotes
WHOLE_LIMIT = 6000  # of a case, with what was added: GeoReport v2 lets 4 000 characters through at once
FIRST = 10_001  # with its check digit a number has six digits from the first case on


class CaseRow:
    """Columns of a case. `number` is its id with a check digit: short, and a misheard one is noticed."""

    id: Mapped[int] = mapped_column(BigId, Identity(start=FIRST), primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=public_id)
    text: Mapped[str] = mapped_column(default="")
    category: Mapped[str | None]
    also: Mapped[list[str]] = mapped_column(default=list)
    urgency: Mapped[str] = mapped_column(default="normal")
    source: Mapped[
        str
    ]  # chat | photo | voice | door | work | behalf | phone | walk_in | patrol | visit | page …
    # where
    community_id: Mapped[int | None]
    estate_id: Mapped[int | None]
    building_id: Mapped[int | None]
    grid_id: Mapped[int | None]
    estate_name: Mapped[str | None]
    building_name: Mapped[str | None]
    unit_name: Mapped[str | None]
    floor: Mapped[str | None]
    room: Mapped[str | None]
    longitude: Mapped[float | None]
    latitude: Mapped[float | None]
    place_from: Mapped[str | None]  # said | home | door | location | answer | staff
    # who
    reporter_id: Mapped[int | None]
    entered_by: Mapped[int | None]  # staff, for callers, walk-ins and patrols
    proxy_id: Mapped[int | None]  # 代报: the resident who wrote it for the reporter
    caller_sealed: Mapped[str | None]  # name and phone of a caller without WeChat
    taker_id: Mapped[int | None]
    route: Mapped[str | None]  # keeper | grid_worker | department | desk | nobody
    # how far
    state: Mapped[str]
    merged_into_id: Mapped[int | None]  # 并案: the case with which it is dealt with; this one is void then
    round: Mapped[int] = mapped_column(default=1)  # raised by every rework: one rating per closing
    close_kind: Mapped[str | None]  # nod | nod_by_phone | default | unasked (there is nobody to ask)
    claim: Mapped[str | None]  # what whoever finished it says: mended | explained | untrue | yearly_work
    solved_level: Mapped[str | None]  # spot | building | grid | community | street | department (row 10)
    finish_text: Mapped[str | None]
    no_photo_reason: Mapped[str | None]
    reported_at: Mapped[datetime] = mapped_column(default=now)
    accepted_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    asked_at: Mapped[datetime | None]  # when the platform accepted the question whether it is mended
    closed_at: Mapped[datetime | None]
    waits_until: Mapped[datetime | None]  # the clock looks again then (place never said, silence)
    # the limits, as its steps say: kept here only so that the clock finds what is due (deadlines.py)
    due_at: Mapped[datetime | None]  # the next limit
    due_stage: Mapped[
        str | None
    ]  # dispatch | accept | answer | finish | pause (its end) | top (climbs no more)
    finish_due: Mapped[datetime | None]  # what the resident is told
    rung: Mapped[int] = mapped_column(default=0, server_default="0")  # how far it has climbed
    pause: Mapped[str | None]  # why its limits stand still: resident | deferred
    proposal: Mapped[str | None]  # waits for who decides: extend | defer | a claim | void | lower

    @property
    def number(self) -> str:
        return with_check(self.id)


CASE_INDEXES = (
    Index("ix_cases_reporter", "reporter_id", "id"),
    Index(
        "ix_cases_proxy",
        "proxy_id",
        "id",
        sqlite_where=text("proxy_id IS NOT NULL"),
        postgresql_where=text("proxy_id IS NOT NULL"),
    ),
    Index("ix_cases_taker", "taker_id", "state", "id"),
    Index("ix_cases_community", "community_id", "state", "id"),
    Index("ix_cases_state", "state", "id"),
    Index("ix_cases_matter", "estate_id", "building_id", "category", "id"),
    Index(
        "ix_cases_waits",
        "waits_until",
        sqlite_where=text("waits_until IS NOT NULL"),
        postgresql_where=text("waits_until IS NOT NULL"),
    ),
    Index(
        "ix_cases_due",
        "due_at",
        sqlite_where=text("due_at IS NOT NULL"),
        postgresql_where=text("due_at IS NOT NULL"),
    ),
    Index(
        "ix_cases_proposal",
        "community_id",
        sqlite_where=text("proposal IS NOT NULL"),
        postgresql_where=text("proposal IS NOT NULL"),
    ),
    Index("ix_cases_closed", "closed_at"),
    Index("ix_cases_community_closed", "community_id", "closed_at"),
    # how the list of the desk finds its rows (listing.py)
    Index("ix_cases_estate", "estate_id", "id"),
    Index("ix_cases_grid", "grid_id", "id"),
    Index("ix_cases_category", "category", "id"),
    Index("ix_cases_reported", "reported_at", "id"),
    Index(
        "ix_cases_entered",
        "entered_by",
        "id",
        sqlite_where=text("entered_by IS NOT NULL"),
        postgresql_where=text("entered_by IS NOT NULL"),
    ),
    Index(
        "ix_cases_pressing",
        "urgency",
        "id",
        sqlite_where=text("urgency <> 'normal'"),
        postgresql_where=text("urgency <> 'normal'"),
    ),
    Index(
        "ix_cases_climbed",
        "rung",
        "id",
        sqlite_where=text("rung > 0"),
        postgresql_where=text("rung > 0"),
    ),
)


class Offer(Numbered, Base):
    """派单: a case put before somebody who may accept it. Ended offers stay, with how they ended."""

    __tablename__ = "offers"
    __table_args__ = (
        Index("ix_offers_case", "case_id", "ended_at"),
        Index(
            "ix_offers_open",
            "person_id",
            "ended_at",  # always null: with it SQLite prefers this index to the next one
            "case_id",
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_offers_person", "person_id", "case_id"),
    )
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    person_id: Mapped[int]
    role: Mapped[str]  # keeper | grid_worker | department | desk | transfer | rung
    offered_at: Mapped[datetime] = mapped_column(default=now)
    ended_at: Mapped[datetime | None]
    ended_how: Mapped[
        str | None
    ]  # accepted | returned | taken_by_other | transferred | moved | merged | closed


class Fellow(Numbered, Base):
    """我也遇到: one more person who met the same thing. Each is told, each may rate."""

    __tablename__ = "fellows"
    __table_args__ = (
        UniqueConstraint("case_id", "person_id"),
        Index("ix_fellows_person", "person_id", "case_id"),
    )
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    person_id: Mapped[int]
    text: Mapped[str] = mapped_column(default="")
    joined_at: Mapped[datetime] = mapped_column(default=now)
    left_at: Mapped[datetime | None]


class Rating(Numbered, Base):
    """评价: five grades, one per person and closing (5 非常满意 … 1 非常不满意)."""

    __tablename__ = "ratings"
    __table_args__ = (UniqueConstraint("case_id", "round", "person_id"), Index("ix_ratings_at", "at"))
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    round: Mapped[int]
    person_id: Mapped[int]
    grade: Mapped[int]
    text: Mapped[str] = mapped_column(default="")
    by_phone: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime] = mapped_column(default=now)


class Alarm(Numbered, Base):
    """An emergency that somebody on duty must acknowledge; it rings again until then (row 103)."""

    __tablename__ = "alarms"
    __table_args__ = (
        Index(
            "ix_alarms_ringing",
            "next_ring_at",
            sqlite_where=text("acknowledged_at IS NULL"),
            postgresql_where=text("acknowledged_at IS NULL"),
        ),
    )
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), unique=True)
    number_to_call: Mapped[str]  # 119 | 110 | 120 | 122
    raised_at: Mapped[datetime] = mapped_column(default=now)
    rings: Mapped[int] = mapped_column(default=0)
    rung: Mapped[int] = mapped_column(default=0, server_default="0")  # how far up it rings
    next_ring_at: Mapped[datetime] = mapped_column(default=now)
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[int | None]


class LimitRule(Numbered, Base):
    """时限 of a stage that a place sets for itself from a date on; else templates/rules/limits.toml. The one
    that names most of community, category and urgency counts."""

    __tablename__ = "limit_rules"
    __table_args__ = (Index("ix_limit_rules_stage", "stage", "since"),)
    community_id: Mapped[int | None] = mapped_column(ForeignKey("communities.id"))
    category: Mapped[str | None]
    urgency: Mapped[str | None]
    stage: Mapped[str]  # one of models/case/limits.py: STAGES
    amount: Mapped[int]
    unit: Mapped[str]  # minutes | working_minutes | working_days
    since: Mapped[date]
    until: Mapped[date | None]
    source: Mapped[str]
    by_id: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(default=now)


class Sample(Numbered, Base):
    """抽查: a case that silence closed, drawn for a supervisor (监事) to look at (row 12)."""

    __tablename__ = "samples"
    __table_args__ = (
        UniqueConstraint("case_id", "round"),
        Index("ix_samples_supervisor", "supervisor_id", "settled_at"),
    )
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    round: Mapped[int]
    supervisor_id: Mapped[int]
    drawn_at: Mapped[datetime] = mapped_column(default=now)
    verdict: Mapped[str | None]  # mended | not_mended | not_reached
    note: Mapped[str | None]
    settled_at: Mapped[datetime | None]
