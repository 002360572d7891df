"""Where money is taken by hand, for who cannot or will not pay on the telephone."""

from typing import Any

from models.place.stations import stations

SERVICE = "service"  # a code of templates/labels/stations.toml
MOST = 3


def counters(community_id: int) -> list[dict[str, Any]]:
    """The community's service stations with their hours as somebody wrote them down."""
    return [
        {"name": one.name, "address": one.address, "hours": one.hours}
        for one in stations()
        if one.community_id == community_id and SERVICE in one.kinds
    ][:MOST]
