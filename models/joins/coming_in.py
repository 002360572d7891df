"""Somebody comes in over the mini-program or a page of the service account: the same person as in the chat.

Who it is, by what the platform says: the openid of this account, else the unionid that all accounts of one
owner share; and, once the platform has said it, the telephone number. Two records that turn out to be one
person become one (joins/merging.py); a post is never merged away.
"""

from sqlalchemy import select, update

from models.base.clock import now
from models.base.orm import public_id, put, session
from models.base.privacy import blind, seal
from models.joins.merging import merge
from models.outbox.address import claim_address, owner_of
from models.person.tables import Person, Staff


def known(way: str, openid: str, unionid: str | None) -> int | None:
    """The person, where something is kept of them already. Writes nothing."""
    found = owner_of(way, openid)
    return found if found is not None else _of_union(unionid)


def settle(way: str, openid: str, unionid: str | None) -> int:
    """The person, who is a new one when nobody else is found; openid and unionid are kept."""
    mine, same = owner_of(way, openid), _of_union(unionid)
    if mine is not None and same is not None and mine != same:
        mine = _one(mine, same)
    person = mine if mine is not None else same
    if person is None:
        person = put(Person, public_id=public_id(), is_rider=False, created_at=now())
    if owner_of(way, openid) is None and not claim_address("person", person, way, openid):
        person = owner_of(way, openid) or person
    if unionid and _of_union(unionid) is None:
        fresh = (Person.id == person) & Person.unionid.is_(None)
        session().execute(update(Person).where(fresh).values(unionid=unionid))
    return person


def phone_proved(person_id: int, phone: str) -> int:
    """The platform says that this is the person's own number, 11 digits: it is kept, sealed. Whoever has the
    same one is the same person, as long as there is one such and not two. Returns who it is from now on."""
    key = blind(phone, "phone")
    others = session().scalars(
        select(Person.id).where(Person.phone_hash == key, Person.id != person_id).order_by(Person.id)
    )
    found = others.all()
    if len(found) == 1:
        person_id = _one(person_id, found[0])
    person = session().get_one(Person, person_id, with_for_update=True)
    person.phone_hash = key
    person.phone_sealed = seal(phone, f"people.phone/{person.public_id}")
    session().flush()
    return person_id


def _one(a: int, b: int) -> int:
    """The record that stays: whoever has a post, else the older one. Two with posts stay two, the first."""
    posts = set(session().scalars(select(Staff.person_id).where(Staff.person_id.in_((a, b)))))
    if posts >= {a, b}:
        return a
    into = posts.pop() if posts else min(a, b)
    old = b if into == a else a
    merge(old, into=into)
    return into


def _of_union(unionid: str | None) -> int | None:
    if not unionid:
        return None
    return session().scalars(select(Person.id).where(Person.unionid == unionid)).first()
