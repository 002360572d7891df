"""The platform's bill files, read line by line: the trade bill (ALL) and the fund-flow bill of one day.

Amounts stand there in yuan, each cell behind a backtick, columns in an order that may change, and below the
lines their totals. Nothing of a file is taken whose lines are not their totals. Pure: bytes in, lines out.
https://pay.weixin.qq.com/docs/merchant/products/bill-download/format-trade.html
"""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from hashlib import sha1
from typing import NamedTuple

from models.base.refusals import Invalid
from models.base.resources import table

MOST_BYTES = 256 << 20
_YUAN = re.compile(r"[+-]?[0-9]{1,13}(?:\.[0-9]{1,6})?", re.ASCII)
_FEN = Decimal("0.01")


class Kind(StrEnum):
    TRADE = "trade"
    FUND = "fund"


class What(StrEnum):
    PAID = "paid"
    REFUND = "refund"
    RETURNED = "returned"  # a refund that did not arrive and came back to us
    FEE = "fee"  # what the platform keeps of a payment, or gives back of it
    OTHER = "other"  # money drawn out, put in, or anything that we never asked for


class Line(NamedTuple):
    """`number` is ours (out_trade_no, out_refund_no), `platform` the platform's own; `fen` is signed for FEE
    and OTHER only: below nothing when it left the account. `done` is False for a refund that was taken on and
    had not arrived when the file was made (its state there is never put right). `of` is the order that a
    refund gives back (out_trade_no), which the fund bill does not say."""

    row: int
    what: What
    number: str
    platform: str
    fen: int
    done: bool = True
    of: str = ""


@dataclass(slots=True)
class BillFile:
    """A file that is whole. `day` is None where nothing happened and the file does not say which day it was;
    `fen` what came in without what went out."""

    kind: Kind
    sha1: str
    day: date | None = None
    merchants: set[str] = field(default_factory=set)
    lines: list[Line] = field(default_factory=list)
    rows: int = 0
    fen: int = 0


