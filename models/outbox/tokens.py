"""The platforms' access tokens: one row for each account, shared by all processes (F2), sealed."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, update
from sqlalchemy.orm import Mapped, mapped_column

from models.base.orm import Base, session, upsert
from models.base.privacy import seal, unseal


class PlatformToken(Base):
    """`name` is platform and account: "official/wx…", "work/ww…/app"."""

    __tablename__ = "platform_tokens"
    name: Mapped[str] = mapped_column(primary_key=True)
    sealed: Mapped[str | None]
    expires_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=0)
    refresher: Mapped[str | None]  # who is fetching a new one
    refresh_until: Mapped[datetime | None]  # and until when the others leave it to him
    refused_until: Mapped[datetime | None]  # the platform gave none: nobody asks again before


@dataclass(frozen=True, slots=True)
class Held:
    """A token as read. `value` is None when there is none that may still be used."""

    value: str | None
    version: int
    expires_at: datetime | None
    refused_until: datetime | None


_NOTHING = Held(None, 0, None, None)


def held(name: str, at: datetime) -> Held:
    row = session().get(PlatformToken, name)
    if row is None:
        return _NOTHING
    value = unseal(row.sealed, f"platform_tokens/{name}") if row.sealed else None
    alive = value is not None and row.expires_at is not None and row.expires_at > at
    return Held(value if alive else None, row.version, row.expires_at, row.refused_until)


def begin_refresh(name: str, who: str, seen: int, at: datetime, lease: timedelta) -> bool:
    """Whether `who` is the one to fetch a newer token than version `seen`; one for all machines at a time."""
    session().execute(upsert(PlatformToken).values(name=name, version=0).on_conflict_do_nothing())
    mine = session().execute(
        update(PlatformToken)
        .where(
            PlatformToken.name == name,
            PlatformToken.version == seen,
            or_(PlatformToken.refresh_until.is_(None), PlatformToken.refresh_until <= at),
            or_(PlatformToken.refused_until.is_(None), PlatformToken.refused_until <= at),
        )
        .values(refresher=who, refresh_until=at + lease)
    )
    return bool(mine.rowcount)  # type: ignore[attr-defined]


def store(name: str, who: str, value: str, expires_at: datetime) -> bool:
    """Keeps what `who` fetched; False when its turn was over and somebody else fetched one meanwhile."""
    kept = session().execute(
        update(PlatformToken)
        .where(PlatformToken.name == name, PlatformToken.refresher == who)
        .values(
            sealed=seal(value, f"platform_tokens/{name}"),
            expires_at=expires_at,
            version=PlatformToken.version + 1,
            refresher=None,
            refresh_until=None,
            refused_until=None,
        )
    )
    return bool(kept.rowcount)  # type: ignore[attr-defined]


def give_up(name: str, who: str, until: datetime) -> None:
    """The fetch failed; nobody tries again before `until`."""
    session().execute(
        update(PlatformToken)
        .where(PlatformToken.name == name, PlatformToken.refresher == who)
        .values(refresher=None, refresh_until=None, refused_until=until)
    )
