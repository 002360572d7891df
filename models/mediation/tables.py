"""Mediations. Everything that names or describes somebody is sealed (models/base/privacy)."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base.clock import now
from models.base.orm import Base, Numbered, public_id


class Mediation(Numbered, Base):
    """One dispute (row 14). Success is an agreement that was kept when somebody asked 30 days later."""

    __tablename__ = "mediations"
    __table_args__ = (
        Index("ix_mediations_mediator", "mediator_id", "ended_at"),
        Index("ix_mediations_community", "community_id", "ended_at"),
    )
    public_id: Mapped[str] = mapped_column(unique=True, default=public_id)
    community_id: Mapped[int] = mapped_column(ForeignKey("communities.id"))
    case_id: Mapped[int | None]  # the report it began with
    kind: Mapped[str]  # a code of labels/disputes.toml
    parties_sealed: Mapped[str]
    matter_sealed: Mapped[str]
    began_on: Mapped[date]  # since when they quarrel: the age of what is left over (积案)
    mediator_id: Mapped[int]  # person
    opened_by: Mapped[int]
    opened_at: Mapped[datetime] = mapped_column(default=now)
    agreement_sealed: Mapped[str | None]
    concluded_at: Mapped[datetime | None]
    check_on: Mapped[date | None]
    checked_at: Mapped[datetime | None]
    was_kept: Mapped[bool | None]
    ended_at: Mapped[datetime | None]
    ended_how: Mapped[str | None]  # kept | broken | no_agreement | to_court | withdrawn


class MediationMeeting(Numbered, Base):
    """One time that they sat together."""

    __tablename__ = "mediation_meetings"
    __table_args__ = (UniqueConstraint("mediation_id", "number"),)
    mediation_id: Mapped[int] = mapped_column(ForeignKey("mediations.id"))
    number: Mapped[int]
    at: Mapped[datetime]
    note_sealed: Mapped[str]
    by_id: Mapped[int]
