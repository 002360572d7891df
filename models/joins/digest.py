"""The evening digest: small news for customer groups go out once, as one task for each owner to confirm.

A group takes about one message a day and its owner has to tap for it (QY 92135), so what was mended today and
ordinary notices wait until the evening and are said together. All of it is public, so an owner's groups may
share one text.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select, text, update

from models.base.clock import local, now
from models.base.orm import put, session
from models.outbox.address import Address, Channel
from models.outbox.letter import DataClass, Lane, Letter, State
from models.outbox.routing import DIGEST_KIND
from models.place.tables import BuildingGroup

MENDED, NOTICE = "case_group_mended", "notice_group"  # an urgent notice is in no lane of news
_MOST = 200  # items in one digest


def gather_one() -> bool:
    """Joins what waits for the groups of one owner into one letter. False when nothing waits."""
    at = now()
    owner = _next_owner()
    if owner is None:
        return False
    news = _news_for(owner)
    session().execute(
        update(Letter)
        .where(Letter.id.in_([row.id for row in news]))
        .values(state=State.WITHDRAWN, reason="in_digest", settled_at=at)
    )
    _write(owner, news, at)
    return True


_waiting = text(
    "letters.state = 'waiting'"
)  # written out, because only so a partial index serves it on SQLite


def _next_owner() -> int | None:
    query = (
        select(func.min(BuildingGroup.owner_id))
        .select_from(Letter)
        .join(BuildingGroup, BuildingGroup.id == Letter.to_id)
        .join(Address, (Address.owner_kind == "group") & (Address.owner_id == BuildingGroup.id))
        .where(
            _waiting,
            Letter.lane == Lane.NEWS,
            Letter.kind.in_((MENDED, NOTICE)),
            Letter.to_kind == "group",
            Address.channel == Channel.CUSTOMER_GROUP,
            Address.dead_reason.is_(None),
            BuildingGroup.owner_id.is_not(None),
        )
    )
    return session().connection().execute(query).scalar()


def _news_for(owner: int) -> Sequence[Row[Any]]:
    query = (
        select(Letter.id, Letter.to_id, Letter.kind, Letter.facts, Address.value)
        .join(BuildingGroup, BuildingGroup.id == Letter.to_id)
        .join(Address, (Address.owner_kind == "group") & (Address.owner_id == BuildingGroup.id))
        .where(
            _waiting,
            Letter.lane == Lane.NEWS,
            Letter.kind.in_((MENDED, NOTICE)),
            Letter.to_kind == "group",
            Address.channel == Channel.CUSTOMER_GROUP,
            Address.dead_reason.is_(None),
            BuildingGroup.owner_id == owner,
        )
        .order_by(Letter.id)
        .limit(_MOST)
        .with_for_update(of=Letter)
    )
    return session().connection().execute(query).all()


def _write(owner: int, news: Sequence[Row[Any]], at: datetime) -> int:
    said: dict[str, dict[str, Any]] = {MENDED: {}, NOTICE: {}}
    for row in news:
        said[row.kind].setdefault(row.facts["number"], row.facts)  # told to several groups, said once
    items, notices = (list(said[kind].values()) for kind in (MENDED, NOTICE))
    return put(
        Letter,
        key=f"{DIGEST_KIND}/{owner}/{local(at).date()}/{news[0].id}",
        kind=DIGEST_KIND,
        to_kind="group",
        to_id=news[0].to_id,
        data_class=DataClass.PUBLIC,
        facts={"items": items, "notices": notices, "chat_ids": sorted({row.value for row in news})},
        lane=Lane.NEWS,
        via=Channel.CUSTOMER_GROUP,
        not_before=at,
        created_at=at,
        state=State.WAITING,
    )
