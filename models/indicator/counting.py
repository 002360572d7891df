"""Records become figures, in one pass and for any grouping. Pure."""

from array import array
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from models.indicator import figures as written
from models.indicator.figures import Composite, Figure, Spread
from models.indicator.formulas import MINUTES, RATES, View, ended_before, left_aside, left_out
from models.indicator.record import Record
from models.indicator.settings import Settings

Key = Hashable
AnyFigure = Figure | Spread | Composite
Removed = frozenset[tuple[int, str]]  # (case, indicator); "" stands for all of them
NOTHING_REMOVED: Removed = frozenset()


@dataclass(frozen=True, slots=True)
class Figures:
    """Of a group: by indicator. `left_out`: how many cases would have counted, and why they do not."""

    rates: dict[str, Figure]
    minutes: dict[str, Spread]
    composites: dict[str, Composite]
    left_out: dict[str, dict[str, int]]
    withheld: frozenset[str] = frozenset()

    @property
    def every(self) -> list[AnyFigure]:
        return [*self.rates.values(), *self.minutes.values(), *self.composites.values()]

    def withholding(self, least: int | None = None) -> "Figures":
        """While a month runs, what people said in it is told to nobody: whoever looked before and after
        somebody's word would know it (row 96). Of days that are over, which change no more, what fewer than
        `least` said: one would know who."""
        of_persons = {code: one.under for code, one in self.rates.items() if RATES[code].of_persons}
        few = {code for code, said in of_persons.items() if said and (least is None or said < least)}
        summed = {code for code, one in self.composites.items() if not few.isdisjoint(one.parts)}
        return replace(self, withheld=frozenset(few | summed))

    def as_json(self) -> dict[str, Any]:
        """As it is kept and sealed; `figures_from` reads it."""
        return {
            "figures": [written.as_json(one) for one in self.every],
            "left_out": {code: reasons for code, reasons in self.left_out.items() if reasons},
        }


def figures_from(kept: Mapping[str, Any]) -> Figures:
    found = [written.from_json(one) for one in kept["figures"]]
    return Figures(
        {one.code: one for one in found if isinstance(one, Figure)},
        {one.code: one for one in found if isinstance(one, Spread)},
        {one.code: one for one in found if isinstance(one, Composite)},
        {code: dict(reasons) for code, reasons in kept["left_out"].items()},
    )


class Mark(NamedTuple):
    """What one case counted as in one indicator; `why` it was left out, or None."""

    over: int
    under: int
    why: str | None = None


@dataclass(slots=True)
class _Sums:
    over: dict[str, int] = field(default_factory=lambda: dict.fromkeys(RATES, 0))
    under: dict[str, int] = field(default_factory=lambda: dict.fromkeys(RATES, 0))
    minutes: dict[str, "array[int]"] = field(default_factory=lambda: {code: array("q") for code in MINUTES})
    left_out: dict[str, dict[str, int]] = field(default_factory=lambda: {code: {} for code in RATES})

    @property
    def is_empty(self) -> bool:
        counted = (self.under, self.minutes, self.left_out)
        return not any(any(several.values()) for several in counted)

    def figures(self, settings: Settings) -> Figures:
        rates = {
            code: Figure(code, self.over[code], self.under[code], 100 if rate.weighted else 1)
            for code, rate in RATES.items()
        }
        composites = {
            code: written.composite(
                code, [(rates[one], weight, is_less) for one, weight, is_less in composed.parts]
            )
            for code, composed in settings.composites.items()
        }
        spreads = {code: written.spread(code, several) for code, several in self.minutes.items()}
        return Figures(rates, spreads, composites, self.left_out)


#: The group of a record, given the person on whose account it counts.
Grouping = Callable[[Record, int | None], Key]
Within = Callable[[Record, int | None], bool]
BY: dict[str, Grouping] = {
    "community": lambda record, taker: record.place.community_id,
    "estate": lambda record, taker: record.place.estate_id,
    "grid": lambda record, taker: record.place.grid_id,
    "category": lambda record, taker: record.place.category,
    "person": lambda record, taker: taker,
}


