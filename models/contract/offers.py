"""Offers of an estate: made by one person, agreed to by another, bought between two days (row 53)."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select

from models.base.actor import By
from models.base.clock import local, now
from models.base.orm import put, session
from models.base.refusals import Invalid, NotAllowed, NotFound
from models.contract.tables import Charging, Gift, Offer
from models.place.tables import Estate

LONGEST = 36  # months
NAME = 40  # letters
MOST_GIFTS = 100_000
MOST_FEN = 1_000_00  # a gift's worth


def make(
    estate_id: int,
    charging: Charging,
    name: str,
    open_from: date,
    open_until: date,
    by: By,
    *,
    months_paid: int = 0,
    months_term: int = 0,
    starts_on: date | None = None,
    gift: str | None = None,
    gift_stock: int = 0,
    gift_fen: int = 0,
    ground: str | None = None,
) -> int:
    """A year in advance (so many months paid of so many), a trial (so many months, none paid), or service
    first (neither). Nobody is offered it before a second person agreed. Returns its number.

    Raises Invalid: offer_name, offer_months, offer_dates, offer_starts, offer_gift.
    """
    if not 0 < len(name.strip()) <= NAME:
        raise Invalid("offer_name", most=NAME)
    fits = {
        Charging.YEAR: 0 < months_paid <= months_term <= LONGEST,
        Charging.TRIAL: months_paid == 0 and 0 < months_term <= 12,
        Charging.SERVICE_FIRST: months_paid == months_term == 0,
    }
    if not fits.get(charging, False):
        raise Invalid("offer_months")
    if open_until < open_from:
        raise Invalid("offer_dates")
    if starts_on is not None and starts_on.day != 1:
        raise Invalid("offer_starts")
    gift = (gift or "").strip() or None
    has_gift = gift is not None and charging == Charging.YEAR
    counts = 0 < gift_stock <= MOST_GIFTS and 0 <= gift_fen <= MOST_FEN
    if (gift is not None or gift_stock or gift_fen) and not (has_gift and counts):
        raise Invalid("offer_gift")
    return put(
        Offer,
        estate_id=estate_id,
        charging=charging,
        name=name.strip(),
        months_paid=months_paid,
        months_term=months_term,
        open_from=open_from,
        open_until=open_until,
        starts_on=starts_on,
        gift=gift,
        gift_stock=gift_stock,
        gift_fen=gift_fen,
        ground=ground,
        by_id=by.id,
        made_at=now(),
    )


def agree(offer_id: int, by: By) -> None:
    """Raises NotFound; NotAllowed: offer_settled (agreed to or withdrawn), offer_second (the same person)."""
    offer = held(offer_id)
    if offer.agreed_by is not None or offer.withdrawn_at is not None:
        raise NotAllowed("offer_settled", number=offer_id)
    if by.id == offer.by_id:
        raise NotAllowed("offer_second", number=offer_id)
    offer.agreed_by = by.id


def withdraw(offer_id: int) -> None:
    """Nobody is offered it any more; who bought it keeps it. Again changes nothing. Raises NotFound."""
    offer = held(offer_id)
    offer.withdrawn_at = offer.withdrawn_at or now()


def held(offer_id: int) -> Offer:
    """The offer, its row ours: its gifts are counted under it. Raises NotFound."""
    offer = session().get(Offer, offer_id, with_for_update=True, populate_existing=True)
    if offer is None:
        raise NotFound("offer_not_found")
    return offer


def is_open(offer: Offer, today: date) -> bool:
    return (
        offer.agreed_by is not None
        and offer.withdrawn_at is None
        and offer.open_from <= today <= offer.open_until
    )


def open_offers(estate_id: int) -> Sequence[Offer]:
    """What may be bought there today."""
    today = local(now()).date()
    query = select(Offer).where(
        Offer.estate_id == estate_id,
        Offer.agreed_by.is_not(None),
        Offer.withdrawn_at.is_(None),
        Offer.open_from <= today,
        Offer.open_until >= today,
    )
    return session().scalars(query.order_by(Offer.id)).all()


def gifts_left(offer: Offer) -> int:
    """Not reserved and not handed over; never below nothing."""
    query = select(func.count(Gift.id)).where(Gift.offer_id == offer.id, Gift.released_at.is_(None))
    return max(0, offer.gift_stock - session().execute(query).scalar_one())


def waiting() -> ColumnElement[bool]:
    """Offers that a second person has to look at."""
    return and_(Offer.agreed_by.is_(None), Offer.withdrawn_at.is_(None))


def listed(*which: ColumnElement[bool]) -> Iterator[dict[str, Any]]:
    """As lists show them, by number; `state`: waiting, coming, open, over, withdrawn."""
    today = local(now()).date()
    query = select(Offer, Estate.name).join(Estate, Estate.id == Offer.estate_id).where(*which)
    for offer, estate in session().execute(query.order_by(Offer.id)):
        yield {
            "number": offer.id,
            "estate": estate,
            "charging": offer.charging,
            "name": offer.name,
            "months_paid": offer.months_paid,
            "months_term": offer.months_term,
            "open_from": offer.open_from.isoformat(),
            "open_until": offer.open_until.isoformat(),
            "starts_on": offer.starts_on.isoformat() if offer.starts_on else None,
            "gift": offer.gift,
            "gifts_left": gifts_left(offer) if offer.gift else None,
            "by_id": offer.by_id,
            "state": _state(offer, today),
        }


def _state(offer: Offer, today: date) -> str:
    if offer.withdrawn_at is not None:
        return "withdrawn"
    if offer.agreed_by is None:
        return "waiting"
    if today < offer.open_from:
        return "coming"
    return "open" if today <= offer.open_until else "over"
