"""Money of an estate from one of its accounts to another, as when the platform pays out to the bank."""

from datetime import date

from sqlalchemy import select

from models.base.actor import By
from models.base.orm import session
from models.base.refusals import Invalid
from models.books.bought import must_be_a_sum, must_be_known
from models.books.money import MONEY, hold, money_line, must_suffice
from models.books.rights import estate_of
from models.ledger import post
from models.ledger.tables import Entry, EntryLine


def move(
    estate_id: int, source: str, to: str, fen: int, day: date, paper: str, by: By, *, fund: str = "fees"
) -> bool:
    """Books it under the number of its paper; False for one that is booked already.

    Raises NotFound for who does not settle there, Invalid for what cannot be or where there is not so much,
    and payment_receipt where that paper was another movement's.
    """
    estate_of(estate_id, by, settling=True)
    must_be_known(fund, "funds")
    must_be_a_sum(fen, day)
    if source == to or source not in MONEY or to not in MONEY:
        raise Invalid("books_code", word=to)
    if not paper.strip():
        raise Invalid("move_paper")
    hold(estate_id)
    key = f"moved/{estate_id}/{paper.strip()}"
    lines = [money_line(source, -fen, fund), money_line(to, fen, fund)]
    query = select(EntryLine.account, EntryLine.fen, EntryLine.detail).join(
        Entry, Entry.id == EntryLine.entry_id
    )
    before = {tuple(row) for row in session().execute(query.where(Entry.key == key))}
    if before:
        if before != {(one.account, one.fen, one.detail) for one in lines}:
            raise Invalid("payment_receipt", receipt=paper.strip())
        return False
    must_suffice(estate_id, source, fund, fen, day)
    post("moved", estate_id, day, lines, key=key, by=by)
    return True