def read(data: bytes) -> BillFile:
    """Raises Invalid (bill_file_…), saying which row and what is wrong with it."""
    if len(data) > MOST_BYTES:
        raise Invalid("bill_file_big", limit=MOST_BYTES >> 20)
    try:
        rows = _rows(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise Invalid("bill_file_kind") from None
    heading = next(rows, None)
    if heading is None:
        raise Invalid("bill_file_kind")
    for kind in Kind:
        columns = _columns(kind, heading[1])
        if columns is not None:
            return _Reader(kind, columns, sha1(data, usedforsecurity=False).hexdigest()).read(rows)
    raise Invalid("bill_file_kind")


def fen_of(written: str) -> int | None:
    """0.01, -3.00, 12 or 0.00000 in fen; None for what is no whole fen."""
    if not _YUAN.fullmatch(written):
        return None
    fen = Decimal(written) / _FEN
    return int(fen) if fen == fen.to_integral_value() else None


def _rows(written: str) -> Iterator[tuple[int, list[str]]]:
    """Each line that is not empty, with its number, cut into cells."""
    for number, line in enumerate(written.split("\n"), 1):
        line = line.strip("\r\t \0")
        if line.startswith("`"):
            # a cell may hold commas and quotation marks as they are: only ",`" begins the next one
            yield number, [cell.strip() for cell in line[1:].split(",`")]
        elif line:
            try:
                cells = next(csv.reader([line]))
            except csv.Error:  # a cell of more than 128 KiB
                raise Invalid("bill_file_kind") from None
            yield number, [cell.strip().lstrip("`") for cell in cells]


def _columns(kind: Kind, cells: Sequence[str]) -> dict[str, int] | None:
    """Name → place of the columns that are needed; None where this is not the heading of such a file."""
    wanted: Mapping[str, str] = table("labels/bill_files.toml")[kind]["columns"]
    places = {_plain(cell): place for place, cell in enumerate(cells)}
    found = {name: places[_plain(title)] for name, title in wanted.items() if _plain(title) in places}
    return found if len(found) == len(wanted) else None


def _plain(title: str) -> str:
    return title.strip("` ").replace("（", "(").replace("）", ")")


class _Reader:
    """Takes one line after the other and adds them up."""

    def __init__(self, kind: Kind, columns: Mapping[str, int], digest: str) -> None:
        self.kind = kind
        self.columns = columns
        self.titles: Mapping[str, str] = table("labels/bill_files.toml")[kind]["columns"]
        self.totals: Mapping[str, str] = table("labels/bill_files.toml")[kind]["totals"]
        self.words: Mapping[str, str] = table("labels/bill_files.toml")["words"]
        self.width = max(columns.values()) + 1
        self.file = BillFile(kind, digest)
        self.sums: dict[str, Decimal] = {}
        self.seen: set[tuple[What, str]] = set()

    def read(self, rows: Iterator[tuple[int, list[str]]]) -> BillFile:
        for row, cells in rows:
            if _plain(cells[0]) == self.totals["rows"]:
                self._compare_totals(row, cells, next(rows, None))
                return self.file
            if len(cells) < self.width:
                raise Invalid("bill_file_row", row=row, column=self.titles["at"])
            self._day(row, self._cell(cells, "at"))
            line = self._trade(row, cells) if self.kind == Kind.TRADE else self._fund(row, cells)
            self.file.rows += 1
            if line.what in (What.PAID, What.REFUND):
                if (line.what, line.number) in self.seen:
                    raise Invalid("bill_file_twice", row=row, number=line.number[:64])
                self.seen.add((line.what, line.number))
            self.file.lines.append(line)
        raise Invalid("bill_file_cut")

    def _cell(self, cells: Sequence[str], name: str) -> str:
        return cells[self.columns[name]]

    def _fen(self, row: int, cells: Sequence[str], name: str) -> int:
        fen = fen_of(self._cell(cells, name))
        if fen is None:
            raise Invalid("bill_file_row", row=row, column=self.titles[name])
        return fen

    def _number(self, row: int, cells: Sequence[str], *names: str) -> str:
        """The first of these numbers that something has; 0 stands for none."""
        for name in names:
            written = self._cell(cells, name)
            if written not in ("", "0") and len(written) <= 64:
                return written
        raise Invalid("bill_file_row", row=row, column=self.titles[names[0]])

    def _day(self, row: int, written: str) -> None:
        try:
            day = datetime.fromisoformat(written).date()
        except ValueError:
            raise Invalid("bill_file_row", row=row, column=self.titles["at"]) from None
        if self.file.day not in (None, day):
            raise Invalid("bill_file_days", row=row)
        self.file.day = day

    def _trade(self, row: int, cells: Sequence[str]) -> Line:
        self.file.merchants.add(self._cell(cells, "merchant"))
        state = self._cell(cells, "state")
        total, back = self._fen(row, cells, "fen"), self._fen(row, cells, "refund_fen")
        self._add("rows", 1)
        self._add("fen", total)
        self._add("refund_fen", back)
        if state == "SUCCESS":
            self._add("paid_fen", total)
            self.file.fen += total
            number = self._number(row, cells, "number")
            return Line(row, What.PAID, number, self._cell(cells, "transaction"), total)
        if state == "REFUND":
            number = self._number(row, cells, "refund_number")
            refund_state = self._cell(cells, "refund_state")
            if refund_state not in ("SUCCESS", "PROCESSING"):
                return Line(row, What.RETURNED, number, self._cell(cells, "refund"), back)
            self.file.fen -= back
            done = refund_state == "SUCCESS"
            of = self._cell(cells, "number")
            return Line(row, What.REFUND, number, self._cell(cells, "refund"), back, done, of)
        return Line(row, What.OTHER, self._number(row, cells, "number"), self._cell(cells, "transaction"), 0)

    def _fund(self, row: int, cells: Sequence[str]) -> Line:
        direction, kind = self._cell(cells, "direction"), self._cell(cells, "kind")
        fen = self._fen(row, cells, "fen")
        if direction not in (self.words["in"], self.words["out"]) or fen < 0:
            raise Invalid("bill_file_row", row=row, column=self.titles["direction"])
        came_in = direction == self.words["in"]
        self._add("rows", 1)
        self._add("in_rows" if came_in else "out_rows", 1)
        self._add("in_fen" if came_in else "out_fen", fen)
        signed = fen if came_in else -fen
        self.file.fen += signed
        number, platform = self._cell(cells, "number"), self._cell(cells, "transaction")
        if self.words["fee"] in kind:
            return Line(row, What.FEE, number, platform, signed)
        if kind == self.words["paid"] and came_in:
            return Line(row, What.PAID, self._number(row, cells, "number", "transaction"), platform, fen)
        if kind == self.words["refund"] and not came_in:
            # the fee of what is given back comes back as well, and the sum is already without it
            said = re.search(self.words["refund_with_fee"], self._cell(cells, "words"))
            whole, fee = map(fen_of, said.groups()) if said else (fen, 0)
            if whole is None or fee is None or whole - fee != fen:
                raise Invalid("bill_file_row", row=row, column=self.titles["words"])
            number = self._number(row, cells, "number", "transaction")
            if fee:
                self.file.lines.append(Line(row, What.FEE, number, platform, fee))
            return Line(row, What.REFUND, number, platform, whole)
        return Line(row, What.OTHER, self._number(row, cells, "flow", "number"), platform, signed)

    def _add(self, name: str, value: int) -> None:
        self.sums[name] = self.sums.get(name, Decimal(0)) + value

    def _compare_totals(self, row: int, titles: Sequence[str], below: tuple[int, list[str]] | None) -> None:
        if below is None:
            raise Invalid("bill_file_cut")
        said = dict(zip(map(_plain, titles), below[1], strict=False))
        for name, title in self.totals.items():
            written = said.get(title, "")
            if not _YUAN.fullmatch(written):
                raise Invalid("bill_file_row", row=below[0], column=title)
            total = Decimal(written) if name.endswith("rows") else Decimal(written) / _FEN
            ours = {self.sums.get(name, Decimal(0))}
            if (self.kind, name) == (Kind.TRADE, "fen"):
                # some files repeat the order's sum on the line of its refund and do not add it up
                ours.add(self.sums.get("paid_fen", Decimal(0)))
            if total not in ours:
                raise Invalid("bill_file_totals", row=below[0], column=title)
