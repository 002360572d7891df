"""The people of the sandbox's page, read from a data file."""

from __future__ import annotations

from models.base.resources import table
from server.sandbox.simulator import Simulator
from server.sandbox.world import Phone

CAST = "sandbox/cast.toml"


def hand_out(simulator: Simulator, path: str = CAST) -> list[Phone]:
    """Give every person and group of the cast a phone; who follows may be written to for 48 hours."""
    phones = [simulator.add(Phone(**fields)) for fields in table(path)["phone"]]
    for phone in phones:
        if phone.kind == "resident" and phone.follows:
            simulator.opened(phone.openid)
    return phones
