"""手续费: what the platform keeps of a day's payments. The fund bill is its voucher, so nobody enters it."""

from datetime import date

from sqlalchemy import select

from models.base.actor import SYSTEM
from models.base.orm import session
from models.ledger import Account, Posting, post
from models.ledger.sealing import open_day
from models.ledger.tables import Entry, EntryLine

SPENT_FOR = "bank"  # a code of templates/labels/spending.toml


def book(estate_id: int, day: date, fen: int) -> int:
    """Books once for each estate and day what left the merchant account (`fen` below nothing) or came back
    to it. Returns what stands booked for that day, which differs from `fen` where another file came first."""
    key = f"platform_fee/{estate_id}/{day.isoformat()}"
    query = (
        select(EntryLine.fen)
        .join(Entry, Entry.id == EntryLine.entry_id)
        .where(Entry.key == key, EntryLine.account == Account.WECHAT)
    )
    known = session().execute(query).scalar()
    if known is not None or not fen:
        return known or 0
    lines = [Posting(Account.EXPENSE, -fen, detail=SPENT_FOR), Posting(Account.WECHAT, fen)]
    post(
        "platform_fee", estate_id, open_day(estate_id, day), lines, key=key, by=SYSTEM, of_day=day.isoformat()
    )
    return fen
