"""What the pages of figures show: the month, the year up to it, what to look at, what a number opens to."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from handlers.drawing.columns import columns, round_percent
from handlers.drawing.parts import parts
from handlers.pages.access import case_at
from handlers.pages.chain.indicator_frame import frame, settings_of
from handlers.pages.chain.indicator_sight import Sight
from handlers.pages.story import staff_name
from handlers.wording import indicators as wording
from models.base.checkdigit import with_check
from models.base.clock import now
from models.base.spreadsheet import Rows
from models.indicator import keeping, removing, sealing
from models.indicator.asking import GROUPS, all_opened, began, figures, view_of
from models.indicator.counting import Figures
from models.indicator.detecting import detected
from models.indicator.figures import NOTHING, Figure, Spread, average, percent
from models.indicator.formulas import MINUTES, RATES
from models.indicator.period import Period, months_to, this_month
from models.indicator.record import LEVELS
from models.indicator.settings import Settings

MAIN = ("closing_rate", "prompt_closing_rate", "solution_rate", "satisfaction_rate")
DRAWN = ("closing_rate", "satisfaction_rate")
TABLES = (
    ("national", tuple(RATES)[: tuple(RATES).index("response_rate")]),
    ("three", ("response_rate", "solution_rate", "content_rate", "three_rates")),
    (
        "own",
        (
            "done_rate",
            "satisfaction_rate",
            "default_rate",
            "unasked_rate",
            "unmended_rate",
            "unclimbed_rate",
            "performance",
        ),
    ),
    ("minutes", tuple(MINUTES)),
)
BESIDE = ("closing_rate", "prompt_closing_rate", "rework_rate", "satisfaction_rate", "minutes_to_mend")
MONTHS = 12


def overview(sight: Sight, period: Period, by: str) -> dict[str, Any]:
    """For templates/pages/chain/indicators.html."""
    settings = settings_of(sight, period)
    shown, found = _shown(sight, period, settings)
    groups = _found(sight, period, by, shown)
    return {
        **frame(sight, period, settings),
        "missing": found is None,
        "until": min(shown.at, period.end) if shown is not None else None,
        "is_sealed": shown is not None and shown.is_sealed,
        "main": [_line(code, found, settings) for code in MAIN] if found else [],
        "tables": [
            (name, [_line(code, found, settings) for code in codes if code in _known(found)])
            for name, codes in TABLES
        ]
        if found
        else [],
        "levels": _levels(found) if found else [],
        "trends": _trends(sight, period, found),
        "by": by,
        "by_names": {one: wording.words("by", one) for one in GROUPS},
        "groupings": [one for one in GROUPS if one != "community" or sight.scope.community_id is None],
        "beside": [wording.indicator_name(code) for code in BESIDE],
        "groups": _groups(groups, by, settings),
        "averages": _averages(groups, settings.least),
        "odd": len(detected(period, sight.scope, reader=sight.visitor)) if _is_quick(sight, period) else None,
        "removals": [_removal(one, sight) for one in _waiting(sight)],
        "to_seal": _to_seal(sight) if sight.seals else [],
        "rules": removing.rules(),
        "families": [(one, wording.words("families", one)) for one in (removing.EVERY, *removing.FAMILIES)],
        "rates": [(one, wording.indicator_name(one)) for one in RATES],
        "help": [
            wording.words("help", one).format(least=settings.least) for one in ("due", "cut", "dash", "few")
        ],
    }


def sheets(sight: Sight, period: Period, by: str) -> list[tuple[str, Rows]]:
    """As the command writes them, of the cases that this person may see."""
    view = view_of(period, sight.scope, now())
    whole, several = figures(period, sight.scope), figures(period, sight.scope, by=by)
    lines = [
        *wording.group_lines(whole, None, view.settings.least),
        *wording.group_lines(several, by, view.settings.least),
    ]
    cases = all_opened(period, sight.scope, reader=sight.visitor)
    return wording.indicator_sheets(period.name, sight.place, view, lines, cases)


def sealed(sight: Sight) -> list[dict[str, Any]]:
    return [
        {"period": one.period, "sha256": one.sha256, "at": one.at, "is_whole": sealing.is_whole(one)}
        for one in sealing.all_sealed(sight.scope.community_id)
    ]


def _shown(sight: Sight, period: Period, settings: Settings) -> tuple[keeping.Shown | None, Figures | None]:
    """A community's or the town's as it was sealed or kept; a holder's grids are counted while one looks."""
    at = now()
    if sight.scope.grids is not None or not period.is_sealable:
        found = figures(period, sight.scope)[None]
        return keeping.Shown({}, at, False), found
    shown = keeping.shown(period, sight.scope.community_id)
    if shown is None:
        return None, None
    whole = shown.whole
    return shown, whole if period.is_open(at) else whole.withholding()


