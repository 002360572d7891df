"""The photo of somebody with a post: residents see it only as long as it is published."""

from collections.abc import Collection, Mapping

from sqlalchemy import select

from models.base.actor import By
from models.base.clock import now
from models.base.orm import put, session
from models.base.refusals import NotFound
from models.history import record
from models.media import keeping, photos
from models.media.item import Item
from models.person.tables import Portrait

ABOUT, PURPOSE = "portrait", "portrait"


def enter(person_id: int, file: str, by: By) -> int:
    """A photo that was rebuilt and kept; the one before is shown no more. Not published yet."""
    _end(person_id, by)
    item = keeping.keep(
        (ABOUT, person_id),
        purpose=PURPOSE,
        kind="image",
        file=file,
        content_type=photos.CONTENT_TYPE,
        by=by.id,
    )
    record(("person", person_id), "portrait_entered", by=by, at=now())
    return put(Portrait, person_id=person_id, item_id=item, by_id=by.id, at=now())


def publish(person_id: int, by: By, *, shown: bool) -> bool:
    """Shown to everybody from now on, or to nobody any more. False when that is so already. Raises NotFound
    for somebody without a photo."""
    one = _of(person_id)
    if one is None:
        raise NotFound("portrait_not_found")
    if (one.published_at is not None) is shown:
        return False
    one.published_at, one.published_by = (now(), by.id) if shown else (None, None)
    what = "portrait_published" if shown else "portrait_withdrawn"
    record(("person", person_id), what, by=by, at=now())
    return True


def take_away(person_id: int, by: By) -> bool:
    """The photo is no longer used. False when there was none."""
    return _end(person_id, by)


def all_of(people: Collection[int]) -> Mapping[int, tuple[str, bool]]:
    """Person → (public id of the photo, whether it is published)."""
    query = (
        select(Portrait.person_id, Item.public_id, Portrait.published_at)
        .join(Item, Item.id == Portrait.item_id)
        .where(Portrait.person_id.in_(people), Portrait.ended_at.is_(None), Item.state == "kept")
    )
    return {row[0]: (row[1], row[2] is not None) for row in session().execute(query)}


def published(people: Collection[int]) -> Mapping[int, str]:
    """Person → public id, of those that everybody may see."""
    return {person: public for person, (public, shown) in all_of(people).items() if shown}


def _of(person_id: int) -> Portrait | None:
    query = select(Portrait).where(Portrait.person_id == person_id, Portrait.ended_at.is_(None))
    return session().scalars(query.with_for_update()).first()


def _end(person_id: int, by: By) -> bool:
    one = _of(person_id)
    if one is None:
        return False
    one.ended_at = now()
    session().flush()
    record(("person", person_id), "portrait_ended", by=by, at=now())
    return True
