"""遮蔽: what lists show of residents: 张**, 138****5678, 3号楼2单元***室. Whole values stand on the page of a
thing, for whoever has to go there, or behind a tap that is written down."""

from collections.abc import Mapping
from typing import Any

HIDDEN = "***"


def masked_place(place: Mapping[str, Any]) -> dict[str, Any]:
    """Estate, building and unit as they are; of a room only that there is one, of a floor nothing."""
    return {**place, "floor": None, "room": HIDDEN if place.get("room") else None}
