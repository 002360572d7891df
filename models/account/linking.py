"""A link by which somebody sets a password: once, within a day; the way in for whoever has none or lost
it."""

from dataclasses import dataclass

from sqlalchemy import Select, select

from models.account import accounts, second, states
from models.account.rules import Rules
from models.account.tables import Account
from models.account.telling import changed
from models.base.actor import By
from models.base.orm import session
from models.person.staff_acts import staff_who
from models.person.tables import Staff

KIND = "password_link"


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose password is set: what they are called, and the hashes that it may not be like."""

    person_id: int
    number: str
    name: str
    password_hash: str | None
    old_hashes: tuple[str, ...]
    has_second: bool

    @property
    def about(self) -> tuple[str, ...]:
        """What anybody knows of this person."""
        return (self.number, self.name)

    def remembered(self, rules: Rules) -> tuple[str, ...]:
        """The hashes of those that may not come again."""
        if not rules.remembered:
            return ()
        present = (self.password_hash,) if self.password_hash else ()
        return (*present, *self.old_hashes)[: rules.remembered]


def owner(person_id: int) -> Owner | None:
    """None for somebody without a post."""
    row = session().execute(_OWNER.where(Staff.person_id == person_id, Staff.active)).first()
    if row is None:
        return None
    number, name, account = row
    if account is None:
        return Owner(person_id, number, name, None, (), False)
    kept = tuple(account.old_hashes)
    return Owner(person_id, number, name, account.password_hash, kept, second.is_on(account))


_OWNER: Select[str, str, Account | None] = select(Staff.number, Staff.name, Account).outerjoin(
    Account, Account.person_id == Staff.person_id
)


def issue(person_id: int, by: By) -> str:
    """A new link's token; an earlier one is over."""
    states.drop_of(person_id, KIND)
    changed("account", by, person_id, "link", {"what": "link"})
    return states.begin(KIND, None, person_id=person_id, by=by.id)


def owner_by(token: str) -> Owner | None:
    """Whose link it is, while it can still be used."""
    begun = states.look(KIND, token, None)
    return None if begun is None or begun.person_id is None else owner(begun.person_id)


def set_by(token: str, password_hash: str, rules: Rules, origin: str | None) -> bool:
    """Spends the link. False when it is over."""
    begun = states.take(KIND, token, None)
    if begun is None or begun.person_id is None or owner(begun.person_id) is None:
        return False
    accounts.set_password(begun.person_id, password_hash, rules)
    who = staff_who(begun.person_id, origin)
    changed("password", who, begun.person_id, "password", {"by": "link"})
    return True
