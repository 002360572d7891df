"""One thing that happened to something, by somebody. The database itself refuses to edit or remove a step."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Index, select
from sqlalchemy.orm import Mapped, mapped_column

from models.base.clock import now
from models.base.orm import Base, Numbered, put, session


class Step(Numbered, Base):
    """`about` is a kind and an id ("case", 17), so that history stays below what it tells of."""

    __tablename__ = "steps"
    __table_args__ = (
        Index("ix_steps_about", "about_kind", "about_id", "id"),
        Index("ix_steps_at", "about_kind", "at"),
    )
    about_kind: Mapped[str]
    about_id: Mapped[int]
    at: Mapped[datetime] = mapped_column(default=now)
    what: Mapped[str]  # a code of templates/labels/steps.toml
    by_kind: Mapped[str]  # person | staff | system
    by_id: Mapped[int | None]
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)


def record(
    about: tuple[str, int], what: str, *, by: tuple[str, int | None], at: datetime, **facts: Any
) -> int:
    """Appends one step and returns its number."""
    return put(
        Step,
        about_kind=about[0],
        about_id=about[1],
        what=what,
        by_kind=by[0],
        by_id=by[1],
        at=at,
        facts=facts,
    )


def steps_about(kind: str, key: int) -> Sequence[Step]:
    """All steps of one thing, oldest first."""
    query = select(Step).where(Step.about_kind == kind, Step.about_id == key).order_by(Step.id)
    return session().scalars(query).all()
