"""Who has opened a notice: each person and each group's address once; and how far it has come."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import case, func, select, text

from models.base.orm import session, upsert
from models.notice.audience import LETTER_KINDS
from models.notice.notice import GROUP_KIND
from models.notice.tables import Notice, NoticeDoor, Receipt, State
from models.outbox.letter import STUCK, Letter
from models.outbox.letter import State as Fate
from models.person.tables import Home
from models.place.gazetteer import town
from models.place.spot import Spot

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

    `addressed` counts what was written until now, `waiting` those that have not gone out, `by_hand` those
    that nothing reaches but a person, `in_digest` the groups that hear it with the news of the evening,
    `read` the persons who opened it, `groups_read` the groups through whose address somebody did.
    """

    addressed: int
    accepted: int
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
    fate = case((Letter.reason == IN_DIGEST, IN_DIGEST), else_=Letter.state)
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
        waiting=of(Fate.WAITING, 0) + of(Fate.TAKEN, 0),
        by_hand=of(Fate.BY_HAND, 0),
        unknown=of(Fate.UNKNOWN, 0),
        failed=of(Fate.FAILED, 0),
        withdrawn=of(Fate.WITHDRAWN, 0),
        in_digest=of(IN_DIGEST, 0),
        read=of("read person", 0),
        groups_read=of("read group", 0),
    )


def to_visit(notice_id: int, community_id: int | None, limit: int = 200) -> Sequence[Spot]:
    """The homes of those whom nothing reaches, in the community (None: in the town): somebody has to go
    there."""
    places = town()
    query = (
        select(Home.building_id, Home.unit_name, Home.room)
        .join(Letter, Letter.to_id == Home.person_id)
        .where(
            Letter.about_kind == "notice",
            Letter.about_id == notice_id,
            Letter.kind.in_(LETTER_KINDS),
            Letter.to_kind == "person",
            text(f"letters.{STUCK}"),
            Home.until.is_(None),
        )
        .order_by(Home.building_id, Home.unit_name, Home.room)
        .limit(limit)
    )
    if community_id is not None:
        estates = {one.id for one in places.estates.values() if one.community_id == community_id}
        theirs = [one.id for one in places.buildings.values() if one.estate_id in estates]
        query = query.where(Home.building_id.in_(theirs))
    found = (places.spot_of_building(*row) for row in session().execute(query))
    return [spot for spot in found if spot is not None]


def read_by_building(notice_id: int) -> Mapping[int, tuple[int, int]]:
    """Building → (persons who opened it, persons whom it was sent), where somebody lives today."""
    told = (
        select(Home.building_id, func.count(func.distinct(Letter.to_id)))
        .join(Home, (Home.person_id == Letter.to_id) & Home.until.is_(None))
        .where(
            Letter.about_kind == "notice",
            Letter.about_id == notice_id,
            Letter.kind.in_(LETTER_KINDS),
            Letter.to_kind == "person",
        )
        .group_by(Home.building_id)
    )
    read = (
        select(Home.building_id, func.count(func.distinct(Receipt.reader_id)))
        .join(Home, (Home.person_id == Receipt.reader_id) & Home.until.is_(None))
        .where(Receipt.notice_id == notice_id, Receipt.reader_kind == "person")
        .group_by(Home.building_id)
    )
    have: dict[int, Any] = {row[0]: row[1] for row in session().execute(read)}
    return {building: (have.get(building, 0), count) for building, count in session().execute(told)}
