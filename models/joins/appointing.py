"""Posts on parts of the town, given for a term by somebody above (issue 7, "Rights").

Who gives holds the part and is above the role: an administrator gives any, the street whatever is below it.
Nobody gives to, prolongs or ends for themselves, but anybody may lay an own post down; and one administrator
of the whole town without a term always stays.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import or_, select

from models.account import sessions
from models.audit.noting import Who, note
from models.base.clock import now
from models.base.orm import put, session
from models.base.refusals import Invalid, NotAllowed, NotFound
from models.history import record
from models.person.arriving import staff_of
from models.person.grants import OVER_A_PART, Communities, Held, posts_of
from models.person.tables import Grant, Staff
from models.place.gazetteer import town
from models.place.tables import Community
from models.place.version import raise_version

KIND = "staff"  # what the steps are about
REASON = 200
ADMIN = "admin"
MAY_GIVE = {ADMIN: OVER_A_PART, "street": OVER_A_PART - {ADMIN}}
GIVING = frozenset(MAY_GIVE)


class Part(NamedTuple):
    """The narrowest that is named counts; nothing named is the whole town."""

    district: str | None = None
    street: str | None = None
    community_id: int | None = None
    estate_id: int | None = None
    grid_id: int | None = None


def give(
    person_id: int,
    role: str,
    part: Part,
    by: Who,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    reason: str,
) -> int:
    """From `since` (now) until before `until` (without an end); gives its number. The same again changes
    nothing. Raises NotFound (nobody whom one sees), NotAllowed (more than one holds, to oneself), Invalid:
    post_role, post_part, post_term, reason_needed."""
    raise_version()  # first of all: posts are given and ended one after another
    at = now()
    since = max(since or at, at)
    staff = seen(person_id, by)
    if role not in OVER_A_PART:
        raise Invalid("post_role")
    reason = said(reason)
    if until is not None and until <= since:
        raise Invalid("post_term")
    must_give(by, role, reach(part))
    not_own(person_id, by)
    same = select(Grant).where(
        Grant.person_id == person_id,
        Grant.role == role,
        Grant.until.is_not_distinct_from(until),
        *(getattr(Grant, name).is_not_distinct_from(value) for name, value in part._asdict().items()),
    )
    if (before := session().scalars(same).first()) is not None:
        return before.id
    key = put(
        Grant,
        person_id=person_id,
        role=role,
        since=since,
        until=until,
        by_id=by.by.id,
        reason=reason,
        at=at,
        **part._asdict(),
    )
    happened("post_given", staff, by, reason, grant=key, role=role)
    return key


def prolong(grant_id: int, until: datetime | None, by: Who, reason: str) -> None:
    """It ends at another moment, or without one (None). Raises NotFound, NotAllowed; Invalid: post_term,
    reason_needed."""
    grant, staff = _held(grant_id, by)
    reason = said(reason)
    if until is not None and until <= max(grant.since, now()):
        raise Invalid("post_term")
    not_own(grant.person_id, by)
    must_give(by, grant.role, reach(part_of(grant)))
    if until is not None and grant.until is None:
        admin_stays(without=(grant.person_id, grant_id))
    grant.until = until
    happened("post_prolonged", staff, by, reason, grant=grant_id, role=grant.role)


def end(grant_id: int, by: Who, reason: str) -> bool:
    """From now on it is nobody's; False when it was over before. Raises NotFound, NotAllowed; Invalid:
    reason_needed."""
    grant, staff = _held(grant_id, by)
    reason = said(reason)
    if grant.person_id != by.by.id:
        must_give(by, grant.role, reach(part_of(grant)))
    at = now()
    if grant.until is not None and grant.until <= at:
        return False
    admin_stays(without=(grant.person_id, grant_id))
    grant.until = max(grant.since, at)
    happened("post_ended", staff, by, reason, grant=grant_id, role=grant.role)
    return True


def seen(person_id: int, by: Who) -> Staff:
    """Somebody with a post whom this giver may see. Raises NotFound, for who gives nothing too."""
    staff = staff_of(person_id)
    if staff is None or not sees(by, staff):
        raise NotFound("no_such_number")
    return staff


def sees(by: Who, staff: Staff) -> bool:
    """Of the own communities, of an outside unit, or with a post in one of them."""
    mine = giving_over(by)
    if mine is None:
        return True
    if not mine:
        return False
    return (
        staff.community_id is None
        or staff.community_id in mine
        or any(one.communities and not mine.isdisjoint(one.communities) for one in posts_of(staff))
    )


def giving_over(by: Who) -> Communities:
    """Over which communities this person gives posts; None: over all."""
    found: set[int] = set()
    for one in _posts(by.by.id):
        if one.role in GIVING and not one.is_of_a_piece:
            if one.communities is None:
                return None
            found |= one.communities
    return frozenset(found)


def roles_to_give(by: Who) -> list[str]:
    """The roles over a part that this person may give somewhere."""
    held = {one.role for one in _posts(by.by.id) if not one.is_of_a_piece}
    return sorted({role for mine in held & GIVING for role in MAY_GIVE[mine]})


def may_give(by: Who, role: str, communities: Communities) -> bool:
    """A role that is over no part is a piece of work, given by whoever gives anything there."""
    for one in _posts(by.by.id):
        if one.role not in GIVING or one.is_of_a_piece:
            continue
        if role in OVER_A_PART and role not in MAY_GIVE[one.role]:
            continue
        if one.communities is None or (communities is not None and communities <= one.communities):
            return True
    return False


def granted_to(people: Sequence[int]) -> Sequence[Grant]:
    """What runs or is still to come, by its beginning."""
    query = select(Grant).where(Grant.person_id.in_(people), or_(Grant.until.is_(None), Grant.until > now()))
    return session().scalars(query.order_by(Grant.since, Grant.id)).all()


def part_of(grant: Grant) -> Part:
    return Part(grant.district, grant.street, grant.community_id, grant.estate_id, grant.grid_id)


def _held(grant_id: int, by: Who) -> tuple[Grant, Staff]:
    """A post that one may see, its row ours until the commit."""
    raise_version()
    grant = session().get(Grant, grant_id, with_for_update=True, populate_existing=True)
    staff = staff_of(grant.person_id) if grant is not None else None
    mine = giving_over(by)
    if grant is None or staff is None:
        raise NotFound("post_not_found")
    there = reach(part_of(grant))
    is_mine = grant.person_id == by.by.id
    if not is_mine and not (mine is None or (mine and there is not None and there <= mine)):
        raise NotFound("post_not_found")
    return grant, staff


def reach(part: Part) -> Communities:
    """The communities that the part lies in. Raises Invalid: post_part."""
    places = town()
    if part.grid_id is not None:
        community = places.grids.get(part.grid_id)
    elif part.estate_id is not None:
        estate = places.estates.get(part.estate_id)
        community = estate.community_id if estate is not None else None
    elif part.community_id is not None:
        community = part.community_id if part.community_id in places.communities else None
    elif part.district is None and part.street is None:
        return None
    else:
        query = select(Community.id).where(Community.district.is_not_distinct_from(part.district))
        if part.street is not None:
            query = query.where(Community.street == part.street)
        found = frozenset(session().scalars(query))
        if not found:
            raise Invalid("post_part")
        return found
    if community is None:
        raise Invalid("post_part")
    return frozenset({community})


def must_give(by: Who, role: str, communities: Communities) -> None:
    """Raises NotAllowed for a role or a part that is more than what this person holds."""
    if not may_give(by, role, communities):
        raise NotAllowed("post_not_yours_to_give")


def not_own(person_id: int, by: Who) -> None:
    if person_id == by.by.id:
        raise NotAllowed("post_own")


def admin_stays(*, without: tuple[int, int | None]) -> None:
    """Raises NotAllowed when nobody would be administrator of the whole town without a term but for this
    person's grant (None: the post of the workbook)."""
    person_id, grant_id = without
    written = select(Staff.person_id, Staff.roles).where(Staff.active, Staff.community_id.is_(None))
    for row in session().execute(written):
        if ADMIN in row.roles and (row.person_id != person_id or grant_id is not None):
            return
    granted = (
        select(Grant.id)
        .join(Staff, Staff.person_id == Grant.person_id)
        .where(
            Staff.active,
            Grant.role == ADMIN,
            Grant.since <= now(),
            Grant.until.is_(None),
            *(getattr(Grant, name).is_(None) for name in Part._fields),
        )
    )
    others = [one for one in session().scalars(granted) if one != grant_id]
    if not others and _was_admin(person_id, grant_id):
        raise NotAllowed("last_admin")


def _was_admin(person_id: int, grant_id: int | None) -> bool:
    if grant_id is not None:
        grant = session().get_one(Grant, grant_id)
        return grant.role == ADMIN and part_of(grant) == Part() and grant.until is None
    staff = staff_of(person_id)
    return staff is not None and ADMIN in staff.roles and staff.community_id is None


def _posts(person_id: int | None) -> tuple[Held, ...]:
    staff = staff_of(person_id) if person_id is not None else None
    return posts_of(staff) if staff is not None else ()


def said(reason: str) -> str:
    reason = " ".join(reason.split())
    if not 0 < len(reason) <= REASON:
        raise Invalid("reason_needed", number="")
    return reason


def happened(what: str, staff: Staff, by: Who, reason: str, **facts: int | str) -> None:
    """Written down twice: in the person's steps and in the log; and the person has to log in anew (A5)."""
    raise_version()  # once more, because what was looked up on the way remembers how it was before
    record((KIND, staff.id), what, by=by.by, at=now(), reason=reason, **facts)
    note("rights", by, (KIND, staff.number), whom=("person", staff.person_id), purpose=reason, facts=facts)
    sessions.end_all(staff.person_id, "by_admin")
