"""Photos in pieces: announced, sent from wherever it broke off, rebuilt once they are whole.

What was sent is decoded in a process that can do nothing else, and kept as a picture of our own, without the
place and the camera that telephones write into theirs (models/media/photos.py).
"""

from typing import Annotated

import msgspec

from handlers.api.asking import Ask
from handlers.api.errors import WrongType, wrong
from handlers.api.limits import PIECES, TAPS
from handlers.api.routes import Need, Route, Runs, also_put
from handlers.api.shapes import Asked, Shape
from models.base.refusals import Invalid, NotAllowed, NotFound
from models.client import uploads
from models.client.tables import Upload
from models.media import photos
from models.media.photos import MOST_BYTES

PIECE = 1024 * 1024
TYPES = ("image/jpeg", "image/png", "image/webp")


class Announced(Asked):
    """`size` in bytes; `type`: image/jpeg, image/png or image/webp, else 415."""

    size: Annotated[int, msgspec.Meta(ge=1, le=MOST_BYTES)]
    type: Annotated[str, msgspec.Meta(max_length=40)]


class UploadShown(Shape):
    """`offset`: where to go on; `state`: open, kept (whole), used (part of something), refused (no photo)."""

    id: str
    offset: int
    size: int
    state: str


def announced(ask: Ask, given: Announced) -> UploadShown:
    """A photo that will come."""
    if given.type not in TYPES:
        raise WrongType("photo_type", field="type")
    name = uploads.announce(ask.me, given.size)
    return UploadShown(id=name, offset=0, size=given.size, state=uploads.OPEN)


def shown(ask: Ask, given: None) -> UploadShown:
    """How far it has come."""
    return _shown(uploads.of(ask.me, ask.id))


def piece(ask: Ask, given: None) -> UploadShown:
    """The next bytes, from Upload-Offset on; the last of them make it whole."""
    office, me, name = ask.office, ask.me, ask.id
    with office.database.read():
        known = _shown(uploads.of(me, name))
    if known.state != uploads.OPEN:
        return known
    if ask.offset != known.offset:
        raise NotAllowed("upload_offset", field="Upload-Offset")
    if known.offset + len(ask.raw) > known.size:
        raise wrong("upload_too_long", "Upload-Offset")
    if ask.raw:
        office.parts.put(name, known.offset, ask.raw)
        office.database.write(uploads.came, me, name, known.offset, len(ask.raw))
    if known.offset + len(ask.raw) == known.size:
        _whole(ask, name, known.size)
    with office.database.read():
        return _shown(uploads.of(me, name))


def _whole(ask: Ask, name: str, size: int) -> None:
    office = ask.office
    data = office.parts.whole(name, size)
    if data is None:
        raise NotAllowed("upload_offset", field="Upload-Offset")
    try:
        file = office.files.keep(photos.rebuilt(data), photos.CONTENT_TYPE)
    except Invalid as refused:
        office.database.write(uploads.settle, ask.me, name, uploads.REFUSED)
        office.parts.drop(name)
        raise wrong(refused.code, "") from None
    if not office.database.write(uploads.settle, ask.me, name, uploads.KEPT, file):
        office.files.drop([file])
    office.parts.drop(name)


def taken(person_id: int, names: list[str]) -> list[str]:
    """Files of photos that become part of something in the transaction around us. Raises Invalid."""
    if len(set(names)) != len(names):
        raise wrong("upload_not_found", "photos")
    try:
        return uploads.use(person_id, names)
    except NotFound as refused:
        raise wrong("upload_not_found", f"photos.{refused.facts['place']}") from None


def _shown(one: Upload) -> UploadShown:
    return UploadShown(id=one.public_id, offset=one.received, size=one.size, state=one.state)


ROUTES = (
    Route(
        "POST", "/uploads", Need.PERSON, announced, takes=Announced, gives=UploadShown, once=True, limit=TAPS
    ),
    Route("GET", "/uploads/<id>", Need.PERSON, shown, gives=UploadShown),
    *also_put(
        Route(
            "PATCH",
            "/uploads/<id>",
            Need.PERSON,
            piece,
            gives=UploadShown,
            limit=PIECES,
            raw=PIECE,
            runs=Runs.ALONE,
        )
    ),
)
