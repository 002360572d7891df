"""到楼了 3号楼: a keeper was there, noted by one message (row 22)."""

import re

from handlers.wechat.answer import Answer, Text
from handlers.wechat.commands import AROUND
from handlers.wechat.visit import Visit
from handlers.words import say
from models.base import links
from models.grid import keepers
from models.grid.handing_over import KEEPERS_PAGE
from models.place.gazetteer import spoken_key, town
from models.place.spot import Spot
from models.understanding.place import place_in


def visited(visit: Visit, words: str) -> Answer | None:
    """`words`: which of the own buildings, behind it a note. None for who keeps none, and for words that name
    no building: they are as from anybody."""
    mine = [
        spot for one in keepers.kept_by(visit.person) if (spot := town().spot_of_building(one)) is not None
    ]
    if not mine:
        return None
    where, *note = re.split(f"[{re.escape(AROUND)}]+", words, maxsplit=1)
    said = place_in(where, visit.gazetteer)
    if where and said.building is None:
        return None
    meant = [
        one
        for one in mine
        if said.building is None
        or (spoken_key(one.building or "") == spoken_key(said.building) and said.estate in (None, one.estate))
    ]
    if len(meant) != 1:
        return _which(visit, meant or mine, strange=not meant)
    spot = meant[0]
    fresh = keepers.visit(spot.building_id or 0, visit.person, note[0] if note else "")
    return Text(say("visited", fresh=fresh, **spot.facts()))


def _which(visit: Visit, spots: list[Spot], *, strange: bool) -> Text:
    path = links.personal_path("desk", visit.person) + KEEPERS_PAGE
    return Text(say("visited_which", spots=[one.facts() for one in spots], strange=strange, path=path))
