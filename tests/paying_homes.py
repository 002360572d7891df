"""A home of the small town that owes, somebody who pays for it over WeChat, and what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from factories import a_town
from fee_bills import a_bill
from fee_books import homes, living_in
from pay_till import APP, Till
from sqlalchemy import select

from models.base.orm import session
from models.fee.tables import Bill
from models.ledger.accounts import Account
from models.ledger.balances import balances, household_balance
from models.pay.checking import faults
from models.pay.tables import Order, Refund
from server.database import Database
from server.paying import Paying, Started


@dataclass
class Payers:
    """One home with bills, and people who pay them."""

    db: Database
    till: Till
    home: int
    bills: list[int]
    people: list[int]
    paying: Paying = field(init=False)

    def __post_init__(self) -> None:
        self.paying = Paying(self.db, self.till)

    def tap(self, who: int = 0, bills: Sequence[int] | None = None) -> Started:
        """The first of them lives there; the others pay by the bill's own link."""
        person = self.people[who]
        chosen = bills if bills is not None else None if who == 0 else self.bills
        return self.paying.pay(self.home, person, f"openid-{person}", APP, chosen)

    def order(self, number: str) -> Order:
        with self.db.read():
            return session().scalars(select(Order).where(Order.number == number)).one()

    def refunds(self) -> list[Refund]:
        with self.db.read():
            return list(session().scalars(select(Refund).order_by(Refund.id)))

    def bill(self, index: int = 0) -> Bill:
        with self.db.read():
            return session().get_one(Bill, self.bills[index])

    def balance(self, account: Account) -> int:
        """What stands in that account: of this home where it is kept by home, else of all."""
        with self.db.read():
            if account in (Account.RECEIVABLE, Account.PREPAID, Account.REFUND):
                return household_balance(account, self.home)
            return balances().get(account, 0)

    def in_order(self) -> None:
        in_order(self.db)


def owing(db: Database, *fen: int, payers: int = 1, till: Till | None = None) -> Payers:
    """A home with one bill for each sum, and so many who pay."""

    def made() -> tuple[int, list[int], list[int]]:
        a_town()
        (home,) = homes(1)
        labels = [f"2026-Q{index + 1}" for index in range(len(fen))]
        bills = [a_bill(home, one, label) for one, label in zip(fen, labels, strict=True)]
        return home, bills, [living_in(home) for _ in range(payers)]

    return Payers(db, till or Till(), *db.write(made))


def in_order(db: Database) -> None:
    """What `hemei ledger check` proves."""
    with db.read():
        assert list(faults()) == []
        assert sum(balances().values()) == 0
