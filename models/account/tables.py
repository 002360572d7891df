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


class RecoveryCode(Numbered, Base):
    """One of ten codes on paper that stand in for the second factor, once each."""

    __tablename__ = "recovery_codes"
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    code_hash: Mapped[str] = mapped_column(unique=True)
    made_at: Mapped[datetime] = mapped_column(default=now)
    used_at: Mapped[datetime | None]


class Guesses(Numbered, Base):
    """How many guesses are left: each moves `free_ms` on by its price (models/account/guessing.py)."""

    __tablename__ = "login_guesses"
    key: Mapped[str] = mapped_column(unique=True)  # a keyed hash of what is guarded: an account, an address
    free_ms: Mapped[int] = mapped_column(BigId, index=True)  # since 1970; both databases can reckon with it


class LoginState(Numbered, Base):
    """Something begun that one browser may end once: a way over WeCom, a second factor, a link to set a
    password."""

    __tablename__ = "login_states"
    token_hash: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]  # work | official | second | set_up | password_link
    browser_hash: Mapped[str | None]  # the browser that began it; None for a link on paper
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    next: Mapped[str] = mapped_column(default="")  # a path of the console
    tries: Mapped[int] = mapped_column(default=0)
    by_id: Mapped[int | None]  # who sent the link
    made_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]
