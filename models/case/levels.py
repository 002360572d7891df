"""解决层级 (row 10): on the spot, in the building, the grid, the community, by the street or a department."""

from models.base.resources import table
from models.person.arriving import staff_of

LEVELS = ("spot", "building", "grid", "community", "street", "department")


def level_of(person_id: int) -> str | None:
    """That of whoever finished it: of several posts the nearest to the people. None without a post."""
    staff = staff_of(person_id)
    known: dict[str, str] = table("rules/ends.toml")["levels"]
    found = {known[role] for role in (staff.roles if staff is not None else ()) if role in known}
    return next((level for level in LEVELS if level in found), None)
