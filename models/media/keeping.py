"""What happens to photos and voices: wanted from the platform, kept as a file, or gone for a reason."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select, text, update

from models.base.clock import now
from models.base.orm import public_id, put, session
from models.base.refusals import NotFound
from models.media.item import Item

LIFE = timedelta(days=3)  # so long the platform holds it
PAUSES = (5, 15, 60, 300, 900, 3600)  # seconds, the last one again and again
_WANTED = text("state = 'wanted'")  # written out, because only so a partial index serves it on SQLite


def want(
    about: tuple[str, int], *, purpose: str, kind: str, channel: str, media_id: str, by: int | None
) -> int:
    """A photo that the platform still holds; the errand fetches it at once."""
    return _new(about, purpose, kind, by, state="wanted", channel=channel, media_id=media_id)


def keep(
    about: tuple[str, int],
    *,
    purpose: str,
    kind: str,
    file: str,
    content_type: str,
    by: int | None,
    name: str | None = None,
) -> int:
    """A photo or an attachment that came with a page and is a file already; `name` is what people call it."""
    return _new(about, purpose, kind, by, state="kept", file=file, content_type=content_type, name=name)


def _new(about: tuple[str, int], purpose: str, kind: str, by: int | None, **more: str | None) -> int:
    at = now()
    return put(
        Item,
        public_id=public_id(),
        about_kind=about[0],
        about_id=about[1],
        purpose=purpose,
        kind=kind,
        by_id=by,
        at=at,
        not_before=at,
        attempts=0,
        **more,
    )


def items_about(kind: str, key: int, purpose: str | None = None) -> Sequence[Item]:
    query = select(Item).where(Item.about_kind == kind, Item.about_id == key).order_by(Item.id)
    if purpose is not None:
        query = query.where(Item.purpose == purpose)
    return session().scalars(query).all()


def item_of(public: str) -> Item | None:
    return session().scalars(select(Item).where(Item.public_id == public)).first()


def named(files: Sequence[str]) -> set[str]:
    """Those of these files that some row names."""
    return {file for file in session().scalars(select(Item.file).where(Item.file.in_(files))) if file}


def count_about(kind: str, key: int, purpose: str, *, since: datetime | None = None) -> int:
    query = select(func.count(Item.id)).where(
        Item.about_kind == kind, Item.about_id == key, Item.purpose == purpose, Item.state != "gone"
    )
    if since is not None:
        query = query.where(Item.at >= since)
    return session().execute(query).scalar_one()


def move(items: Sequence[int], about: tuple[str, int], purpose: str) -> None:
    """Puts photos that came before we knew what they are of where they belong."""
    session().execute(
        update(Item).where(Item.id.in_(items)).values(about_kind=about[0], about_id=about[1], purpose=purpose)
    )


def anything_due() -> bool:
    """A cheap look, without a lock."""
    query = select(Item.id).where(_WANTED, Item.not_before <= now()).limit(1)
    return session().execute(query).first() is not None


def due(limit: int) -> Sequence[Item]:
    """What the errand fetches next; taken for a minute, so that two fetchers do not meet."""
    query = (
        select(Item)
        .where(_WANTED, Item.not_before <= now())
        .order_by(Item.not_before)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    items = session().scalars(query).all()
    for item in items:
        item.not_before = now() + timedelta(minutes=1)
        item.attempts += 1
    return items


def kept(item_id: int, *, file: str, content_type: str) -> None:
    item = session().get_one(Item, item_id)
    item.state, item.file, item.content_type, item.trouble = "kept", file, content_type, None


def missed(item_id: int, trouble: str, *, for_good: bool) -> None:
    """The platform did not give it: later again, or never."""
    item = session().get_one(Item, item_id)
    item.trouble = trouble
    if for_good or item.at + LIFE < now():
        item.state = "gone"
    else:
        item.not_before = now() + timedelta(seconds=PAUSES[min(item.attempts, len(PAUSES)) - 1])


def postponed(item_id: int, until: datetime, trouble: str) -> None:
    """The platform asked to wait: that was no try."""
    item = session().get_one(Item, item_id)
    item.trouble, item.not_before = trouble, until
    item.attempts = max(0, item.attempts - 1)


def hear(public: str, by: int) -> Item:
    item = item_of(public)
    if item is None:
        raise NotFound("media_not_found")
    if item.heard_at is None:
        item.heard_at, item.heard_by = now(), by
    return item
