"""Before and after: photos that somebody who decides there has cleared. Nothing is shown until then, and
whoever clears one answers for it that no face and no door number is on it."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import func, select

from models.base.actor import By
from models.base.clock import now
from models.base.orm import session
from models.base.refusals import Invalid, NotAllowed
from models.board.cases import CLOSED, Line, line_of
from models.board.rules import rules
from models.case.case import Case
from models.case.lifecycle import State
from models.duty.overseeing import decides
from models.history import record
from models.media.item import Item
from models.media.keeping import item_of, items_about
from models.mediation.tables import Mediation

BEFORE, AFTER = "report", "finish"
MOST = 2  # of each side
MOST_UNSEEN = 30
_LOOKED_AT = 1000  # cases that ended last


class Pictured(NamedTuple):
    """A finished case with public ids of its pictures."""

    line: Line
    before: tuple[str, ...]
    after: tuple[str, ...]


class Unseen(NamedTuple):
    """A finished case whose photos nobody has looked at for the board."""

    case_id: int
    line: Line
    photos: int


class Clearing(NamedTuple):
    """A photo of a case as whoever decides about it sees it."""

    public_id: str
    purpose: str
    at: datetime
    cleared_at: datetime | None


def may_be_shown(case: Case) -> bool:
    """Finished, mended, and not between people."""
    return (
        State(case.state) in CLOSED
        and case.claim in (None, "mended")
        and case.category not in rules().between_people
        and case.community_id is not None
        and not _is_quarrel(case.id)
    )


def to_clear(case: Case, person_id: int) -> list[Clearing]:
    """The photos of a case that this person may put up or take down; none for anybody else."""
    if not may_be_shown(case) or not decides(person_id, case.community_id):
        return []
    return [
        Clearing(one.public_id, one.purpose, one.at, one.cleared_at)
        for one in items_about("case", case.id)
        if _is_photo(one)
    ]


def clear(case: Case, person_id: int, public: str, *, shown: bool) -> bool:
    """Puts one photo up, or takes it down. False when it is so already.

    Raises NotAllowed for who does not decide there and for a case that is not finished, Invalid for what is
    no photo of it. Taking down is possible whatever has become of the case."""
    if not decides(person_id, case.community_id):
        raise NotAllowed("not_yours", number=case.number)
    if shown and not may_be_shown(case):
        raise NotAllowed("no_longer_open", number=case.number)
    item = item_of(public)
    if item is None or (item.about_kind, item.about_id) != case.about or not _is_photo(item):
        raise Invalid("not_possible", number=case.number)
    if (item.cleared_at is not None) == shown:
        return False
    at = now()
    item.cleared_at, item.cleared_by = (at, person_id) if shown else (None, None)
    what = "photo_shown" if shown else "photo_hidden"
    record(case.about, what, by=By.staff(person_id), at=at, photo=public)
    return True


def pictured(community_id: int) -> list[Pictured]:
    """The cases that ended last and have a cleared picture of what was done."""
    since = now() - timedelta(days=rules().photo_days)
    lately = (
        select(Case.id)
        .where(Case.community_id == community_id, Case.closed_at >= since)
        .order_by(Case.closed_at.desc())
        .limit(_LOOKED_AT)
        .subquery()
    )
    items = session().scalars(
        select(Item)
        .join(lately, Item.about_id == lately.c.id)
        .where(Item.about_kind == "case", Item.cleared_at.is_not(None))
        .order_by(Item.id)
    )
    several: dict[int, list[Item]] = {}
    for item in items:
        if _is_photo(item):
            several.setdefault(item.about_id, []).append(item)
    cases = session().scalars(select(Case).where(Case.id.in_(several)).order_by(Case.closed_at.desc()))
    found = []
    for case in cases:
        after = _ids(several[case.id], AFTER)
        if after and may_be_shown(case):
            found.append(Pictured(line_of(case), _ids(several[case.id], BEFORE), after))
        if len(found) == rules().photos:
            break
    return found


def cleared_of(cases: Iterable[int]) -> dict[int, tuple[str, ...]]:
    """Public ids of cleared photos, what was done first. Of which case one may be shown is the caller's."""
    query = select(Item).where(
        Item.about_kind == "case", Item.about_id.in_(sorted(set(cases))), Item.cleared_at.is_not(None)
    )
    several: dict[int, list[Item]] = {}
    for item in session().scalars(query.order_by(Item.id)):
        if _is_photo(item):
            several.setdefault(item.about_id, []).append(item)
    return {case: (*_ids(items, AFTER), *_ids(items, BEFORE)) for case, items in several.items()}


def to_look_at(community_id: int) -> list[Unseen]:
    """Cases that ended lately and have a photo of what was done, none of which is up; the newest first."""
    since = now() - timedelta(days=rules().days)
    lately = (
        select(Case.id)
        .where(Case.community_id == community_id, Case.closed_at >= since)
        .order_by(Case.closed_at.desc())
        .limit(_LOOKED_AT)
        .subquery()
    )
    query = (
        select(Item.about_id, func.count(Item.id))
        .join(lately, Item.about_id == lately.c.id)
        .where(Item.about_kind == "case", Item.purpose == AFTER, Item.kind == "image", Item.file.is_not(None))
        .group_by(Item.about_id)
        .having(func.count(Item.cleared_at) == 0)
    )
    photos = {row[0]: row[1] for row in session().execute(query)}
    found = []
    for case in session().scalars(select(Case).where(Case.id.in_(photos)).order_by(Case.closed_at.desc())):
        if may_be_shown(case):
            found.append(Unseen(case.id, line_of(case), photos[case.id]))
        if len(found) == MOST_UNSEEN:
            break
    return found


def public_photo(public: str, community_id: int) -> Item | None:
    """A cleared photo of a case of this community that may still be shown, or None."""
    item = item_of(public)
    if item is None or item.cleared_at is None or item.about_kind != "case" or not _is_photo(item):
        return None
    case = session().get(Case, item.about_id)
    if case is None or case.community_id != community_id or not may_be_shown(case):
        return None
    return item


def _ids(items: Iterable[Item], purpose: str) -> tuple[str, ...]:
    found: Sequence[str] = [one.public_id for one in items if one.purpose == purpose]
    return tuple(found[-MOST:])


def _is_photo(item: Item) -> bool:
    return (
        item.kind == "image" and item.purpose in (BEFORE, AFTER) and item.state == "kept" and bool(item.file)
    )


def _is_quarrel(case_id: int) -> bool:
    return session().scalars(select(Mediation.id).where(Mediation.case_id == case_id)).first() is not None
