"""How many messages of a day a group has. Apart from server/outgoing.py, because pages ask it too and need
not load what composes the platforms' calls."""

from models.outbox.budget import Allowance
from server.config import Config


def allowance_of(config: Config) -> Allowance:
    return Allowance(config.rules.group_messages_a_day, config.rules.group_reserve)
