"""Over the counter a home is given only what does not go back over WeChat already."""

from datetime import date

from models.base.actor import By
from models.base.refusals import NotAllowed
from models.fee import returning
from models.fee.payments import Way, hold
from models.pay.refunding import unclaimed


def give_back(household_id: int, fen: int, way: Way, receipt: str, day: date, by: By) -> bool:
    """As `returning.give_back`; raises NotAllowed: owed_back_less as well for what is on its way."""
    hold(household_id)
    if returning.booked(way, receipt) is None and fen > unclaimed(household_id):
        raise NotAllowed("owed_back_less")
    return returning.give_back(household_id, fen, way, receipt, day, by)
