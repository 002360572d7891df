"""Who has opened a notice: each person and each group's address once; and how far it has come."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import and_, case, func, select

from models.base.orm import session, upsert
from models.notice.audience import LETTER_KINDS
from models.notice.notice import GROUP_KIND
from models.notice.tables import Notice, NoticeDoor, Receipt, State
from models.outbox.fates import HAND
from models.outbox.letter import Letter
from models.outbox.letter import State as Fate

IN_DIGEST = "in_digest"  # why a group's own letter was not needed (models/joins/digest.py)


def by_code(code: str) -> tuple[Notice, int] | None:
    """The notice behind a group's address, and the group."""
    query = select(Notice, NoticeDoor.group_id).join(NoticeDoor, NoticeDoor.notice_id == Notice.id)
    row = session().execute(query.where(NoticeDoor.code == code)).first()
    return None if row is None else (row[0], row[1])


def opened(notice_id: int, reader_kind: str, reader_id: int) -> None:
    """`reader_kind` person or group; a second time changes nothing."""
    first = upsert(Receipt).values(notice_id=notice_id, reader_kind=reader_kind, reader_id=reader_id)
    session().connection().execute(first.on_conflict_do_nothing())


def has_opened(notice_id: int, reader_kind: str, reader_id: int) -> bool:
    query = select(Receipt.id).where(
        Receipt.notice_id == notice_id, Receipt.reader_kind == reader_kind, Receipt.reader_id == reader_id
    )
    return session().execute(query).first() is not None


def was_told(notice_id: int, person_id: int) -> bool:
    """Whether the person was sent it: whoever only looks on has not received anything."""
    query = select(Letter.id).where(
        Letter.about_kind == "notice",
        Letter.about_id == notice_id,
        Letter.kind.in_(LETTER_KINDS),
        Letter.to_kind == "person",
        Letter.to_id == person_id,
    )
    return session().execute(query.limit(1)).first() is not None


def correction_of(notice_id: int) -> str | None:
    """The title of the newest notice that puts this one right and has been told."""
    query = select(Notice.title).where(
        Notice.corrects_id == notice_id, Notice.state.in_((State.GOING, State.TOLD))
    )
    return session().execute(query.order_by(Notice.id.desc()).limit(1)).scalar()


class Figures(NamedTuple):
    """Letters about a notice, by what became of them; persons and groups together.

    `addressed` counts what was written until now, `accepted` what a platform took, `carried` what somebody
    pasted or told at a door, `waiting` those that have not gone out, `by_hand` those that nothing reaches but
    a person, `in_digest` the groups that hear it with the news of the evening, `read` the persons who opened
    it, `groups_read` the groups through whose address somebody did.
    """

    addressed: int
    accepted: int
    carried: int
    waiting: int
    by_hand: int
    unknown: int
    failed: int
    withdrawn: int
    in_digest: int
    read: int
    groups_read: int


def figures(notice_ids: Sequence[int]) -> Mapping[int, Figures]:
    """For each of the notices; one query for letters and one for receipts."""
    counts: dict[int, dict[str, int]] = {one: {} for one in notice_ids}
    by_hand = and_(Letter.state == Fate.SENT, Letter.channel == HAND)
    fate = case((Letter.reason == IN_DIGEST, IN_DIGEST), (by_hand, "carried"), else_=Letter.state)
    letters = (
        select(Letter.about_id, fate, func.count())
        .where(
            Letter.about_kind == "notice",
            Letter.about_id.in_(notice_ids),
            Letter.kind.in_((*LETTER_KINDS, GROUP_KIND)),
        )
        .group_by(Letter.about_id, fate)
    )
    for notice, state, count in session().execute(letters):
        if notice is not None:
            counts[notice][state] = count
    receipts = (
        select(Receipt.notice_id, Receipt.reader_kind, func.count())
        .where(Receipt.notice_id.in_(notice_ids))
        .group_by(Receipt.notice_id, Receipt.reader_kind)
    )
    for notice, kind, count in session().execute(receipts):
        counts[notice][f"read {kind}"] = count
    return {one: _figures(counts[one]) for one in notice_ids}


def _figures(counts: Mapping[str, int]) -> Figures:
    of = counts.get
    return Figures(
        addressed=sum(count for name, count in counts.items() if not name.startswith("read ")),
        accepted=of(Fate.SENT, 0),
        carried=of("carried", 0),
        waiting=of(Fate.WAITING, 0) + of(Fate.TAKEN, 0),
        by_hand=of(Fate.BY_HAND, 0),
        unknown=of(Fate.UNKNOWN, 0),
        failed=of(Fate.FAILED, 0),
        withdrawn=of(Fate.WITHDRAWN, 0),
        in_digest=of(IN_DIGEST, 0),
        read=of("read person", 0),
        groups_read=of("read group", 0),
    )
