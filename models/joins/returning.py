"""Over the counter a home is given only what does not go back over WeChat already, and what is there."""

from datetime import date

from models.base.actor import By
from models.base.refusals import NotAllowed
from models.books import money
from models.fee import returning
from models.fee.payments import ACCOUNTS, Way, hold
from models.pay.refunding import unclaimed


def give_back(
    household_id: int, fen: int, way: Way, receipt: str, day: date, by: By, *, kept: bool = False
) -> bool:
    """As `returning.give_back`, with `kept` out of what the home has paid beforehand; raises NotAllowed:
    owed_back_less as well for what is on its way; Invalid: books_account_short, books_fund_short where the
    till or the bank has not so much on that day."""
    estate = hold(household_id)
    is_new = returning.booked(estate, way, receipt) is None
    if is_new and kept:
        returning.owe_kept(household_id, fen, day, by)
    if is_new and fen > unclaimed(household_id):
        raise NotAllowed("owed_back_less")
    if is_new and way != Way.WECHAT:
        money.hold(estate)
        money.must_suffice(estate, ACCOUNTS[way], money.OWN, fen, day)
    return returning.give_back(household_id, fen, way, receipt, day, by)
