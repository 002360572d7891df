"""What a notice would cost in groups, in plain lines for `hemei notice send --dry-run`."""

from collections.abc import Sequence

from models.base.clock import now
from models.notice.cost import cost
from server.allowance import allowance_of
from server.config import Config


def costs(groups: Sequence[int], kind: str, config: Config) -> list[str]:
    """No line where there is no group."""
    if not groups:
        return []
    of = cost(groups, kind, allowance_of(config), now())
    return [
        f"customer groups that give today's message for it {of.slots}, owners who have to tap {of.owners}",
        f"customer groups that had theirs today {of.used_up}, by robot {of.robots}, by hand {of.by_hand}",
    ]
