"""A bill's lines from its prices. Pure: no table, no clock.

Each line is computed exactly and rounded once. First what the service costs, stretch by stretch of its price;
then, below nothing, what was not done of it (row 55), what an offer gives away (row 53), what a relief lets
off (row 60), each of what the lines before it come to, so that a relief of all leaves nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from models.contract.terms import Relieved, Seen
from models.fee.arithmetic import MOST, of_area, of_pieces, of_year
from models.fee.period import Period
from models.fee.tables import Basis
from models.fee.tariffs import Rate, Stretch, stretches
from models.ledger.parts import portion, rounded, split


class Line(NamedTuple):
    """A line before it is written; `area` in 0.01 m²."""

    what: str  # a code of templates/labels/bill_lines.toml
    fen: int
    stretch: Stretch | None = None
    area: int | None = None
    quantity: int | None = None
    detail: str | None = None


class Gift(NamedTuple):
    """What an offer gives away: this part of the sum, under the offer's name."""

    part: Fraction
    name: str


@dataclass(frozen=True, slots=True)
class Ask:
    """What is to be billed: these months of a home at these rates, with what changes the sum."""

    rates: Sequence[Rate]
    over: Period
    area: int | None = None
    quantity: int | None = None  # pieces, of a service that was ordered
    name: str | None = None  # of that service
    away: Gift | None = None
    reliefs: Sequence[Relieved] = ()
    seen: Mapping[date, Seen] = field(default_factory=dict)


def exact(stretch: Stretch, area: int | None, quantity: int | None) -> Fraction | None:
    """Fen, not rounded. None where the price asks for an area that nobody knows."""
    price, months, pieces = stretch.rate.price, stretch.months, quantity or 0
    match stretch.rate.basis:
        case Basis.YEAR:
            return of_year(price, months)
        case Basis.UNIT:
            return of_pieces(pieces, price, months)
        case Basis.ONCE:
            return of_pieces(pieces, price, Fraction(1))
        case Basis.AREA:
            return None if area is None else of_area(area, price, months)


def composed(ask: Ask, cut: Sequence[Stretch] | None = None) -> list[Line] | None:
    """The lines; none where no price holds or all of them are nothing. None where an area is missing, or
    cannot be right, because one home's slip of the pen must not stop the bills of all. `cut` are the
    stretches of the whole, for whoever cut them before for another home."""
    cut = stretches(ask.rates, ask.over) if cut is None else cut
    found = []
    for one in cut:
        fen = exact(one, ask.area, ask.quantity)
        if fen is None:
            return None
        area = ask.area if one.rate.basis == Basis.AREA else None
        pieces = ask.quantity if one.rate.basis in (Basis.UNIT, Basis.ONCE) else None
        found.append(Line("service", rounded(fen), one, area, pieces, ask.name))
    if _sum(found) > MOST:
        return None
    if not any(line.fen for line in found):
        return []
    if ask.seen or ask.away or ask.reliefs:
        _take_off(found, ask)
    return found


def _take_off(lines: list[Line], ask: Ask) -> None:
    undone = _undone(ask)
    if undone:
        whole = portion(_sum(lines), sum(undone.values(), Fraction(0)))
        lines += [Line("withheld", -fen, detail=text) for text, fen in _shared(whole, undone) if fen]
    if ask.away:
        fen = portion(_sum(lines), ask.away.part)
        if fen:
            lines.append(Line("discount", -fen, detail=ask.away.name))
    before = _sum(lines)
    off = portion(before, min(_relieved(ask), Fraction(1)))
    if off:
        lines.append(Line("relief", -off))


def _sum(lines: Sequence[Line]) -> int:
    return sum(line.fen for line in lines)


def _relieved(ask: Ask) -> Fraction:
    """Which part of the whole the reliefs let off."""
    months = list(ask.over.month_starts())
    found = Fraction(0)
    for one in ask.reliefs:
        covered = [month for month in months if one.since <= month < one.until]
        if covered:
            found += one.part * (Fraction(1) if len(covered) == len(months) else _weight(ask, covered))
    return found


def _undone(ask: Ask) -> dict[str, Fraction]:
    """By what was not done: which part of the whole it is."""
    found: dict[str, Fraction] = {}
    for month, seen in sorted(ask.seen.items()):
        for text, part in seen.undone:
            found[text] = found.get(text, Fraction(0)) + part * _weight(ask, [month])
    return found


def _weight(ask: Ask, months: Sequence[date]) -> Fraction:
    """What these months cost of what all of them cost."""
    return _cost(ask, months) / _cost(ask, list(ask.over.month_starts()))


def _cost(ask: Ask, months: Sequence[date]) -> Fraction:
    cut = [one for month in months for one in stretches(ask.rates, Period.stretch(month, 1))]
    return sum((exact(one, ask.area, ask.quantity) or Fraction(0) for one in cut), Fraction(0))


def _shared(fen: int, parts: Mapping[str, Fraction]) -> list[tuple[str, int]]:
    """The sum among them, so that they are the whole."""
    under = 1
    for part in parts.values():
        under *= part.denominator
    return list(zip(parts, split(fen, [int(part * under) for part in parts.values()]), strict=True))


def on_day(rates: Sequence[Rate], day: date) -> list[Stretch]:
    """The price of what is wanted once, on that day."""
    before = [one for one in rates if one.since <= day]
    return [Stretch(before[-1], Fraction(1))] if before else []
