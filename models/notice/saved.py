"""An audience that a desk keeps under a name, because it is told something every winter."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from models.base.actor import By
from models.base.clock import now
from models.base.orm import Base, Numbered, session, upsert
from models.base.refusals import Invalid, NotAllowed, NotFound
from models.duty.overseeing import speaks_for
from models.history import record
from models.notice.audience import Audience
from models.notice.speaking import may_address

NAME_LIMIT = 20


class SavedAudience(Numbered, Base):
    __tablename__ = "saved_audiences"
    __table_args__ = (UniqueConstraint("community_id", "name"),)
    community_id: Mapped[int] = mapped_column(default=0)  # 0: the town's, because NULLs are not unique
    name: Mapped[str]
    audience: Mapped[dict[str, Any]]  # models.notice.audience.Audience
    author_id: Mapped[int]  # person
    created_at: Mapped[datetime] = mapped_column(default=now)


def keep(name: str, audience: Audience, by: By, community_id: int | None) -> int:
    """Keeps it for this desk and returns its number.

    Raises Invalid for a name or an audience that cannot be, NotAllowed for a post that does not speak for the
    community, for an audience outside it and for a name that the desk has already given.
    """
    if audience.unread_of is not None:
        raise Invalid("audience_unread_kept")
    may_address(audience, by, community_id)
    key = _put(_checked(name), audience.as_dict(), by, community_id or 0)
    record(("audience", key), "kept", by=by, at=now())
    return key


def rename(kept: SavedAudience, name: str, by: By) -> int:
    """Returns its new number. Raises as `keep` does for the name."""
    name = _checked(name)
    if name == kept.name:
        return kept.id
    # A new row, because only an INSERT can say ON CONFLICT, and two people may choose one name at once.
    key = _put(name, kept.audience, by, kept.community_id)
    record(("audience", key), "renamed", by=by, at=now(), before=kept.name)
    session().delete(kept)
    return key


def forget(kept: SavedAudience, by: By) -> None:
    """Notices that were drafted with it stay as they are."""
    record(("audience", kept.id), "forgotten", by=by, at=now(), name=kept.name)
    session().delete(kept)


def found(key: int, by: By) -> SavedAudience:
    """For whoever speaks for the desk that keeps it. Raises NotFound."""
    kept = session().get(SavedAudience, key, with_for_update=True)
    if kept is None or not speaks_for(by.id, kept.community_id or None):
        raise NotFound("audience_not_found")
    return kept


def of_desk(community_id: int | None) -> Sequence[SavedAudience]:
    """What this desk keeps, by name."""
    query = select(SavedAudience).where(SavedAudience.community_id == (community_id or 0))
    return session().scalars(query.order_by(SavedAudience.name)).all()


def resolved(said: Mapping[str, Any], community_id: int | None) -> Audience:
    """As Audience.of; `{"saved": "北区三栋"}` is the audience that the desk keeps under this name, as it is
    now. Raises Invalid, also where something stands beside the name, and for a name that the desk does not
    have."""
    if "saved" not in said:
        return Audience.of(said)
    name = said["saved"]
    if len(said) > 1 or not isinstance(name, str):
        raise Invalid("audience_word", word="saved")
    for kept in of_desk(community_id):
        if kept.name == name:
            return Audience.of(kept.audience)
    raise Invalid("audience_unknown", name=name)


def _checked(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise Invalid("audience_name_missing")
    if len(name) > NAME_LIMIT:
        raise Invalid("audience_name_long", limit=NAME_LIMIT, length=len(name))
    return name


def _put(name: str, audience: dict[str, Any], by: By, desk: int) -> int:
    row = upsert(SavedAudience).values(
        name=name, audience=audience, author_id=by.id, community_id=desk, created_at=now()
    )
    key = session().execute(row.on_conflict_do_nothing().returning(SavedAudience.id)).scalar()
    if key is None:
        raise NotAllowed("audience_name_taken", name=name)
    return int(key)
