"""工作人员 one by one, as the workbook has them in rows: somebody new, another post, somebody who leaves.

What an import says later counts again. Cases that somebody held because of the post go on by the clock
(passing_on.py); keepers and rungs have hand-overs of their own.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import or_, select, update

from models.account import accounts
from models.audit.noting import Who
from models.base.clock import now
from models.base.orm import public_id, put, session
from models.base.privacy import blind, seal
from models.base.refusals import Invalid, NotFound
from models.base.resources import table
from models.client.shutting import shut
from models.duty.leave import note_posts
from models.joins.appointing import (
    admin_stays,
    granted_to,
    happened,
    must_give,
    not_own,
    part_of,
    reach,
    said,
    seen,
    sees,
)
from models.outbox.address import Channel, claim_address, owner_of
from models.person.arriving import staff_of
from models.person.grants import Communities
from models.person.tables import Grant, Person, Staff
from models.place.gazetteer import town
from models.place.version import raise_version

_MOBILE = re.compile(r"1[0-9]{10}")
NUMBER, NAME, EMPLOYER = 32, 40, 60  # characters


class Newcomer(NamedTuple):
    """`community_id` None: of all, or of an outside unit; `userid`: how WeCom knows the person."""

    number: str
    name: str
    roles: Sequence[str]
    community_id: int | None = None
    phone: str | None = None
    employer: str | None = None
    userid: str | None = None


def enter(new: Newcomer, by: Who, reason: str) -> int:
    """Gives the person. Who left and has the same number and name comes back, with nothing that opened the
    account before; a number of somebody with another name is not given again, because what that person has as
    a resident hangs on it. Raises NotAllowed (more than one holds); Invalid: number_taken, staff_name,
    phone_wrong, post_role, post_part, userid_taken, reason_needed."""
    raise_version()
    reason = said(reason)
    number, name = new.number.strip(), " ".join(new.name.split())
    if not 0 < len(number) <= NUMBER or not 0 < len(name) <= NAME:
        raise Invalid("staff_name")
    phone = (new.phone or "").strip() or None
    if phone is not None and not _MOBILE.fullmatch(phone):
        raise Invalid("phone_wrong")
    _must_write(by, new.roles, new.community_id)
    before = session().scalars(select(Staff).where(Staff.number == number).with_for_update()).first()
    if before is not None and (before.active or before.name != name or not sees(by, before)):
        raise Invalid("number_taken")
    person = before.person_id if before is not None else _person_of(new.userid)
    _name(person, name, phone)
    post = {
        "name": name,
        "roles": list(new.roles),
        "employer": (new.employer or "").strip()[:EMPLOYER] or None,
        "community_id": new.community_id,
        "active": True,
    }
    if before is not None:
        for column, value in post.items():
            setattr(before, column, value)
        _end_all(person)  # what was granted before the person left is not granted again
        accounts.close([person], by.by)
        shut([person])
    else:
        put(Staff, number=number, person_id=person, teams=[], **post)
    is_known = not new.userid or owner_of(Channel.WORK, new.userid) == person
    if not is_known and not claim_address("person", person, Channel.WORK, new.userid or ""):
        raise Invalid("userid_taken")
    note_posts()
    staff = staff_of(person)
    assert staff is not None
    happened("staff_entered", staff, by, reason)
    return person


def reassign(person_id: int, roles: Sequence[str], community_id: int | None, by: Who, reason: str) -> bool:
    """Another post than the workbook's; False when it is the same. Raises NotFound, NotAllowed; Invalid:
    post_role, post_part, reason_needed."""
    raise_version()
    staff = seen(person_id, by)
    reason = said(reason)
    if set(roles) == set(staff.roles) and community_id == staff.community_id:
        return False
    not_own(person_id, by)
    _must_write(by, staff.roles, staff.community_id)
    _must_write(by, roles, community_id)
    if "admin" not in roles or community_id is not None:
        admin_stays(without=(person_id, None))
    staff.roles, staff.community_id = list(roles), community_id
    happened("staff_reassigned", staff, by, reason, roles=",".join(roles))
    return True


def let_go(person_id: int, by: Who, reason: str) -> None:
    """离岗: no post any more, whatever it was; every term ends. Raises NotFound, NotAllowed; Invalid:
    reason_needed."""
    raise_version()
    staff = seen(person_id, by)
    reason = said(reason)
    not_own(person_id, by)
    _must_write(by, staff.roles, staff.community_id)
    for grant in granted_to([person_id]):
        must_give(by, grant.role, reach(part_of(grant)))
    admin_stays(without=(person_id, None))
    _end_all(person_id)
    accounts.close([person_id], by.by)
    shut([person_id])
    staff.active = False
    session().flush()
    note_posts()
    happened("staff_left", staff, by, reason)


def _end_all(person_id: int) -> None:
    session().flush()
    theirs = update(Grant).where(
        Grant.person_id == person_id, or_(Grant.until.is_(None), Grant.until > now())
    )
    session().execute(theirs.values(until=now()))


def _must_write(by: Who, roles: Sequence[str], community_id: int | None) -> None:
    if not roles or not set(roles) <= set(table("labels/roles.toml")):
        raise Invalid("post_role")
    if community_id is not None and community_id not in town().communities:
        raise Invalid("post_part")
    over: Communities = None if community_id is None else frozenset({community_id})
    for role in roles:
        must_give(by, role, over)


def _person_of(userid: str | None) -> int:
    """Who wrote to us from WeCom before anybody named them, or somebody new."""
    known = owner_of(Channel.WORK, userid) if userid else None
    if known is not None:
        if session().scalar(select(Staff.id).where(Staff.person_id == known)) is not None:
            raise Invalid("userid_taken")
        return known
    return put(Person, public_id=public_id(), is_rider=False, created_at=now())


def _name(person_id: int, name: str, phone: str | None) -> None:
    person = session().get(Person, person_id)
    if person is None:
        raise NotFound("no_such_number")
    person.name_sealed = seal(name, f"people.name/{person.public_id}")
    if phone is not None:
        person.phone_sealed = seal(phone, f"people.phone/{person.public_id}")
        person.phone_hash = blind(phone, "phone")
    session().flush()
