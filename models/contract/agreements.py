"""Contracts of homes, as rows: what runs, what ends what. What they cost: models/fee/buying.py."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, select, update

from models.base.actor import By
from models.base.clock import local, now
from models.base.orm import put, session
from models.base.refusals import NotAllowed, NotFound
from models.contract.tables import Charging, Contract, Offer, State

OPEN_ENDED = (Charging.QUARTER, Charging.SERVICE_FIRST)


def all_of(household_id: int) -> Sequence[Contract]:
    """By their first day."""
    query = select(Contract).where(Contract.household_id == household_id)
    return session().scalars(query.order_by(Contract.since, Contract.id)).all()


def held(contract_id: int) -> Contract:
    """Raises NotFound."""
    found = session().get(Contract, contract_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound("contract_not_found")
    return found


def begin(
    household_id: int,
    estate_id: int,
    charging: Charging,
    since: date,
    until: date | None,
    by: By,
    how: str,
    *,
    offer: Offer | None = None,
    rules: dict[str, Any] | None = None,
) -> int:
    """A home agrees, from the first of a month on. What was open-ended ends there; the caller holds the
    household and has asked whether the months are free. `how`: page, desk, chat."""
    for one in all_of(household_id):
        if one.charging in OPEN_ENDED and (one.until is None or one.until > since):
            one.until = max(one.since, since)
    session().flush()
    return put(
        Contract,
        household_id=household_id,
        estate_id=estate_id,
        charging=charging,
        offer_id=offer.id if offer is not None else None,
        since=since,
        until=until,
        rules=rules or {},
        state=State.RUNNING,
        agreed_by=by.id,
        agreed_how=how,
        agreed_at=now(),
    )


def end(contract: Contract, until: date, state: State, by: By, why: str | None) -> None:
    """Ends it before its time. Raises NotAllowed: contract_over."""
    if contract.state != State.RUNNING:
        raise NotAllowed("contract_over", number=contract.id)
    contract.until, contract.state = until, state
    contract.ended_at, contract.ended_by, contract.ended_why = now(), by.id, why


def end_past() -> bool:
    """Contracts whose last day went by are over. False when there is none."""
    today = local(now()).date()
    past = update(Contract).where(Contract.state == State.RUNNING, Contract.until <= today)
    session().execute(past.values(state=State.OVER))
    return False


def ending(days: int) -> ColumnElement[bool]:
    """Trials that end within so many days and of which nobody was told."""
    today = local(now()).date()
    return (
        (Contract.charging == Charging.TRIAL)
        & (Contract.state == State.RUNNING)
        & Contract.told_at.is_(None)
        & (Contract.until > today)
        & (Contract.until <= today + timedelta(days=days))
    )
