"""Pictures and attachments of a notice: what may come with it, and for how long it is shown.

They are files before they are rows, and rows of a draft before anybody sees them. A correction and a second
round begin with those of the notice that they follow: the rows are new, the files are the same.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from sqlalchemy import delete, func, select

from models.base.actor import By
from models.base.clock import now
from models.base.orm import session
from models.base.private_words import must_be_public, private_in
from models.base.refusals import Invalid, NotAllowed, NotFound
from models.history import record
from models.media import documents, keeping, photos
from models.media.files import SUFFIXES, Files
from models.media.item import Item
from models.notice.tables import Notice, State

PICTURE, ATTACHMENT = "picture", "attachment"
MOST = {PICTURE: 9, ATTACHMENT: 5}
MOST_BYTES = documents.MOST_BYTES
NAME_LIMIT, NAMELESS = 80, "attachment"
_TOO_MANY = {PICTURE: "too_many_pictures", ATTACHMENT: "too_many_attachments"}
_KINDS = {PICTURE: "image", ATTACHMENT: "file"}


class Enclosure(NamedTuple):
    """A file that is kept already. `name` as whoever reads it is shown it; pictures have none."""

    purpose: str
    file: str
    content_type: str
    name: str | None = None


@contextmanager
def laid_by(
    files: Files, pictures: Iterable[bytes], attachments: Iterable[tuple[str, bytes]]
) -> Iterator[list[Enclosure]]:
    """The pictures rebuilt, the attachments (name, bytes) looked into, and all kept as files, which are
    removed again when what follows fails. No transaction is open meanwhile.

    Raises Invalid for a file that cannot be taken, with what to do about it; NoRoom when the disk is full.
    """
    kept: list[Enclosure] = []
    try:
        for data in pictures:
            _none_too_many(kept, PICTURE)
            rebuilt = photos.rebuilt(data)
            kept.append(Enclosure(PICTURE, files.keep(rebuilt, photos.CONTENT_TYPE), photos.CONTENT_TYPE))
            files.keep_small(kept[-1].file, photos.preview(rebuilt))
        for given, data in attachments:
            _none_too_many(kept, ATTACHMENT)
            content_type, name = _looked_into(given, data)
            kept.append(Enclosure(ATTACHMENT, files.keep(data, content_type), content_type, name))
        yield kept
    except BaseException:
        files.drop(one.file for one in kept)
        raise


def _none_too_many(kept: Sequence[Enclosure], purpose: str) -> None:
    if sum(one.purpose == purpose for one in kept) >= MOST[purpose]:
        raise Invalid(_TOO_MANY[purpose], limit=MOST[purpose])


def _looked_into(given: str, data: bytes) -> tuple[str, str]:
    """What it is, and its name with the ending of what it is."""
    stem = _stem(given)
    try:
        document = documents.looked_into(data)
    except Invalid as refusal:
        raise Invalid(refusal.code, **refusal.facts, name=stem) from None
    must_be_public(stem)
    for found in private_in(document.text):
        raise Invalid("attachment_private", name=stem, words=found.words)
    return document.content_type, f"{stem}.{SUFFIXES[document.content_type]}"


def _stem(given: str) -> str:
    """The bare name, without what would mean something to a disk, a header or a reader's eye."""
    plain = unicodedata.normalize("NFC", given).replace("\\", "/").rpartition("/")[2]
    stem, dot, ending = plain.rpartition(".")
    stem = stem if dot and stem and len(ending) <= 5 else plain
    signs = (sign for sign in stem if sign.isprintable() and sign not in '<>:"|?*')
    return "".join(signs).strip(" .")[:NAME_LIMIT] or NAMELESS


def enclose(notice: Notice, given: Sequence[Enclosure], by: By, *, instead: bool = False) -> None:
    """They belong to the draft from now on; with `instead` they take the place of what was carried over, of
    each sort that is given.

    Raises NotAllowed for a notice that was handed in, Invalid for more than it may have.
    """
    _must_be_draft(notice)
    if not given:
        return
    if instead:
        for purpose in {one.purpose for one in given}:
            session().execute(delete(Item).where(*_about(notice.id), Item.purpose == purpose))
    for one in given:
        keeping.keep(
            ("notice", notice.id),
            purpose=one.purpose,
            kind=_KINDS[one.purpose],
            file=one.file,
            content_type=one.content_type,
            name=one.name,
            by=by.id,
        )
    for purpose, most in MOST.items():
        if keeping.count_about("notice", notice.id, purpose) > most:
            raise Invalid(_TOO_MANY[purpose], limit=most)
    record(("notice", notice.id), "enclosed", by=by, at=now(), **counts(notice.id))


def take_out(notice: Notice, public: str, by: By) -> None:
    """One of a draft's files is not wanted. Raises NotFound, NotAllowed for a notice that was handed in."""
    _must_be_draft(notice)
    session().execute(delete(Item).where(Item.id == one_of(notice, public).id))
    record(("notice", notice.id), "taken_out", by=by, at=now())


def carry(notice_id: int, earlier_id: int) -> None:
    """What came with the earlier notice comes with this one, which follows it."""
    for item in of(earlier_id):
        assert item.file is not None
        assert item.content_type is not None
        keeping.keep(
            ("notice", notice_id),
            purpose=item.purpose,
            kind=item.kind,
            file=item.file,
            content_type=item.content_type,
            name=item.name,
            by=item.by_id,
        )


def of(notice_id: int, purpose: str | None = None) -> Sequence[Item]:
    return keeping.items_about("notice", notice_id, purpose)


def counts(notice_id: int) -> dict[str, int]:
    """As letters say it: {"pictures": 2, "attachments": 1}."""
    query = select(Item.purpose, func.count()).where(*_about(notice_id)).group_by(Item.purpose)
    have: dict[str, int] = {row[0]: row[1] for row in session().execute(query)}
    return {"pictures": have.get(PICTURE, 0), "attachments": have.get(ATTACHMENT, 0)}


def shown(notice: Notice) -> Sequence[Item]:
    """What a reader sees: nothing of a notice that does not hold any more."""
    return [] if notice.state == State.WITHDRAWN else of(notice.id)


def one_of(notice: Notice, public: str) -> Item:
    """Raises NotFound for what does not belong to it or is not shown any more."""
    item = keeping.item_of(public)
    if (
        item is None
        or (item.about_kind, item.about_id) != ("notice", notice.id)
        or notice.state == State.WITHDRAWN
    ):
        raise NotFound("media_not_found")
    return item


def _about(notice_id: int) -> tuple[Any, ...]:
    return (Item.about_kind == "notice", Item.about_id == notice_id)


def _must_be_draft(notice: Notice) -> None:
    if notice.state != State.DRAFT:
        raise NotAllowed("notice_handed_in", number=notice.id)
