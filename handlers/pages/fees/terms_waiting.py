"""How much waits on the page of offers, reliefs and records of service."""

from sqlalchemy import func, select

from handlers.pages.case_facts import estates
from models.base.orm import session
from models.contract import offers, reliefs
from models.contract.tables import Contract, Offer, Proof, Relief
from models.fee import gifts
from models.person.arriving import Visitor
from models.place.tables import Building, Household

MOST = 50


def terms_waiting(visitor: Visitor) -> int:
    """How many things a second person has to look at, and gifts that wait."""
    keys = [one["id"] for one in estates(visitor)]
    counted = [
        select(func.count(Offer.id)).where(offers.waiting(), Offer.estate_id.in_(keys)),
        select(func.count(Relief.id))
        .join(Household, Household.id == Relief.household_id)
        .join(Building, Building.id == Household.building_id)
        .where(reliefs.waiting(), Building.estate_id.in_(keys)),
        select(func.count(Proof.id)).where(Proof.checked_by.is_(None), Proof.estate_id.in_(keys)),
    ]
    waiting = sum(session().execute(query).scalar_one() for query in counted)
    return waiting + len(list(gifts.listed(gifts.to_hand_over(), Contract.estate_id.in_(keys), limit=MOST)))
