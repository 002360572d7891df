"""The list of a re-cut, an .xlsx or a CSV: which building goes to which grid. Those that are not named stay.

The headings are `recut` of templates/labels/workbook.toml."""

from models.base.orm import session
from models.place.gazetteer import town
from models.place.tables import Grid
from models.town import parsing
from models.town.homes import Homes, Misplaced, Place
from models.town.one_sheet import cells_of
from models.town.parsing import Draft, Row
from models.town.problems import WorkbookRefused, refused
from models.town.shape import Column, Sheet, title
from models.town.workbook import Workbook

RECUT = Sheet(
    "recut",
    (
        Column("estate", required=True),
        Column("building", required=True, spoken="building"),
        Column("grid", required=True),
        Column("community", optional=True),
    ),
    ("community", "estate", "building"),
)


def read(data: bytes) -> Draft:
    """The file's rows, before anybody asks whether there are such buildings. Raises WorkbookRefused for a
    file that is no such list. No transaction is open meanwhile."""
    cells = cells_of(data, "no_buildings")
    if len(cells) < 2:
        raise refused("no_buildings")
    return parsing.parse(Workbook([(title(RECUT.code), cells)]), (RECUT,))


def plan_of(draft: Draft, community_id: int | None) -> dict[int, int]:
    """Building → grid, for models.grid.recuts. `community_id`: only its estates are known. Raises
    WorkbookRefused with everything that is wrong: unknown places and grids, a building in two grids."""
    checked = Draft(draft.rows, list(draft.problems), draft.more, draft.places)
    grids = {row.name: row.id for row in session().query(Grid)}
    homes, found = Homes((), community_id), dict[int, int]()
    first: dict[int, Row] = {}
    for row in draft.of(RECUT.code):
        said = row.values
        if not all(said.get(column) for column in ("estate", "building", "grid")):
            continue  # reported with its cells
        try:
            building = homes.building(
                Place(said.get("community") or "", str(said["estate"]), str(said["building"]))
            )
        except Misplaced as fault:
            checked.wrong(RECUT, row.number, fault.column, fault.code, **fault.facts)
            continue
        grid = grids.get(said["grid"])
        before = first.setdefault(building, row)
        if grid is None:
            near = checked.near(said["grid"], grids)
            checked.wrong(RECUT, row.number, "grid", "unknown_grid", value=said["grid"], near=near)
        elif before is row:
            found[building] = grid
        elif before.values["grid"] == said["grid"]:
            name = town().buildings[building].name
            checked.wrong(RECUT, row.number, "building", "repeated_key", value=name, first=before.number)
        else:
            facts = {"first": before.number, "grid": before.values["grid"]}
            checked.wrong(RECUT, row.number, "building", "in_two_grids", **facts)
    if not found and not checked.problems:
        checked.wrong(RECUT, None, None, "no_buildings")
    if checked.problems:
        raise WorkbookRefused(*checked.sorted_problems(), more=checked.more)
    return found
