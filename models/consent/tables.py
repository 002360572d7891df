"""Answers to the notices about personal data: appended, never edited; the newest of a kind counts."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base.clock import now
from models.base.orm import Base, Numbered


class ConsentAnswer(Numbered, Base):
    """One person's yes or no to one version of one notice."""

    __tablename__ = "consent_answers"
    __table_args__ = (Index("ix_consent_answers_person", "person_id", "kind", "id"),)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    kind: Mapped[str]  # of templates/consents.toml
    version: Mapped[str]
    scope: Mapped[str]  # what it is about, in one word each: the purposes that stood there
    given: Mapped[bool]
    at: Mapped[datetime] = mapped_column(default=now)
