"""Where the same hands do what they should look at (row 39). Two posts of one person are allowed, and marked:
supervisors (监事) see them, and so does whoever agrees."""

from collections.abc import Sequence
from typing import NamedTuple

DOING = frozenset({"property"})
CHECKING = frozenset({"community", "street", "supervisor", "admin"})


class Hand(NamedTuple):
    """Somebody who has to do with an outlay."""

    person_id: int
    name: str
    roles: frozenset[str]
    employer: str | None


def conflicts(
    payee: str, own: Sequence[Hand], approver: Hand | None, *, alone: bool = False, again: bool = False
) -> list[str]:
    """Codes of templates/labels/conflicts.toml. `own`: who spent and who entered it; `alone`: nobody but
    these could agree; `again`: the same was entered before. Pure."""
    hands = [*own, *([approver] if approver else [])]
    found = {
        "two_posts": any(hand.roles & DOING and hand.roles & CHECKING for hand in hands),
        "payee_is_own_unit": any(_is(hand.employer, payee) for hand in hands),
        "payee_is_one_of_them": any(_plain(hand.name) == _plain(payee) for hand in hands),
        "same_unit": approver is not None
        and bool(approver.employer)
        and _plain(approver.employer or "") in {_plain(hand.employer or "") for hand in own},
        "nobody_else": alone,
        "twice": again,
    }
    return [code for code, is_so in found.items() if is_so]


def _is(unit: str | None, payee: str) -> bool:
    one, other = _plain(unit or ""), _plain(payee)
    return bool(one) and (one in other or (len(other) > 2 and other in one))


def _plain(text: str) -> str:
    return "".join(text.split()).casefold()
