"""The workbook's optional sheets: stations with their medicine, and answers that a clerk wrote in advance."""

from typing import Any

from models.base.clock import now
from models.enquiry.tables import KnownAnswer
from models.place.stations import Station
from models.station.tables import StationMedicine
from models.town.held import Held
from models.town.parsing import Row
from models.town.upserting import Tally, rows_of, upsert


def write_stations(rows: list[Row], town: Held, tally: Tally) -> None:
    if not rows:
        return
    wanted = {}
    names = {key: name for name, key in town.communities.items()}
    for row in rows:
        said = row.values
        community = town.communities[said["community"]]
        values = {"community_id": community, "name": said["station"]}
        values |= _said(row, "kinds", "address", "hours", "longitude", "latitude")
        if "estate" in said:
            values["estate_id"] = town.estates[said["community"], said["estate"]] if said["estate"] else None
        if "caretaker" in said:
            values["caretaker_id"] = town.people[said["caretaker"]] if said["caretaker"] else None
        wanted[community, said["station"]] = values
    upsert(Station, wanted, {(row.community_id, row.name): row for row in rows_of(Station)}, tally)
    for station in rows_of(Station):
        town.stations[names[station.community_id], station.name] = station.id


def write_medicines(rows: list[Row], town: Held, tally: Tally) -> None:
    """A batch that is no longer in use is gone; one that came back is there again."""
    if not rows:
        return
    current = {(row.station_id, row.name, row.expires_on): row for row in rows_of(StationMedicine)}
    wanted = {}
    for row in rows:
        said = row.values
        key = (town.stations[said["community"], said["station"]], said["medicine"], said["expires_on"])
        known, status = current.get(key), said.get("status")
        gone = known.gone_at if known is not None else None
        if status is not None:
            gone = None if status else gone or now()
        station, name, until = key
        values = {"station_id": station, "name": name, "expires_on": until, "amount": said["amount"]}
        wanted[key] = values | {"gone_at": gone}
    upsert(StationMedicine, wanted, current, tally)


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
