"""Taking a workbook into the town: one transaction, all or nothing, the same again changes nothing."""

from collections.abc import Callable
from dataclasses import dataclass, field

from models.grid.management import of_estates
from models.place.version import raise_version
from models.town.checking import check
from models.town.held import held
from models.town.parsing import Draft
from models.town.problems import WorkbookRefused
from models.town.shape import SHEETS
from models.town.upserting import Tally
from models.town.writing_duties import write_departments, write_groups, write_keepers, write_rungs
from models.town.writing_grids import write_histories, write_micro_grids, write_micro_homes
from models.town.writing_help import write_answers, write_medicines, write_stations
from models.town.writing_people import write_staff
from models.town.writing_places import (
    write_buildings,
    write_communities,
    write_estates,
    write_grids,
    write_households,
)
from models.town.writing_prices import write_prices

Progress = Callable[[int], None]


@dataclass(slots=True)
class Summary:
    """What became of the rows, by sheet code."""

    sheets: dict[str, Tally] = field(default_factory=dict)

    def as_dict(self) -> dict[str, dict[str, int]]:
        return {code: tally.as_dict() for code, tally in self.sheets.items() if tally.rows}


class DryRun(Exception):  # noqa: N818 - the way out of the transaction
    """Raised instead of returning, so that nothing is kept."""

    def __init__(self, summary: Summary) -> None:
        super().__init__("dry run")
        self.summary = summary


def take(draft: Draft, *, dry_run: bool = False, progress: Progress | None = None) -> Summary:
    """Checks the draft against the town and writes it. For Database.write; `progress` hears of rows done.

    Rows that the workbook does not name stay, and so do columns that a sheet does not have. Raises
    WorkbookRefused with every problem, or DryRun.
    """
    done = progress or (lambda rows: None)
    # First of all, because it makes two imports follow one another.
    raise_version()
    town = held()
    checked = Draft(draft.rows, list(draft.problems), draft.more, draft.places)
    check(checked, town)
    if checked.problems:
        raise WorkbookRefused(*checked.sorted_problems(), more=checked.more)
    summary = Summary({sheet.code: Tally() for sheet in SHEETS})
    of, tally = draft.of, summary.sheets
    write_communities(of("communities"), town, tally["communities"])
    write_staff(of("staff"), town, tally["staff"])
    write_grids(of("grids"), town, tally["grids"])
    write_rungs(of("grids"), town, tally["grids"])
    managed = of_estates()
    write_estates(of("estates"), town, tally["estates"])
    write_prices(of("estates"), town)
    write_buildings(of("buildings"), town, tally["buildings"])
    write_histories(of("buildings"), town, tally["buildings"], managed)
    write_keepers(of("buildings"), town, tally["buildings"])
    write_micro_grids(of("micro_grids"), town, tally["micro_grids"])
    write_departments(of("departments"), town, tally["departments"])
    write_groups(of("groups"), town, tally["groups"])
    write_stations(of("stations"), town, tally["stations"])
    write_medicines(of("medicines"), town, tally["medicines"])
    write_answers(of("answers"), town, tally["answers"])
    done(sum(len(rows) for code, rows in draft.rows.items() if code != "households"))
    write_households(of("households"), town, tally["households"], done)
    write_micro_homes(of("households"), town, tally["households"])
    if dry_run:
        raise DryRun(summary)
    return summary
