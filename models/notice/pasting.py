"""人工: the groups of a notice that only somebody's hands reach: what waits to be pasted, who has pasted it,
and their owners, who are asked to do it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, func, or_, select, text, update

from models.base.clock import now
from models.base.links import personal_path
from models.base.orm import session
from models.notice.notice import GROUP_KIND, PASTE_KIND
from models.notice.tables import Kind, Notice, State
from models.outbox.by_hand import RECENT
from models.outbox.door import tell
from models.outbox.fates import HAND
from models.outbox.letter import STUCK, Lane, Letter
from models.outbox.letter import State as Fate
from models.place.tables import BuildingGroup, Estate

NAMED = 5  # groups in a letter; the page has all
AT_ONCE = 150  # letters in one transaction
SOON = timedelta(minutes=1)  # after the last letter is written, senders have looked at them


class ToPaste(NamedTuple):
    """A group's letter that is pasted, or was. `reason` says why it has to be."""

    letter_id: int
    group_id: int
    group: str
    facts: dict[str, Any]
    state: str
    reason: str | None
    channel: str | None
    carried_by: int | None
    carried_at: datetime | None

    @property
    def is_pasted(self) -> bool:
        return self.state == Fate.SENT


class Share(NamedTuple):
    """Which groups: those of a community (None: of the town), or of an owner."""

    community_id: int | None = None
    owner_id: int | None = None


def count(notice_id: int, share: Share) -> tuple[int, int]:
    """(Groups that wait to be pasted, groups that were)."""
    query = _by_hand(notice_id, share, Letter.state, func.count()).group_by(Letter.state)
    found: dict[str, int] = {row[0]: row[1] for row in session().execute(query)}
    pasted = found.pop(Fate.SENT, 0)
    return sum(found.values()), pasted


def to_paste(notice_id: int, share: Share, *, start: int = 0, limit: int | None = None) -> Sequence[ToPaste]:
    """What waits before what was done, by the groups' names."""
    query = _by_hand(
        notice_id, share, Letter.id, Letter.to_id, BuildingGroup.name, Letter.facts, Letter.state,
        Letter.reason, Letter.channel, Letter.carried_by, Letter.sent_at,
    )  # fmt: skip
    done = Letter.state == Fate.SENT
    rows = session().execute(query.order_by(done, BuildingGroup.name, Letter.id).offset(start).limit(limit))
    return [ToPaste(*row) for row in rows]


def one_to_paste(notice_id: int, share: Share, letter_id: int) -> ToPaste | None:
    """None when it is not by hand, or not of this share."""
    query = _by_hand(
        notice_id, share, Letter.id, Letter.to_id, BuildingGroup.name, Letter.facts, Letter.state,
        Letter.reason, Letter.channel, Letter.carried_by, Letter.sent_at,
    )  # fmt: skip
    row = session().execute(query.where(Letter.id == letter_id)).first()
    return None if row is None else ToPaste(*row)


def waiting_in(groups: Collection[int]) -> Mapping[int, int]:
    """Notice → how many of these groups wait to be told of it by hand; only what still holds."""
    query = (
        select(Notice.id, func.count())
        .select_from(Letter)
        .join(Notice, Notice.id == Letter.about_id)
        .where(
            text(f"letters.{STUCK}"),
            Letter.to_kind == "group",
            Letter.created_at > now() - RECENT,
            Letter.state == Fate.BY_HAND,
            Letter.about_kind == "notice",
            Letter.kind == GROUP_KIND,
            Letter.to_id.in_(groups),
            Notice.state.in_((State.GOING, State.TOLD)),
            Notice.valid_until.is_(None) | (Notice.valid_until > now()),
        )
        .group_by(Notice.id)
    )
    return {row[0]: row[1] for row in session().execute(query)}


def owned_by(person_id: int) -> Sequence[int]:
    """The groups of which this person is the owner."""
    query = select(BuildingGroup.id).where(BuildingGroup.active, BuildingGroup.owner_id == person_id)
    return session().scalars(query).all()


def ask_owners() -> bool:
    """Tells owners of what waits for their groups, each of everything that is new of a notice in one letter.
    False when nobody is to be told."""
    query = (
        select(Letter.id, Letter.about_id, Letter.facts, BuildingGroup.owner_id, BuildingGroup.name)
        .join(Notice, Notice.id == Letter.about_id)
        .join(BuildingGroup, BuildingGroup.id == Letter.to_id)
        .where(
            text(f"letters.{STUCK}"),
            Letter.to_kind == "group",
            Letter.created_at > now() - RECENT,
            Letter.state == Fate.BY_HAND,
            Letter.alerted_at.is_(None),
            Letter.about_kind == "notice",
            Letter.kind == GROUP_KIND,
            BuildingGroup.owner_id.is_not(None),
            Notice.state == State.TOLD,
            Notice.told_at < now() - SOON,
            Notice.valid_until.is_(None) | (Notice.valid_until > now()),
        )
        .order_by(Letter.about_id, BuildingGroup.owner_id, BuildingGroup.name, Letter.id)
        .limit(AT_ONCE)
    )
    found: dict[tuple[int, int], list[Any]] = {}
    for row in session().execute(query):
        found.setdefault((row.about_id, row.owner_id), []).append(row)
    if sum(map(len, found.values())) == AT_ONCE and len(found) > 1:
        found.popitem()  # the next time, when all of that owner's groups are among them
    for (notice, owner), waiting in found.items():
        _ask(session().get_one(Notice, notice), owner, waiting)
    return bool(found)


def _ask(notice: Notice, owner: int, waiting: Sequence[Any]) -> None:
    tell(
        PASTE_KIND,
        owner,
        about=("notice", notice.id),
        occasion=str(min(one.id for one in waiting)),
        lane=Lane.ANSWER if notice.kind == Kind.EMERGENCY else Lane.URGENT,
        path=f"{personal_path('notice', owner, notice.id)}/groups",
        number=notice.id,
        title=notice.title,
        chats=[one.name for one in waiting[:NAMED]],
        count=len(waiting),
        # several groups have each its own address, so their owner finds the words on the page
        own=waiting[0].facts if len(waiting) == 1 else None,
    )
    asked = [one.id for one in waiting]
    session().execute(update(Letter).where(Letter.id.in_(asked)).values(alerted_at=now()))


def _by_hand(notice_id: int, share: Share, *columns: Any) -> Select[Any]:
    pasted = and_(Letter.state == Fate.SENT, Letter.channel == HAND)
    query = (
        select(*columns)
        .select_from(Letter)
        .join(BuildingGroup, BuildingGroup.id == Letter.to_id)
        .where(
            Letter.about_kind == "notice",
            Letter.about_id == notice_id,
            Letter.kind == GROUP_KIND,
            Letter.to_kind == "group",
            or_(Letter.state.in_((Fate.BY_HAND, Fate.FAILED, Fate.UNKNOWN)), pasted),
        )
    )
    if share.owner_id is not None:
        query = query.where(BuildingGroup.owner_id == share.owner_id)
    if share.community_id is not None:
        query = query.join(Estate, Estate.id == BuildingGroup.estate_id).where(
            Estate.community_id == share.community_id
        )
    return query
