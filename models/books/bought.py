"""What somebody says was bought: every field looked at before anything is written."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from models.base.clock import local, now
from models.base.refusals import Invalid
from models.base.resources import table
from models.books.money import MONEY, MOST, in_yuan
from models.books.words import FIRMS, must_be_a_firm, must_tell_of_nobody
from models.ledger.parts import rounded

LENGTHS = {"item": 60, "payee": 40, "brand": 30, "model": 40, "unit": 8}
MOST_OF_IT = 10_000_000_000  # thousandths: ten millions of anything


@dataclass(frozen=True, slots=True)
class Bought:
    """`fen` in all; `quantity` in thousandths; `unit_price_fen` only where one has its own price. Codes:
    templates/labels/{funds,spending,accounts,payees}.toml. `spender_id` is the person who spent it."""

    day: date
    fen: int
    fund: str
    spent_for: str
    paid_from: str
    payee_kind: str
    payee: str
    item: str
    quantity: int
    unit: str
    spender_id: int
    brand: str | None = None
    model: str | None = None
    unit_price_fen: int | None = None
    case_id: int | None = None

    def columns(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}

    def must_be_right(self, estate_id: int) -> None:
        """Raises Invalid, naming what is wrong."""
        for value, name in (
            (self.fund, "funds"), (self.spent_for, "spending"), (self.payee_kind, "payees"),
        ):  # fmt: skip
            must_be_known(value, name)
        if self.paid_from not in MONEY:
            raise Invalid("books_code", word=self.paid_from)
        must_be_a_sum(self.fen, self.day)
        self._must_be_said()
        if not 0 < self.quantity <= MOST_OF_IT:
            raise Invalid("outlay_quantity")
        if self.unit_price_fen is not None:
            product = rounded(Fraction(self.quantity * self.unit_price_fen, 1000))
            if self.unit_price_fen < 0 or product != self.fen:
                raise Invalid("outlay_product", product=in_yuan(product), fen=in_yuan(self.fen))
        must_tell_of_nobody(estate_id, self.item, self.unit, self.brand or "", self.model or "")
        if self.payee_kind in FIRMS:
            must_be_a_firm(self.payee, estate_id)

    def _must_be_said(self) -> None:
        for name, limit in LENGTHS.items():
            said = getattr(self, name) or ""
            if len(said) > limit:
                raise Invalid("books_long", words=said[:10], limit=limit)
        if not (self.item.strip() and self.payee.strip() and self.unit.strip()):
            raise Invalid("outlay_incomplete")
        if table("labels/spending.toml")[self.spent_for].get("brand") and not (self.brand and self.model):
            raise Invalid("outlay_brand")


def must_be_known(code: str, name: str) -> None:
    if code not in table(f"labels/{name}.toml"):
        raise Invalid("books_code", word=code)


def must_be_a_sum(fen: int, day: date) -> None:
    if not 0 < fen <= MOST:
        raise Invalid("payment_sum")
    if day > local(now()).date() or day.year < 2000:
        raise Invalid("books_day")
