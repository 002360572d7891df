"""The demo's town: templates/demo/town.toml with its homes spelled out."""

from itertools import product

from models.base.resources import table
from models.town.shape import title
from models.town.workbook import Cell, Workbook


def demo_town() -> Workbook:
    """Two communities, three estates, twelve buildings, 192 homes, every role and every channel, two
    micro-grids, stations and answers."""
    data = table("demo/town.toml")
    sheets: list[tuple[str, list[list[Cell]]]] = [(sheet["title"], sheet["rows"]) for sheet in data["sheets"]]
    homes = data["homes"]
    buildings = next(rows[1:] for name, rows in sheets if name == title("buildings"))
    rows: list[list[Cell]] = [homes["headings"]]
    doors = product((building[:2] for building in buildings), homes["units"], homes["rooms"])
    for n, (place, unit, room) in enumerate(doors):
        surname = homes["surnames"][n % len(homes["surnames"])]
        given = homes["given_names"][n * 7 % len(homes["given_names"])]
        known = n % homes["without_owner"] != 0
        owner: list[Cell] = [surname + given, str(homes["first_phone"] + n)] if known else ["", ""]
        micro = homes["micro_grids"].get("/".join(map(str, place)), "")
        rows.append([*place, unit, room, micro, homes["areas"][n % len(homes["areas"])], *owner])
    return Workbook([*sheets, (homes["title"], rows)])
