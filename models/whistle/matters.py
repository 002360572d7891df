"""社区事项清单: what a community takes, as the place published it (dated rows), else
templates/rules/community_list.toml."""

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import or_, select

from models.base.actor import By
from models.base.clock import local, now
from models.base.dated import makes_room
from models.base.orm import put, session
from models.base.refusals import Invalid, NotAllowed
from models.base.resources import table
from models.duty.overseeing import speaks_for
from models.whistle.tables import CommunityList


def categories_of(community_id: int | None, on: date | None = None) -> frozenset[str]:
    """On a day, today by default: the community's own list, else the town's, else the package's."""
    on = on or local(now()).date()
    theirs = or_(CommunityList.community_id.is_(None), CommunityList.community_id == community_id)
    rows = session().scalars(select(CommunityList).where(theirs, CommunityList.since <= on)).all()
    holding = [row for row in rows if row.until is None or on < row.until]
    own = max(holding, key=lambda one: (one.community_id is not None, one.since, one.id), default=None)
    return frozenset(own.categories if own is not None else table("rules/community_list.toml")["categories"])


def is_the_communitys(category: str | None, community_id: int | None = None) -> bool:
    """Whether the published list names it. What it does not name shall not be handed down to the community
    (art. 17): said as a hint where somebody is about to."""
    return category is None or category in categories_of(community_id)


def publish(categories: Iterable[str], *, community_id: int | None, since: date, source: str, by: By) -> int:
    """The whole list from a day on, tomorrow at the earliest; what held before ends then, and stays. Raises
    NotAllowed for who does not decide there; Invalid: from_tomorrow, matters_wrong."""
    if not speaks_for(by.id, community_id):
        raise NotAllowed("chain_not_yours")
    several = sorted(set(categories))
    if not several or not set(several) <= set(table("labels/categories.toml")) or not source.strip():
        raise Invalid("matters_wrong")
    later = makes_room(CommunityList, since, CommunityList.community_id.is_not_distinct_from(community_id))
    return put(
        CommunityList,
        community_id=community_id,
        categories=several,
        since=since,
        until=later,
        source=source.strip(),
        by_id=by.id,
        at=now(),
    )


def listed() -> Sequence[CommunityList]:
    """Every list, the town's first, in the order of their days."""
    order = (CommunityList.community_id.is_not(None), CommunityList.community_id, CommunityList.since)
    return session().scalars(select(CommunityList).order_by(*order)).all()
