"""What the workbook says of grids and management, kept with its dates."""

from collections.abc import Mapping

from models.base.clock import local, now
from models.grid import management, terms
from models.town.held import Held
from models.town.parsing import Row
from models.town.upserting import Tally
from models.town.writing_places import building_key


def write_histories(rows: list[Row], town: Held, tally: Tally, managed: Mapping[int, str | None]) -> None:
    """After estates and buildings were written; `managed`: estate → its management before that."""
    at = now()
    today = local(at).date()
    terms.follow(at)
    management.follow(today, managed)
    own = {town.buildings[building_key(row)]: row for row in rows if row.values.get("management")}
    said = {building: row.values["management"] for building, row in own.items()}
    before = management.on(today, said)
    management.say(said, today, None)
    tally.changed |= {
        (town.estates[row.values["community"], row.values["estate"]], row.values["building"])
        for building, row in own.items()
        if before.get(building) != said[building]
    }
