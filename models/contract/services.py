"""Services of an estate in three classes, and what homes order of them (row 42).

Prices: models/fee/tariffs.py. The property fee is no service here, because nobody goes without it for not
paying another.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from models.base.actor import By
from models.base.clock import now
from models.base.months import month_of, month_on
from models.base.orm import put, session
from models.base.refusals import Invalid, NotAllowed, NotFound
from models.base.resources import table
from models.contract.tables import Service, ServiceClass, ServiceOrder
from models.place.tables import Building, Estate, Household

NAME = 40
MOST = 1_000  # pieces


def add(estate_id: int, name: str, service_class: ServiceClass, unit: str, by: By) -> int:
    """`unit` is a code of templates/labels/service_units.toml. The same name again changes its class and
    unit. Raises Invalid: service_name, service_unit."""
    if not 0 < len(name.strip()) <= NAME:
        raise Invalid("service_name", most=NAME)
    if unit not in table("labels/service_units.toml"):
        raise Invalid("service_unit")
    query = select(Service).where(Service.estate_id == estate_id, Service.name == name.strip())
    known = session().scalars(query.with_for_update()).first()
    if known is not None:
        known.service_class, known.unit, known.active = service_class, unit, True
        return known.id
    return put(
        Service,
        estate_id=estate_id,
        name=name.strip(),
        service_class=service_class,
        unit=unit,
        active=True,
        by_id=by.id,
        made_at=now(),
    )


def held(service_id: int) -> Service:
    """Raises NotFound."""
    found = session().get(Service, service_id, with_for_update=True)
    if found is None:
        raise NotFound("service_not_found")
    return found


def stop(service_id: int) -> None:
    """Nobody can order it any more; what was ordered goes on until it is ended."""
    held(service_id).active = False


def order(household_id: int, service_id: int, quantity: int, since: date, by: By, *, once: bool) -> int:
    """A home orders so many of it: once, on that day, or month by month from the first of one. The caller
    holds the household.

    Raises NotFound: service_not_found; Invalid: service_order_quantity, service_order_since; NotAllowed:
    service_stopped, service_order_already (one order of a service in a month).
    """
    service = held(service_id)
    home = session().get_one(Household, household_id)
    if home.building.estate_id != service.estate_id:
        raise NotFound("service_not_found")
    if not service.active or service.service_class == ServiceClass.BASIC:
        raise NotAllowed("service_stopped")
    if not 0 < quantity <= MOST:
        raise Invalid("service_order_quantity", most=MOST)
    if not once and since.day != 1:
        raise Invalid("service_order_since")
    until = since + timedelta(days=1) if once else None
    month = month_of(since)
    taken = select(ServiceOrder).where(
        ServiceOrder.household_id == household_id,
        ServiceOrder.service_id == service_id,
        or_(ServiceOrder.until.is_(None), ServiceOrder.until > month),
    )
    for one in session().scalars(taken):
        stands = one.until is None or one.until > one.since
        if stands and (until is None or month_of(one.since) < month_on(month_of(since), 1)):
            raise NotAllowed("service_order_already")
    return put(
        ServiceOrder,
        household_id=household_id,
        service_id=service_id,
        quantity=quantity,
        since=since,
        until=until,
        by_id=by.id,
        at=now(),
    )


def end(order_id: int, until: date) -> None:
    """An order by the month ends before the first of a month. Raises NotFound: service_order_not_found;
    Invalid: service_order_since."""
    found = session().get(ServiceOrder, order_id, with_for_update=True)
    if found is None:
        raise NotFound("service_order_not_found")
    if until.day != 1:
        raise Invalid("service_order_since")
    found.until = min(found.until or until, max(until, found.since))


def listed(*which: ColumnElement[bool]) -> Iterator[dict[str, Any]]:
    """By estate and name."""
    query = select(Service, Estate.name).join(Estate, Estate.id == Service.estate_id).where(*which)
    for service, estate in session().execute(query.order_by(Estate.name, Service.name)):
        yield {
            "number": service.id,
            "estate": estate,
            "name": service.name,
            "class": service.service_class,
            "unit": service.unit,
            "active": service.active,
        }


def ordered(*which: ColumnElement[bool]) -> Iterator[dict[str, Any]]:
    """Orders by number, with the home as its words."""
    query = (
        select(ServiceOrder, Service.name, Estate.name, Building.name, Household.unit_name, Household.room)
        .join(Service, Service.id == ServiceOrder.service_id)
        .join(Household, Household.id == ServiceOrder.household_id)
        .join(Building, Building.id == Household.building_id)
        .join(Estate, Estate.id == Building.estate_id)
        .where(*which)
        .order_by(ServiceOrder.id)
    )
    for one, name, *place in session().execute(query):
        yield {
            "number": one.id,
            "household": "-".join(part for part in place if part),
            "service": name,
            "quantity": one.quantity,
            "since": one.since.isoformat(),
            "until": one.until.isoformat() if one.until else None,
        }