class Counting:
    """Counts records one after the other, for several groupings at once."""

    def __init__(
        self, view: View, removed: Removed = NOTHING_REMOVED, by: Mapping[str, Grouping] | None = None
    ) -> None:
        self.view, self.removed, self.by = view, removed, dict(by or {})
        self._whole = _Sums()
        self._groups: dict[str, dict[Key, _Sums]] = {name: {} for name in self.by}

    def add(self, record: Record) -> dict[str, Mark]:
        """Gives what it counted as in each rate where it would."""
        found: dict[str, Mark] = {}
        mine = self._sums(record, record.taker)
        has_ended, is_past = record.ended_how is not None, ended_before(record, self.view)
        for code, rate in RATES.items():
            if is_past and not rate.voids:
                continue
            counted = rate.counts(record, self.view)
            why: str | None
            if not counted:
                if has_ended or (why := left_aside(record, code, self.view)) is None:
                    continue
            else:
                why = left_out(record, rate, self.removed)
            if why is not None:
                found[code] = Mark(0, 0, why)
                for one in self._sums(record, counted[0].taker) if counted else mine:
                    one.left_out[code][why] = one.left_out[code].get(why, 0) + 1
                continue
            over = under = 0
            for some, of, taker in counted:
                over, under = over + some, under + of
                for one in mine if taker == record.taker else self._sums(record, taker):
                    one.over[code] += some
                    one.under[code] += of
            found[code] = Mark(over, under)
        if not has_ended:
            for code, minutes in MINUTES.items():
                if (value := minutes.minutes(record, self.view)) is not None:
                    for one in mine:
                        one.minutes[code].append(value)
        return found

    def _sums(self, record: Record, taker: int | None) -> list[_Sums]:
        several = [self._whole]
        for name, grouping in self.by.items():
            groups, key = self._groups[name], grouping(record, taker)
            if (one := groups.get(key)) is None:
                one = groups[key] = _Sums()
            several.append(one)
        return several

    @property
    def whole(self) -> Figures:
        return self._whole.figures(self.view.settings)

    def groups(self, name: str) -> dict[Key, Figures]:
        """Those of which anything was counted."""
        kept = self.view.settings
        return {key: one.figures(kept) for key, one in self._groups[name].items() if not one.is_empty}


def count(
    records: Iterable[Record], view: View, removed: Removed = NOTHING_REMOVED, by: Grouping | None = None
) -> dict[Key, Figures]:
    """All figures of each group; without a grouping of None alone, which is there even when nothing was."""
    counting = Counting(view, removed, {"by": by} if by is not None else None)
    for record in records:
        counting.add(record)
    return counting.groups("by") if by is not None else {None: counting.whole}


def everything(record: Record, taker: int | None) -> bool:
    return True


def marks(
    records: Iterable[Record],
    code: str,
    view: View,
    removed: Removed = NOTHING_REMOVED,
    of: Within = everything,
) -> Iterator[tuple[Record, Mark]]:
    """What a rate opens to: every case that counts in it or was left out of it; of one group's with `of`."""
    rate = RATES[code]
    for record in records:
        if not rate.voids and ended_before(record, view):
            continue
        counted = [one for one in rate.counts(record, view) if of(record, one.taker)]
        if not counted:
            if of(record, record.taker) and (aside := left_aside(record, code, view)) is not None:
                yield record, Mark(0, 0, aside)
            continue
        why = left_out(record, rate, removed)
        over, under = sum(one.over for one in counted), sum(one.under for one in counted)
        yield record, Mark(0, 0, why) if why is not None else Mark(over, under)


def times(
    records: Iterable[Record], code: str, view: View, of: Within = everything
) -> Iterator[tuple[Record, int]]:
    """What minutes open to."""
    for record in records:
        if record.ended_how is None and of(record, record.taker):
            value = MINUTES[code].minutes(record, view)
            if value is not None:
                yield record, value
