"""One photo, voice or video. The platform keeps it three days; the errand fetches it at once."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base.clock import now
from models.base.orm import Base, Numbered, public_id

# As text, because a partial index serves only a query that says the very same.
UNHEARD = "kind = 'voice' AND heard_at IS NULL"


class Item(Numbered, Base):
    __tablename__ = "media_items"
    __table_args__ = (
        Index("ix_media_items_about", "about_kind", "about_id"),
        Index("ix_media_items_unheard", "id", sqlite_where=text(UNHEARD), postgresql_where=text(UNHEARD)),
        Index(
            "ix_media_items_wanted",
            "not_before",
            sqlite_where=text("state = 'wanted'"),
            postgresql_where=text("state = 'wanted'"),
        ),
    )
    public_id: Mapped[str] = mapped_column(unique=True, default=public_id)
    about_kind: Mapped[str]
    about_id: Mapped[int]
    purpose: Mapped[str]  # report | before | progress | finish | seen | safe | picture …
    kind: Mapped[str]  # image | voice | video | file
    channel: Mapped[str | None]
    media_id: Mapped[str | None]
    by_id: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(default=now)
    state: Mapped[str]  # wanted | kept | gone
    not_before: Mapped[datetime] = mapped_column(default=now)
    attempts: Mapped[int] = mapped_column(default=0)
    file: Mapped[str | None] = mapped_column(index=True)  # relative to [storage] dir
    content_type: Mapped[str | None]
    name: Mapped[str | None]  # of an attachment, as whoever reads it is shown it
    trouble: Mapped[str | None]
    heard_at: Mapped[datetime | None]  # a voice: when somebody listened to it
    heard_by: Mapped[int | None]
    cleared_at: Mapped[datetime | None]  # a photo: since when everybody may see it on the public board
    cleared_by: Mapped[int | None]  # who says that no face and no door number is on it
