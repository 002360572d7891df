"""Where a report from outside is: by the id of a place, by its words, or by its point."""

from dataclasses import replace

from handlers.open311.errors import trouble
from handlers.open311.report import Sent
from handlers.pages.filing import meaning
from models.partner.keys import Holder
from models.place.gazetteer import town
from models.place.public_ids import spot_at
from models.place.spot import NOWHERE, Spot
from models.understanding import Understanding


def placed(sent: Sent, community_id: int | None, holder: Holder) -> Spot:
    """`community_id`: the one that the sender named. Without an estate it is the community's, if anybody's.
    Raises Trouble."""
    spot = _by_id(sent) if sent.address_id else _found(sent, community_id)
    only = community_id if community_id is not None else holder.community_id
    if spot.community_id is None:
        known = town().communities
        only = next(iter(known)) if only is None and len(known) == 1 else only
        if only is None:
            raise trouble(400, "place_unknown")
        spot = replace(spot, community_id=only)
    if community_id not in (None, spot.community_id):
        raise trouble(400, "place_not_here")
    if holder.community_id not in (None, spot.community_id):
        named = town().communities.get(holder.community_id or 0, "")
        raise trouble(403, "key_elsewhere", community=named)
    if sent.point is not None:
        spot = spot.at(round(sent.point.longitude, 6), round(sent.point.latitude, 6))
    if spot.building_id is None:
        return spot
    return replace(spot, unit=sent.part("unit") or spot.unit, floor=sent.part("floor") or spot.floor)


def _by_id(sent: Sent) -> Spot:
    spot = spot_at(sent.address_id)
    if spot is None:
        raise trouble(400, "address_unknown", said=sent.address_id)
    return spot


def _found(sent: Sent, community_id: int | None) -> Spot:
    """What the words name, else the estate that is nearest to the point. Words stand above a point, because
    whoever writes a door means it; a point far from everywhere is refused, not filed somewhere."""
    near = town().near(*sent.point) if sent.point is not None else ()
    nearest = near[0][0] if near else None
    said = meaning(sent.address) if sent.address else None
    if said is None or _names_nothing(said):
        said = meaning(f"{sent.address}\n{sent.description}")
    if sent.point is not None and nearest is None and not said.estate:
        raise trouble(400, "point_elsewhere")
    if nearest is not None and _names_nothing(said):
        return town().spot_of_estate(nearest.id, how="location") or NOWHERE
    own = nearest.id if nearest is not None else None
    return town().locate(Spot.said(said), community_id=community_id, estate_id=own).spot


def _names_nothing(said: Understanding) -> bool:
    return said.estate is None and said.building is None
