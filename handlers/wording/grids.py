"""What is wrong with a building's grid, in words."""

from models.base.resources import table
from models.grid.terms import Fault
from models.town.shape import words


def faulty(one: Fault) -> str:
    said: str = table("labels/grid_faults.toml")[one.what]
    between: str = words()["separator"]
    return said.format(
        community=one.community, estate=one.estate, building=one.building, grids=between.join(one.grids)
    )
