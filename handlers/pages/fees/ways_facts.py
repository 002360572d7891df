"""What the page of ways to pay says of a home: what it agreed on, what it may agree to, what the fee buys."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import or_, select

from handlers.words import refusal
from models.base.clock import local, now
from models.base.months import month_of
from models.base.orm import session
from models.base.refusals import NotAllowed
from models.contract import agreements, offers, services, standards
from models.contract.tables import (
    Charging,
    Contract,
    Gift,
    Offer,
    Service,
    ServiceOrder,
    Standard,
    StandardRating,
    State,
)
from models.contract.terms import Held, charging_in
from models.fee import buying, leaving
from models.fee.own import Dwelling
from models.fee.tariffs import Tariffs


def ways_of(home: Dwelling) -> dict[str, Any]:
    """For templates/pages/fees/ways.html."""
    held = agreements.all_of(home.id)
    today = local(now()).date()
    rows = [Held(Charging(one.charging), one.since, one.until) for one in held]
    return {
        "id": home.id,
        "place": home.place(),
        "now": charging_in(rows, month_of(today)),
        "contracts": [_contract(one, today) for one in held if _matters(one, today)],
        "may_go_on": _may_go_on(held),
        "offers": [_offer(home, one) for one in offers.open_offers(home.estate_id)],
        "services": _services(home, today),
        "orders": list(
            services.ordered(
                ServiceOrder.household_id == home.id,
                or_(ServiceOrder.until.is_(None), ServiceOrder.until > today),
                or_(ServiceOrder.until.is_(None), ServiceOrder.until > ServiceOrder.since),
            )
        ),
        "standard": _standard(home, today),
    }


def _matters(contract: Contract, today: date) -> bool:
    return contract.state in (State.RUNNING, State.RETURNED) and (
        contract.until is None or contract.until > today
    )


def _may_go_on(held: Any) -> bool:
    """Whether the home had a trial and has agreed to nothing since."""
    trial = next((one for one in held if one.charging == Charging.TRIAL), None)
    return trial is not None and not any(one.since >= trial.until for one in held if one is not trial)


def _contract(contract: Contract, today: date) -> dict[str, Any]:
    is_year = contract.charging == Charging.YEAR
    is_running = contract.state == State.RUNNING
    gift = session().scalars(select(Gift).where(Gift.contract_id == contract.id)).first()
    last = contract.until - timedelta(days=1) if contract.until else None
    return {
        "id": contract.id,
        "charging": contract.charging,
        "name": contract.rules.get("name"),
        "rules": contract.rules | {"first": contract.since, "last": last},
        "first": contract.since,
        "last": last,
        "has_begun": contract.since <= today,
        "is_running": is_running,
        "owed": leaving.would_leave(contract) if is_year and is_running else None,
        "gift": contract.rules.get("gift") if gift is not None and gift.handed_at is None else None,
    }


def _offer(home: Dwelling, offer: Offer) -> dict[str, Any]:
    """`why_not` is what stands in the way, in words."""
    facts: dict[str, Any] = {
        "id": offer.id,
        "charging": offer.charging,
        "name": offer.name,
        "months_paid": offer.months_paid,
        "months_term": offer.months_term,
        "open_until": offer.open_until,
        "had_gift": offer.gift,
        "gift_fen": offer.gift_fen,
        "ground": offer.ground,
    }
    try:
        terms = buying.terms_of(home.id, offer)
    except NotAllowed as refused:
        return facts | {"why_not": refusal(refused)}
    rules = terms.rules()
    return (
        facts
        | rules
        | {
            "why_not": None,
            "mark": terms.mark,
            "first": terms.first,
            "last": terms.until - timedelta(days=1) if terms.until else None,
            "taken_back": [bill.period for bill in terms.taken_back],
        }
    )


def _services(home: Dwelling, today: date) -> list[dict[str, Any]]:
    tariffs = Tariffs(home.estate_id)
    found = []
    for one in services.listed(Service.estate_id == home.estate_id, Service.active.is_(True)):
        rate = tariffs.on(home.estate_id, home.building_id, today, one["number"])
        if rate is not None:
            found.append({**one, "price": rate.price, "basis": rate.basis})
    return found


def _standard(home: Dwelling, today: date) -> dict[str, Any] | None:
    """The version in force, what changed with it, the next one, and how homes find each line."""
    versions = standards.versions(home.estate_id)
    before = [one for one in versions if one.since <= today]
    if not before:
        return None
    standard = before[-1]
    mine = select(StandardRating.line, StandardRating.stars).where(
        StandardRating.standard_id == standard.id, StandardRating.household_id == home.id
    )
    own = {line: int(stars) for line, stars in session().execute(mine)}
    said = standards.ratings(standard.id)
    whole = sum(one.weight for one in standards.lines_of(standard))
    coming = [one for one in versions if one.since > today]
    return {
        "id": standard.id,
        "since": standard.since,
        "ground": standard.ground,
        "lines": [
            {
                "code": one.code,
                "text": one.text,
                "share": 1000 * one.weight // whole,
                "own": own.get(one.code),
                "found": said.get(one.code),
            }
            for one in standards.lines_of(standard)
        ],
        "changed": _changes(before[-2], standard) if len(before) > 1 else None,
        "next": {"since": coming[0].since, **_changes(standard, coming[0])} if coming else None,
    }


def _changes(before: Standard, after: Standard) -> dict[str, Any]:
    found = standards.changes(before, after)
    return {
        "added": [one.text for one in found.added],
        "removed": [one.text for one in found.removed],
        "changed": [(was.text, now_.text) for was, now_ in found.changed],
    }
