"""Which groups hear of a place."""

from sqlalchemy import select

from models.base.orm import session
from models.place.tables import BuildingGroup


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
