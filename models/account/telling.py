"""账号安全: the owner hears when what opens the account is not what it was, whoever changed it. Because a
stranger who did is found out by the owner, and not by a log that is read once a month."""

from collections.abc import Mapping

from models.audit.noting import Who, note
from models.base.actor import By
from models.base.links import personal_path
from models.outbox.door import tell
from models.person.arriving import staff_of

KIND = "account_changed"
PAGE = "/account"  # below the desk's link


def changed(act: str, who: Who | By, person_id: int, what: str, facts: Mapping[str, str]) -> None:
    """Writes the act down with `facts`, and tells the account's owner. `what`: password | second_on |
    second_off | codes | link."""
    by = who.by if isinstance(who, Who) else who
    number = note(act, who, ("account", person_id), facts=facts)
    other = staff_of(by.id) if by.id is not None and by.id != person_id else None
    tell(
        KIND,
        person_id,
        about=("account", person_id),
        occasion=str(number),
        changed=what,
        who=other.name if other is not None else None,
        path=personal_path("desk", person_id) + PAGE,
    )
