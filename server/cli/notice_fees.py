"""`fees = "book.csv"` in the file of a notice: the community's own book beside it, an .xlsx or a CSV; or
`bills = "2026-Q4"`: our own."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from handlers.wording.problems import spoken
from models.base.actor import By
from models.fee.period import Period
from models.joins.billing import attach_bills
from models.notice import fee_sums, fees
from models.notice.audience import Audience, reach_of
from models.notice.tables import Notice
from models.place.gazetteer import town
from models.town import fee_book
from models.town.archive import FILE_LIMIT
from models.town.fee_book import Book
from models.town.problems import WorkbookRefused
from server.cli.running import Refusal

MOST_SHOWN = 200  # problems in words; the rest is counted


def book_of(said: Mapping[str, Any], file: Path) -> Book | None:
    """The book that the notice's file names, looked for beside it; None where it names none."""
    if "fees" not in said:
        return None
    if "bills" in said:
        raise Refusal(f"{file}: bills or fees, not both")
    if not isinstance(said["fees"], str):
        raise Refusal(f"{file}: fees is the name of a file")
    path = file.parent / said["fees"]
    try:
        with path.open("rb") as book:
            return fee_book.read(book.read(FILE_LIMIT + 1))
    except OSError as trouble:
        raise Refusal(f"{path}: {trouble.strerror}") from None
    except WorkbookRefused as refused:
        raise _refusal(path, refused) from None


def attach(notice: Notice, book: Book | None, said: Mapping[str, Any], by: By) -> None:
    """Makes it a notice about fees, if a book or a period's bills are named. Raises Refusal with every row
    that is wrong."""
    if "bills" in said:
        attach_bills(notice, Period.of(str(said["bills"])), by)
    if book is None:
        return
    try:
        reach = reach_of(Audience.of(notice.audience), notice.community_id)
        lines = fee_book.lines_of(book, reach, notice.community_id)
    except WorkbookRefused as refused:
        raise _refusal(Path(said["fees"]), refused) from None
    fees.attach(notice, lines, by)


def counted(notice: Notice) -> list[str]:
    """Building by building what is said to its group, as lines for a terminal."""
    buildings = fees.buildings_of(notice.id)
    said = fee_sums.said_aloud(notice, buildings)
    lines = []
    for building, count in fee_sums.counts(notice.id, buildings).items():
        spot = town().spot_of_building(building)
        if spot is not None:
            aloud = "said" if building in said else "not said"
            lines.append(f"{spot.estate} {spot.building}: paid {len(count.paid)}/{count.homes}, {aloud}")
    return lines


def _refusal(path: Path, refused: WorkbookRefused) -> Refusal:
    for problem in refused.problems[:MOST_SHOWN]:
        click.echo(spoken(problem), err=True)
    return Refusal(f"{path}: {len(refused.problems) + refused.more} problems, nothing was taken")
