"""Whose programs are shut: who leaves a post, comes back to it, or is somebody else under an old number.

What opens the console is closed beside this (models/account/accounts.py).
"""

from collections.abc import Collection

from sqlalchemy import delete, select

from models.base.orm import session
from models.client import tokens
from models.outbox.address import Address, Channel, Consent

AT_ONCE = 500


def shut(people: Collection[int], *, renamed: Collection[int] = ()) -> None:
    """Ends all their tokens. Of those in `renamed` the mini-program does not know any more who they are
    either: whoever holds the post now proves the telephone that stands in the register."""
    for person in sorted({*people, *renamed}):
        tokens.end_all(person, "blocked")
    keys = sorted(renamed)
    for start in range(0, len(keys), AT_ONCE):
        theirs = (
            Address.owner_kind == "person",
            Address.owner_id.in_(keys[start : start + AT_ONCE]),
            Address.channel == Channel.MINI,
        )
        gone = select(Address.id).where(*theirs)
        run = session().execute
        run(delete(Consent).where(Consent.address_id.in_(gone)).execution_options(synchronize_session=False))
        run(delete(Address).where(*theirs).execution_options(synchronize_session=False))
