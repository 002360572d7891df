"""The workbook's optional sheets: stations, and answers that a clerk wrote in advance."""

from typing import Any

from models.enquiry.tables import KnownAnswer
from models.place.stations import Station
from models.town.held import Held
from models.town.parsing import Row
from models.town.upserting import Tally, rows_of, upsert


def write_stations(rows: list[Row], town: Held, tally: Tally) -> None:
    if not rows:
        return
    wanted = {}
    for row in rows:
        said = row.values
        community = town.communities[said["community"]]
        values = {"community_id": community, "name": said["station"]}
        values |= _said(row, "kinds", "address", "hours", "longitude", "latitude")
        if "estate" in said:
            values["estate_id"] = town.estates[said["community"], said["estate"]] if said["estate"] else None
        wanted[community, said["station"]] = values
    upsert(Station, wanted, {(row.community_id, row.name): row for row in rows_of(Station)}, tally)


def write_answers(rows: list[Row], town: Held, tally: Tally) -> None:
    if not rows:
        return
    wanted = {}
    for row in rows:
        said = row.values
        community = town.communities[said["community"]] if said.get("community") else None
        values = {"community_id": community, "question": said["question"]}
        values |= _said(row, "words", "answer", "source", "as_of", "valid_until")
        wanted[community, said["question"]] = values
    upsert(
        KnownAnswer, wanted, {(row.community_id, row.question): row for row in rows_of(KnownAnswer)}, tally
    )


def _said(row: Row, *columns: str) -> dict[str, Any]:
    """The columns that the sheet has."""
    found = {column: row.values[column] for column in columns if column in row.values}
    if row.values.get("status") is not None:
        found["active"] = row.values["status"]
    return found
