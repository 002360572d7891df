"""Contracts as lists show them."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from models.base.orm import session
from models.contract.tables import Contract
from models.place.tables import Building, Estate, Household


def listed(
    *, estate: str | None = None, charging: str | None = None, state: str | None = None
) -> Iterator[dict[str, Any]]:
    """By number, with the home as its words; `fen` is what was to be paid at once."""
    query = (
        select(Contract, Estate.name, Building.name, Household.unit_name, Household.room)
        .join(Household, Household.id == Contract.household_id)
        .join(Building, Building.id == Household.building_id)
        .join(Estate, Estate.id == Building.estate_id)
        .order_by(Contract.id)
    )
    for column, value in ((Estate.name, estate), (Contract.charging, charging), (Contract.state, state)):
        if value is not None:
            query = query.where(column == value)
    for contract, *place in session().execute(query):
        yield {
            "number": contract.id,
            "household": "-".join(part for part in place if part),
            "charging": contract.charging,
            "offer": contract.rules.get("name"),
            "since": contract.since.isoformat(),
            "until": contract.until.isoformat() if contract.until else None,
            "fen": int(contract.rules.get("fen", 0)),
            "state": contract.state,
        }
