"""What stands in the TOML files of `hemei books`: one outlay, or one income."""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from models.base.checkdigit import without_check
from models.base.refusals import NotFound
from models.books.bought import Bought
from models.books.earning import Received
from models.person.colleagues import numbered
from server.cli import toml_file
from server.cli.estates import estate_named
from server.cli.running import Refusal

OUTLAY = frozenset({
    "estate", "day", "yuan", "fund", "for", "from", "payee_kind", "payee", "item", "quantity", "unit",
    "spender", "by",
})  # fmt: skip
OUTLAY_MORE = frozenset({"brand", "model", "unit_yuan", "voucher", "case", "community", "again"})
INCOME = frozenset({"estate", "day", "yuan", "fund", "kind", "to", "words", "by"})
INCOME_MORE = frozenset({"community", "again"})


@dataclass(frozen=True, slots=True)
class Said:
    """A file, as it was written; `voucher` beside it, if it names one."""

    values: Mapping[str, Any]
    voucher: Path | None

    def bought(self) -> Bought:
        """Raises Refusal for what is no sum or day, NotFound for nobody's staff number."""
        said, price = self.values, self.values.get("unit_yuan")
        return Bought(
            day=self._day(),
            fen=_parts(said, "yuan", 100),
            fund=str(said["fund"]),
            spent_for=str(said["for"]),
            paid_from=str(said["from"]),
            payee_kind=str(said["payee_kind"]),
            payee=str(said["payee"]),
            item=str(said["item"]),
            brand=said.get("brand") and str(said["brand"]),
            model=said.get("model") and str(said["model"]),
            quantity=_parts(said, "quantity", 1000),
            unit=str(said["unit"]),
            unit_price_fen=None if price is None else _parts(said, "unit_yuan", 100),
            spender_id=numbered(str(said["spender"])).person_id,
            case_id=self._case(),
        )

    def received(self) -> Received:
        said = self.values
        return Received(
            day=self._day(),
            fen=_parts(said, "yuan", 100),
            fund=str(said["fund"]),
            kind=str(said["kind"]),
            paid_to=str(said["to"]),
            words=str(said["words"]),
        )

    def estate(self) -> int:
        community = self.values.get("community")
        return estate_named(str(self.values["estate"]), community and str(community))

    def _day(self) -> date:
        value = self.values["day"]
        if not isinstance(value, date) or isinstance(value, datetime):
            raise Refusal("day is a day, such as 2026-11-10")
        return value

    def _case(self) -> int | None:
        if "case" not in self.values:
            return None
        number = without_check(str(self.values["case"]))
        if number is None:
            raise NotFound("case_not_found", number=self.values["case"])
        return number


def read(file: Path, needed: Set[str], more: Set[str]) -> Said:
    """Raises Refusal for what is no TOML, for unknown keys and for missing ones."""
    values = toml_file.read(file, needed, more)
    voucher = values.get("voucher")
    return Said(values, file.parent / str(voucher) if voucher else None)


def _parts(said: Mapping[str, Any], name: str, parts: int) -> int:
    value = said[name]
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise Refusal(f"{name} is a number, such as 147.00")
    whole = Decimal(value) * parts
    if not whole.is_finite() or abs(whole) > 10**15 or whole != int(whole):
        raise Refusal(f"{name} has too many digits")
    return int(whole)
