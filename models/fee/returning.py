"""Money that the estate owes a home (Account.REFUND) and gives back over the counter or by bank. What came by
WeChat goes back there (models/pay/refunding.py)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from sqlalchemy import func, select

from models.base.actor import By
from models.base.clock import local, now
from models.base.orm import public_id, session
from models.base.refusals import Invalid, NotAllowed
from models.fee.payments import ACCOUNTS, Way, hold, key_of, prepaid
from models.ledger import Account, Posting, post
from models.ledger.balances import household_balance
from models.ledger.tables import Entry, EntryLine
from models.place.tables import Building, Household


def owed_back(
    households: Sequence[int] | None = None, *, estates: Collection[int] | None = None
) -> Mapping[int, int]:
    """By household, in fen, of these households or of those of these estates; to whom nothing is owed is left
    out."""
    query = (
        select(EntryLine.household_id, func.sum(EntryLine.fen))
        .where(EntryLine.account == Account.REFUND)
        .group_by(EntryLine.household_id)
        .having(func.sum(EntryLine.fen) < 0)
        .order_by(EntryLine.household_id)
    )
    if households is not None:
        query = query.where(EntryLine.household_id.in_(households))
    if estates is not None:
        theirs = select(Household.id).join(Building, Building.id == Household.building_id)
        query = query.where(EntryLine.household_id.in_(theirs.where(Building.estate_id.in_(estates))))
    return {home: -int(fen) for home, fen in session().execute(query) if home is not None}


def give_back(household_id: int, fen: int, way: Way, receipt: str, day: date, by: By) -> bool:
    """Books what was given back, under the number of its receipt: False when that was booked before. Call
    models/joins/returning.give_back, which knows what goes back over WeChat already.

    Raises Invalid: refund_sum, payment_day, payment_receipt (the number was another refund's); NotAllowed:
    owed_back_less (less is owed), month_sealed.
    """
    estate = hold(household_id)
    before = booked(estate, way, receipt)
    if before is not None:
        if (before.about_id, before.facts.get("fen")) != (household_id, fen):
            raise Invalid("payment_receipt", receipt=receipt)
        return False
    if fen <= 0 or way == Way.WECHAT or not receipt.strip():
        raise Invalid("refund_sum")
    if day > local(now()).date():
        raise Invalid("payment_day")
    if fen > -household_balance(Account.REFUND, household_id):
        raise NotAllowed("owed_back_less")
    lines = [Posting(Account.REFUND, fen, household_id), Posting(ACCOUNTS[way], -fen)]
    about = ("household", household_id)
    post("given_back", estate, day, lines, key=_key(estate, way, receipt), by=by, about=about, fen=fen)
    return True


def owe_kept(household_id: int, fen: int, day: date, by: By) -> None:
    """So much of what a home has paid beforehand pays no bill to come: it is owed to the home. The caller
    holds the household. Raises Invalid: refund_sum; NotAllowed: owed_back_less (less is kept)."""
    if fen <= 0:
        raise Invalid("refund_sum")
    if fen > prepaid(household_id):
        raise NotAllowed("owed_back_less")
    lines = [Posting(Account.PREPAID, fen, household_id), Posting(Account.REFUND, -fen, household_id)]
    about, key = ("household", household_id), f"refund_wanted/{public_id()}"
    post("refund_wanted", hold(household_id), day, lines, key=key, by=by, about=about)


def booked(estate_id: int, way: Way, receipt: str) -> Entry | None:
    """What was given back under this receipt of an estate's own book of receipts."""
    # the key without the estate is that of entries from before each estate had its own numbers
    keys = (_key(estate_id, way, receipt), f"given_back/{way}/{receipt.strip()}")
    return session().scalars(select(Entry).where(Entry.key.in_(keys), Entry.estate_id == estate_id)).first()


def _key(estate_id: int, way: Way, receipt: str) -> str:
    return f"given_back/{estate_id}/{key_of(way, receipt)}"
