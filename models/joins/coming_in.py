"""Somebody comes in over the mini-program or a page of the service account: the same person as in the chat.

Who it is, by what the platform says: the openid of this account, else the unionid that all accounts of one
owner share; and, once the platform has said it, the telephone number. Two records that turn out to be one
person become one (joins/merging.py); a post is never merged away.
"""

import hashlib
from datetime import datetime

from sqlalchemy import delete, select, text, update

from models.base.clock import now
from models.base.orm import public_id, put, session
from models.base.privacy import blind, seal
from models.client import tokens
from models.consent import consents
from models.joins.merging import merge
from models.outbox.address import Address, Channel, addresses_of, claim_address, owner_of
from models.person.tables import Person, Staff

_COMING_IN = 0x756E6966  # "unif": of our advisory locks


def let_in(way: str, openid: str, unionid: str | None) -> tuple[str, int | None]:
    """A token, and for whom it speaks; it is a newcomer's, and nothing is kept, before somebody has agreed
    to the first notice, by whichever of their records."""
    records = {owner_of(way, openid), _of_union(unionid)} - {None}
    if not any(consents.is_given(one, consents.BASIC) for one in records if one is not None):
        return tokens.newcomers_token(way, openid, unionid), None
    person, token = settle(way, openid, unionid), tokens.new_token(openid)
    tokens.begin(person, way, token)
    return token, person


def settle(way: str, openid: str, unionid: str | None) -> int:
    """The person, who is a new one when nobody else is found; openid and unionid are kept."""
    if unionid:
        _one_after_another(unionid)
    mine, same = owner_of(way, openid), _of_union(unionid)
    if mine is not None and same is not None and mine != same:
        mine = _one(mine, same)
    known = mine if mine is not None else same
    person = known if known is not None else _somebody()
    if mine is None and not claim_address("person", person, way, openid):
        if known is None:  # the same came in this very moment, and was first
            session().execute(delete(Person).where(Person.id == person))
        person = owner_of(way, openid) or person
    if unionid and _of_union(unionid) is None:
        fresh = (Person.id == person) & Person.unionid.is_(None)
        session().execute(update(Person).where(fresh).values(unionid=unionid))
    return person


def _one_after_another(unionid: str) -> None:
    """Two accounts of one owner that come in at once: the second waits until the first one's record is to be
    seen, and finds it. SQLite has one writer anyway."""
    if session().get_bind().dialect.name == "postgresql":
        key = int.from_bytes(hashlib.sha256(unionid.encode()).digest()[:4], signed=True)
        session().execute(text("SELECT pg_advisory_xact_lock(:kind, :key)"), {"kind": _COMING_IN, "key": key})


def unknown_unions(since: datetime, most: int) -> list[str]:
    """Openids of the service account that were heard since then, of people whose unionid is not known."""
    query = (
        select(Address.value)
        .join(Person, Person.id == Address.owner_id)
        .where(Address.owner_kind == "person", Address.channel == Channel.OFFICIAL, Address.value != "")
        .where(Address.last_heard_at >= since, Person.unionid.is_(None))
        .order_by(Address.id)
        .limit(most)
    )
    return list(session().scalars(query))


def _somebody() -> int:
    return put(Person, public_id=public_id(), is_rider=False, created_at=now())


def phone_proved(person_id: int, phone: str) -> int:
    """The platform says that this is the person's own number, 11 digits: it is kept, sealed. The one other
    who has it is the same person, unless that one comes with a WeChat account of another: then the number
    has changed hands, and is the former holder's no more. Returns who it is from now on."""
    key = blind(phone, "phone")
    others = select(Person.id).where(Person.phone_hash == key, Person.id != person_id).order_by(Person.id)
    found = session().scalars(others).all()
    if len(found) == 1 and not _has_account(found[0]):
        person_id = _one(person_id, found[0])
    former = [one for one in found if one != person_id and not _has_post(one)]
    gone = update(Person).where(Person.id.in_(former)).values(phone_hash=None, phone_sealed=None)
    session().execute(gone.execution_options(synchronize_session="fetch"))
    person = session().get_one(Person, person_id, with_for_update=True)
    person.phone_hash = key
    person.phone_sealed = seal(phone, f"people.phone/{person.public_id}")
    session().flush()
    return person_id


def _has_account(person_id: int) -> bool:
    """Whether somebody came over the mini-program as this person."""
    return any(one.channel == Channel.MINI for one in addresses_of("person", person_id))


def _has_post(person_id: int) -> bool:
    query = select(Staff.id).where(Staff.person_id == person_id, Staff.active)
    return session().execute(query).first() is not None


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
