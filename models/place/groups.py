"""Which groups hear of a place."""

from sqlalchemy import select

from models.base.orm import session
from models.place.tables import BuildingGroup, Estate


def groups_of(estate_id: int | None, building_id: int | None) -> list[int]:
    """The building's own groups; the whole estate's where the building has none or is not known."""
    if estate_id is None:
        return []
    mine = select(BuildingGroup.id).where(BuildingGroup.active, BuildingGroup.estate_id == estate_id)
    if building_id is not None:
        own = list(session().scalars(mine.where(BuildingGroup.building_id == building_id)))
        if own:
            return own
    return list(session().scalars(mine.where(BuildingGroup.building_id.is_(None))))


def groups_in(community_id: int | None) -> dict[int, str]:
    """All groups of a community (of the town without one): id → name."""
    query = select(BuildingGroup.id, BuildingGroup.name).join(Estate).where(BuildingGroup.active)
    if community_id is not None:
        query = query.where(Estate.community_id == community_id)
    return {row.id: row.name for row in session().execute(query.order_by(BuildingGroup.id))}
