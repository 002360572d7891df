"""小礼物: reserved with a year in advance, handed over once it is paid, against a signature (row 53)."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, and_, select

from models.base.actor import By
from models.base.clock import now
from models.base.orm import session
from models.base.refusals import Invalid, NotAllowed, NotFound
from models.contract.tables import Contract, Gift, Offer
from models.fee.payments import hold
from models.fee.tables import Bill, State
from models.place.tables import Building, Estate, Household


def hand_over(contract_id: int, signature: str, by: By) -> bool:
    """`signature` is the public id of its picture. False when it was handed over before, which stands.

    Raises Invalid: gift_signature; NotFound: gift_not_found; NotAllowed: gift_unpaid.
    """
    home = session().scalars(select(Contract.household_id).where(Contract.id == contract_id)).first()
    if home is not None:
        hold(home)  # because who leaves pays for what was handed over by then
    query = select(Gift).where(Gift.contract_id == contract_id, Gift.released_at.is_(None))
    gift = session().scalars(query.with_for_update().execution_options(populate_existing=True)).first()
    if gift is None:
        raise NotFound("gift_not_found")
    if gift.handed_at is not None:
        return False
    if not signature.strip():
        raise Invalid("gift_signature")
    bill = session().scalars(select(Bill).where(Bill.contract_id == contract_id, Bill.state != State.VOID))
    paid = bill.first()
    if paid is None or paid.state != State.PAID:
        raise NotAllowed("gift_unpaid", number=contract_id)
    gift.handed_at, gift.handed_by, gift.signature = now(), by.id, signature.strip()
    return True


def is_handed_over(contract_id: int) -> bool:
    query = select(Gift.id).where(Gift.contract_id == contract_id, Gift.handed_at.is_not(None))
    return session().execute(query).first() is not None


def to_hand_over() -> ColumnElement[bool]:
    """Gifts whose year is paid and that wait."""
    return and_(Gift.handed_at.is_(None), Gift.released_at.is_(None), Bill.state == State.PAID)


def handed_over() -> ColumnElement[bool]:
    return Gift.handed_at.is_not(None)


def listed(*which: ColumnElement[bool], limit: int | None = None) -> Iterator[dict[str, Any]]:
    """The latest first, with the home as its words; `state`: reserved, to_hand_over, handed_over or
    released."""
    query = (
        select(Gift, Offer.gift, Bill.state, Estate.name, Building.name, Household.unit_name, Household.room)
        .join(Contract, Contract.id == Gift.contract_id)
        .join(Offer, Offer.id == Gift.offer_id)
        .outerjoin(Bill, and_(Bill.contract_id == Contract.id, Bill.state != State.VOID))
        .join(Household, Household.id == Contract.household_id)
        .join(Building, Building.id == Household.building_id)
        .join(Estate, Estate.id == Building.estate_id)
        .where(*which)
        .order_by(Gift.id.desc())
        .limit(limit)
    )
    for gift, what, bill, *place in session().execute(query):
        yield {
            "contract": gift.contract_id,
            "gift": what,
            "household": "-".join(part for part in place if part),
            "handed_at": gift.handed_at,
            "handed_by": gift.handed_by,
            "signature": gift.signature,
            "state": _state(gift, bill),
        }


def _state(gift: Gift, bill: str | None) -> str:
    if gift.released_at is not None:
        return "released"
    if gift.handed_at is not None:
        return "handed_over"
    return "to_hand_over" if bill == State.PAID else "reserved"