def _found(sight: Sight, period: Period, by: str, shown: keeping.Shown | None) -> dict[Any, Figures]:
    if shown is not None and shown.figures:
        found = sealing.groups_of(shown.figures, by)
        if not period.is_open(now()):
            found = {key: one.withholding() for key, one in found.items()}
        return found
    return figures(period, sight.scope, by=by) if shown is not None else {}


def _averages(found: Mapping[Any, Figures], least: int) -> list[str]:
    """Each group with the same weight, without those of which too few were counted, or that are nobody's."""
    said = []
    for code in BESIDE:
        several = [
            one.rates[code]
            for key, one in found.items()
            if key is not None and code in one.rates and code not in one.withheld
        ]
        mean = average(one for one in several if one.under >= least)
        said.append(percent(mean) if mean is not None else NOTHING)
    return said


def _groups(found: Mapping[Any, Figures], by: str, settings: Settings) -> list[dict[str, Any]]:
    names = wording.group_names(by, found)
    return [
        {
            "key": "" if key is None else str(key),
            "name": names[key],
            "figures": [_line(code, one, settings) for code in BESIDE],
        }
        for key, one in found.items()
    ]


def _known(found: Figures) -> Mapping[str, Any]:
    return {one.code: one for one in found.every}


def _line(code: str, found: Figures, settings: Settings) -> dict[str, Any]:
    one = _known(found)[code]
    line = wording.figure_line(one, found, settings.least)
    rate = one.rate if isinstance(one, Figure) else None
    return {
        **dict.fromkeys(("under", "cases", "low", "high"), None),
        "withheld": False,
        "few": False,
        **line,
        "code": code,
        "formula": wording.formula(code, settings),
        "opens": code in RATES or code in MINUTES,
        "percent": round_percent(rate) if rate is not None and not line.get("withheld") else None,
        "out": [(wording.words("left_out", why), count) for why, count in line.get("left_out", {}).items()],
        "is_minutes": isinstance(one, Spread),
    }


def _levels(found: Figures) -> list[dict[str, Any]]:
    codes = [f"level_{level}" for level in (*LEVELS, "unknown")]
    made = parts([(code, found.rates[code].over) for code in codes])
    return [{**one, "name": wording.indicator_name(one["code"])} for one in made]


def _trends(sight: Sight, period: Period, found: Figures | None) -> list[dict[str, Any]]:
    """The year up to the period, as it was sealed or kept; what nobody has counted is a gap."""
    months = [
        (month, found if month == period else _shown(sight, month, settings_of(sight, month))[1])
        for month in months_to(period, MONTHS)
        if month.start <= now()
    ]
    return [
        {
            "name": wording.indicator_name(code),
            "columns": columns([(str(month.first.month), _rate(code, one)) for month, one in months]),
        }
        for code in DRAWN
    ]


def _rate(code: str, found: Figures | None) -> Fraction | None:
    return found.rates[code].rate if found is not None and code not in found.withheld else None


def _is_quick(sight: Sight, period: Period) -> bool:
    return sight.scope.grids is not None or keeping.is_small(period, sight.scope.community_id)


def _waiting(sight: Sight) -> list[Any]:
    if not sight.settles or sight.scope.grids is not None:
        return []
    return list(removing.waiting(sight.scope.community_id))


def _removal(one: Any, sight: Sight) -> dict[str, Any]:
    is_family = one.indicator in (removing.EVERY, *removing.FAMILIES)
    return {
        "id": one.id,
        "number": with_check(one.case_id),
        "path": case_at(one.case_id),
        "indicator": wording.words("families", one.indicator)
        if is_family
        else wording.indicator_name(one.indicator),
        "rule": one.rule,
        "reason": one.reason,
        "by": staff_name(one.by_id),
        "mine": one.by_id == sight.visitor.person_id,
    }


def _to_seal(sight: Sight) -> list[str]:
    """The months of the last half year, since the first case, that are over and not sealed, oldest first."""
    first = began(sight.scope)
    return [
        one.name
        for one in months_to(this_month(now()), 7)[:-1]
        if first is not None and first < one.end and sealing.sealed(one, sight.scope.community_id) is None
    ]
