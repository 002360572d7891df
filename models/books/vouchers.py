"""The picture of a voucher, for staff; and a copy for everybody, with what is somebody's own burnt black.

Two look at it: one makes the copy, another says that nothing private is left (row 56, X05). Before that, the
line is public without a picture.
"""

from models.base.actor import By
from models.base.clock import now
from models.base.orm import session
from models.base.refusals import NotAllowed, NotFound
from models.books.rights import estate_of
from models.books.spending import KIND
from models.books.tables import Outlay, State
from models.history import record
from models.media import photos
from models.media.item import Item
from models.media.keeping import item_of, keep

VOUCHER, PUBLIC = "voucher", "voucher_public"


def attach(outlay: Outlay, file: str, by: By) -> None:
    """A picture that is a file already. Raises NotAllowed where somebody has agreed to another one."""
    estate_of(outlay.estate_id, by)
    if outlay.voucher is not None and outlay.state not in (State.DRAFT, State.REFUSED):
        raise NotAllowed("outlay_move", number=outlay.id)
    outlay.voucher = _kept(outlay, file, VOUCHER, by)
    outlay.voucher_public = outlay.cleared_by = None
    _record(outlay, "voucher_attached", by)


def show_blackened(outlay: Outlay, file: str, by: By) -> None:
    """The copy that everybody may see once somebody else has looked. One made before is seen no more."""
    estate_of(outlay.estate_id, by)
    if outlay.voucher is None:
        raise NotFound("media_not_found")
    outlay.voucher_public, outlay.cleared_by = _kept(outlay, file, PUBLIC, by), None
    _record(outlay, "voucher_blackened", by)


def clear(outlay: Outlay, seen: str, by: By) -> None:
    """The second look: nothing private is left on the copy of the public id `seen`. Raises NotAllowed for
    whoever made the copy, and where another one was made since somebody looked."""
    estate_of(outlay.estate_id, by)
    copy = item_of(outlay.voucher_public) if outlay.voucher_public else None
    if copy is None:
        raise NotFound("media_not_found")
    if copy.public_id != seen:
        raise NotAllowed("voucher_changed", number=outlay.id)
    if outlay.cleared_by is not None:
        return
    if copy.by_id == by.id:
        raise NotAllowed("voucher_own", number=outlay.id)
    outlay.cleared_by = by.id
    _record(outlay, "voucher_cleared", by)


def hide(outlay: Outlay, by: By) -> None:
    """Something private is left on it: nobody sees the copy from now on."""
    estate_of(outlay.estate_id, by)
    if outlay.voucher_public is not None:
        outlay.voucher_public = outlay.cleared_by = None
        _record(outlay, "voucher_hidden", by)


def blackened_by(outlay: Outlay) -> int | None:
    """Who made the copy."""
    copy = item_of(outlay.voucher_public) if outlay.voucher_public else None
    return copy.by_id if copy is not None else None


def public_picture(public: str, outlay: Outlay) -> Item | None:
    """The copy of this public id, if everybody may see it."""
    if outlay.cleared_by is None or outlay.entry_id is None or outlay.voucher_public != public:
        return None
    return item_of(public)


def _kept(outlay: Outlay, file: str, purpose: str, by: By) -> str:
    number = keep(
        (KIND, outlay.id),
        purpose=purpose,
        kind="image",
        file=file,
        content_type=photos.CONTENT_TYPE,
        by=by.id,
    )
    return session().get_one(Item, number).public_id


def _record(outlay: Outlay, what: str, by: By) -> None:
    record((KIND, outlay.id), what, by=by, at=now())
