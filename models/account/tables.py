"""Accounts of staff, their sessions, and what is counted so that nobody guesses his way in."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base.clock import now
from models.base.orm import Base, BigId, Numbered


class Account(Numbered, Base):
    """What somebody of the staff logs in with. Without a row here somebody may still come over WeCom."""

    __tablename__ = "accounts"
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), unique=True)
    password_hash: Mapped[str | None]  # argon2id, with its parameters and salt
    password_at: Mapped[datetime | None]
    old_hashes: Mapped[list[str]] = mapped_column(default=list)  # the last ones, newest first
    stamp: Mapped[int] = mapped_column(default=0)  # moves on when every session there is shall be over
    totp_sealed: Mapped[str | None]  # the second factor's secret
    totp_since: Mapped[datetime | None]  # None: shown, and no code of it came back yet
    totp_step: Mapped[int] = mapped_column(BigId, default=0)  # the last 30 seconds whose code was taken
    created_at: Mapped[datetime] = mapped_column(default=now)


class LoginSession(Numbered, Base):
    """Somebody who is logged in. The browser has the token, the database its hash."""

    __tablename__ = "login_sessions"
    __table_args__ = (Index("ix_login_sessions_person", "person_id", "ended_at"),)
    token_hash: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    way: Mapped[str]  # password | work | official
    stamp: Mapped[int]  # the account's, when it began
    post: Mapped[str]  # a hash of the post that the person had then: another post is another session
    browser: Mapped[str] = mapped_column(default="")  # what it says of itself
    address_hash: Mapped[str | None]  # where it began: a place that has proved itself
    strong_until: Mapped[datetime | None]  # a second factor was shown so lately
    begun_at: Mapped[datetime] = mapped_column(default=now)
    seen_at: Mapped[datetime] = mapped_column(default=now)
    ended_at: Mapped[datetime | None]
    ended_why: Mapped[str | None]  # why, in one word: logout, elsewhere, password, by_admin …
