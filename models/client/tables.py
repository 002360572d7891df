"""What is kept for the mini-program and the pages that use its interface."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base.clock import now
from models.base.orm import Base, Numbered, public_id


class ClientToken(Numbered, Base):
    """Somebody who is logged in there. The program has the token, the database its hash."""

    __tablename__ = "client_tokens"
    __table_args__ = (Index("ix_client_tokens_person", "person_id", "ended_at"),)
    token_hash: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    way: Mapped[str]  # mini | official: by which account's login
    begun_at: Mapped[datetime] = mapped_column(default=now)
    seen_at: Mapped[datetime] = mapped_column(default=now, index=True)
    ended_at: Mapped[datetime | None]
    ended_why: Mapped[str | None]  # logout | blocked | unbound | withdrawn | restored | renewed


class ClientSetting(Numbered, Base):
    """How somebody wants it to look, on whatever telephone."""

    __tablename__ = "client_settings"
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), unique=True)
    elder: Mapped[bool] = mapped_column(default=False)  # large type, few things on a page
    at: Mapped[datetime] = mapped_column(default=now)


class Upload(Numbered, Base):
    """A photo on its way here in pieces. What arrived lies in a file until the photo is whole, rebuilt and
    part of something; what never becomes part of anything goes after a day."""

    __tablename__ = "uploads"
    public_id: Mapped[str] = mapped_column(unique=True, default=public_id)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    size: Mapped[int]  # bytes, as announced
    received: Mapped[int] = mapped_column(default=0)  # bytes, from the beginning on
    state: Mapped[str]  # open | kept: whole and rebuilt | used: part of something | refused: no photo
    file: Mapped[str | None]  # relative to [storage] dir, once it is kept
    made_at: Mapped[datetime] = mapped_column(default=now)
    touched_at: Mapped[datetime] = mapped_column(default=now, index=True)


class Scene(Numbered, Base):
    """What a mini-program code opens beside a door's (those have their own code): a bill or a case."""

    __tablename__ = "scenes"
    __table_args__ = (Index("ix_scenes_about", "kind", "about_id"),)
    code: Mapped[str] = mapped_column(unique=True)  # 22 characters, 128 random bits
    kind: Mapped[str]  # bill | case
    about_id: Mapped[int]
    by_id: Mapped[int | None]
    made_at: Mapped[datetime] = mapped_column(default=now)
    revoked_at: Mapped[datetime | None]
