"""Other income: entered by one, agreed to by another, booked in the same transaction. Fees are not entered
here: they come by payments."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from models.base.actor import By
from models.base.clock import local, now
from models.base.orm import session
from models.base.refusals import Invalid, NotAllowed, NotFound
from models.books.agreeing import ask_others, settled
from models.books.bought import must_be_a_sum, must_be_known
from models.books.money import hold, money_line, must_suffice
from models.books.rights import estate_of, may_look
from models.books.tables import Income, State
from models.books.words import must_tell_of_nobody, reason
from models.history import record
from models.ledger import Account, Posting, post, reverse
from models.ledger.sealing import open_day
from models.media import photos
from models.media.item import Item
from models.media.keeping import keep
from models.place.tables import Estate

KIND = "income"
ACCOUNTS = {"grant": Account.GRANT, "loan": Account.LOAN}
WITH_BILLS = frozenset({"gift", "late"})  # booked where a home is charged, and not entered
WORDS_LIMIT = 80


@dataclass(frozen=True, slots=True)
class Received:
    """`kind`: labels/incomes.toml. `paid_to`: bank | cash. `words`: what it is for, as everybody reads it."""

    day: date
    fen: int
    fund: str
    kind: str
    paid_to: str
    words: str

    def must_be_right(self, estate_id: int) -> None:
        must_be_known(self.kind, "incomes")
        if self.kind in WITH_BILLS:
            raise Invalid("books_code", word=self.kind)
        must_be_known(self.fund, "funds")
        if self.paid_to not in (Account.BANK, Account.CASH):
            raise Invalid("books_code", word=self.paid_to)
        if (self.kind == "grant") != (self.fund == "government"):
            raise Invalid("income_fund")  # government money is kept apart from all other (row 41)
        must_be_a_sum(self.fen, self.day)
        if not self.words.strip():
            raise Invalid("income_words")
        if len(self.words) > WORDS_LIMIT:
            raise Invalid("books_long", words=self.words[:10], limit=WORDS_LIMIT)
        must_tell_of_nobody(estate_id, self.words)


def enter(estate_id: int, received: Received, by: By, *, again: bool = False) -> Income:
    """Waits for a second person. Raises as models/books/spending.py: enter."""
    estate = estate_of(estate_id, by)
    received.must_be_right(estate_id)
    before = select(Income.id).where(
        Income.estate_id == estate_id,
        Income.day == received.day,
        Income.fen == received.fen,
        Income.kind == received.kind,
        Income.words == received.words,
        Income.state.in_((State.WAITING, State.BOOKED)),
    )
    same = session().scalars(before.order_by(Income.id)).first()
    if same is not None and not again:
        raise Invalid("outlay_twice", number=same)
    columns = {name: getattr(received, name) for name in received.__slots__}
    income = Income(estate_id=estate_id, by_id=by.id or 0, **columns)
    session().add(income)
    session().flush()
    _record(income, "entered", by)
    ask_others(estate, {income.by_id})
    return income


def attach(income: Income, file: str, by: By) -> None:
    """The picture of its paper, a file already; for staff alone. Raises NotAllowed once it is settled."""
    estate_of(income.estate_id, by)
    if income.state != State.WAITING:
        raise NotAllowed("outlay_move", number=income.id)
    number = keep(
        (KIND, income.id),
        purpose="voucher",
        kind="image",
        file=file,
        content_type=photos.CONTENT_TYPE,
        by=by.id,
    )
    income.voucher = session().get_one(Item, number).public_id


def approve(income: Income, by: By) -> bool:
    """Agreed, and booked. False for one that is booked already. Raises as an outlay's `approve`."""
    _other_hand(income, by)
    if income.state == State.BOOKED:
        return False
    if income.state != State.WAITING:
        raise NotAllowed("outlay_move", number=income.id)
    hold(income.estate_id)
    account = ACCOUNTS.get(income.kind, Account.OTHER_INCOME)
    income.entry_id = post(
        "received",
        income.estate_id,
        open_day(income.estate_id, income.day),
        [
            money_line(income.paid_to, income.fen, income.fund),
            Posting(account, -income.fen, detail=income.kind),
        ],
        key=f"income/{income.id}",
        by=by,
        about=(KIND, income.id),
    )
    income.state, income.settled_by, income.settled_at = State.BOOKED, by.id, now()
    _record(income, "approved", by)
    settled(income.estate_id)
    return True


def refuse(income: Income, by: By, why: str) -> None:
    _other_hand(income, by)
    if income.state != State.WAITING:
        raise NotAllowed("outlay_move", number=income.id)
    income.why = reason(why, income.estate_id)
    income.state, income.settled_by, income.settled_at = State.REFUSED, by.id, now()
    _record(income, "refused", by)
    settled(income.estate_id)


def take_back(income: Income, by: By, why: str) -> None:
    """冲正, as an outlay's. Raises Invalid as well where that money has been spent."""
    _other_hand(income, by)
    if income.state == State.REVERSED:
        return
    if income.state != State.BOOKED or income.entry_id is None:
        raise NotAllowed("outlay_move", number=income.id)
    income.why = reason(why, income.estate_id)
    hold(income.estate_id)
    today = local(now()).date()
    must_suffice(income.estate_id, income.paid_to, income.fund, income.fen, today)
    reverse(income.entry_id, today, by)
    income.state = State.REVERSED
    _record(income, "reversed", by)


def held(number: int, by: By) -> Income:
    """One of them, for a verb. Raises NotFound."""
    income = session().get(Income, number, with_for_update=True, populate_existing=True)
    estate = session().get(Estate, income.estate_id) if income is not None else None
    if income is None or estate is None or not may_look(by.id, estate.community_id):
        raise NotFound("outlay_not_found", number=number)
    return income


def _other_hand(income: Income, by: By) -> None:
    estate_of(income.estate_id, by, settling=True)
    if by.id == income.by_id:
        raise NotAllowed("outlay_own", number=income.id)


def _record(income: Income, what: str, by: By) -> None:
    record((KIND, income.id), what, by=by, at=now())
