"""/console/figures: what is in hand now, how old it is, what came when, what people say; each part of a
drawing opens to its cases."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import Response

from handlers.drawing.bars import stacked
from handlers.drawing.whisker import whisker
from handlers.pages.access import Access
from handlers.pages.chain.indicator_sight import Sight, sight_of
from handlers.pages.front import Front, show
from handlers.wording.indicators import figure_line
from models.base.clock import local, now
from models.case.lifecycle import State
from models.case.list_counts import Age, Cell, ages, open_cases, reported
from models.case.listing_terms import Filters
from models.duty.ladder import rungs
from models.indicator import keeping, received
from models.indicator.asking import view_of
from models.indicator.period import Period, months_to, this_month

STATES = (State.COLLECTED, State.FILED, State.DISPATCHED, State.HANDLING, State.FINISHED)
AFTER = (State.CLOSED, State.RATED, State.VOID)
RATES = ("response_rate", "solution_rate", "content_rate", "closing_rate")
MONTHS, CATEGORIES = 12, 8

Link = Callable[..., str]


def shown(front: Front, access: Access) -> Response:
    with front.database.read():
        page = facts(sight_of(access), access)
    return show("figures/cases.html", access=access, page=page)


def facts(sight: Sight, access: Access) -> dict[str, Any]:
    here = Filters(community_id=sight.scope.community_id)
    opens = _linking(access, sight.scope.community_id)
    of = ages()
    cells = open_cases(sight.visitor, here, of)
    today = local(now()).date()
    month = months_to(this_month(now()), 2)[0]
    return {
        "place": sight.place,
        "own_grids": sight.scope.grids is not None,
        "communities": list(sight.communities.items()) if len(sight.communities) > 1 else [],
        "community": sight.scope.community_id,
        "at": now(),
        "open": sum(cell.cases for cell in cells),
        "late": sum(cell.cases for cell in cells if cell.is_late),
        "opens_open": opens(state="open"),
        "opens_late": opens(overdue="1"),
        "states": _by_state(cells, opens),
        "rungs": _by_rung(cells, opens, rungs(sight.scope.community_id)),
        "ages": _by_age(cells, of, opens),
        "today": _today(sight, here, opens, today),
        "rates": _rates(sight, access, month),
        "month": month,
        "seasons": _seasons(sight, opens),
    }


def _linking(access: Access, community_id: int | None) -> Link:
    """Addresses of the list: the filters by which the part was counted."""

    def opens(**filters: str) -> str:
        said = {"community": str(community_id) if community_id is not None else "", **filters}
        return f"{access.base}/cases?{urlencode({name: one for name, one in said.items() if one})}"

    return opens


def _by_state(cells: Sequence[Cell], opens: Link) -> list[dict[str, Any]]:
    """Of each state what is in time and what is late."""
    found = [_in_time_and_late(cell for cell in cells if cell.state == state) for state in STATES]
    rows = [
        {
            "label": state,
            "count": sum(counts),
            "late": counts[1],
            "opens": opens(state=state),
            "opens_late": opens(state=state, overdue="1"),
        }
        for state, counts in zip(STATES, found, strict=True)
    ]
    return _drawn(rows, found)


def _by_rung(cells: Sequence[Cell], opens: Link, names: Sequence[str]) -> list[dict[str, Any]]:
    """How many have climbed at least so far: as the list reads it."""
    counts = [sum(cell.cases for cell in cells if cell.rung >= rung) for rung in range(1, len(names))]
    rows = [
        {"label": name, "count": count, "opens": opens(state="open", rung=str(rung))}
        for rung, (name, count) in enumerate(zip(names[1:], counts, strict=True), 1)
    ]
    return _drawn(rows, [[count] for count in counts])


def _by_age(cells: Sequence[Cell], of: Sequence[Age], opens: Link) -> list[dict[str, Any]]:
    found = [_in_time_and_late(cell for cell in cells if cell.age == place) for place in range(len(of))]
    rows = [
        {
            "days": one.days,
            "count": sum(counts),
            "late": counts[1],
            "opens": opens(state="open", **_days(one.since, one.until)),
            "opens_late": opens(overdue="1", **_days(one.since, one.until)),
        }
        for one, counts in zip(of, found, strict=True)
    ]
    return _drawn(rows, found)


def _today(sight: Sight, here: Filters, opens: Link, today: date) -> dict[str, Any]:
    """What came today, by how far it is."""
    filters = Filters(community_id=here.community_id, since=today, until=today)
    counts = reported(sight.visitor, filters)
    days = _days(today, today)
    found = [state for state in (*STATES, *AFTER) if counts.get(state)]
    rows = [{"label": state, "count": counts[state], "opens": opens(state=state, **days)} for state in found]
    total = sum(counts.values())
    return {
        "count": total,
        "opens": opens(**days),
        "rows": _drawn(rows, [[counts[state]] for state in found]),
    }


def _rates(sight: Sight, access: Access, month: Period) -> list[dict[str, Any]]:
    """Of the month before this one, which is whole, with what each may be; those of a holder's own grids
    stand with the figures."""
    if sight.scope.grids is not None:
        return []
    kept = keeping.shown(month, sight.scope.community_id)
    if kept is None:
        return []
    figures = kept.whole
    least = view_of(month, sight.scope, now()).settings.least
    found = []
    for code in RATES:
        line = figure_line(figures.rates[code], figures, least)
        rate = figures.rates[code].rate
        found.append(
            {
                **line,
                "whisker": whisker(rate, line["low"], line["high"]),
                "opens": f"{access.base}/indicators/open/{code}?period={month.name}{sight.query}",
            }
        )
    return found


def _seasons(sight: Sight, opens: Link) -> dict[str, Any] | None:
    """The year up to now: of the most reported categories how many came in each season. None for a holder,
    and where nobody has counted."""
    if sight.scope.grids is not None:
        return None
    months = [one for one in months_to(this_month(now()), MONTHS) if one.start <= now()]
    known = received.by_category(months, sight.scope.community_id)
    if not any(known):
        return None
    seasons = _in_seasons(months)
    sums: dict[str, list[int]] = {}
    for place, (_, _, members) in enumerate(seasons):
        for member in members:
            for category, count in (known[member] or {}).items():
                sums.setdefault(category, [0] * len(seasons))[place] += count
    most = sorted(sums, key=lambda one: (-sum(sums[one]), one))[:CATEGORIES]
    lengths = stacked([sums[one] for one in most])
    rows = []
    for category, parts in zip(most, lengths, strict=True):
        row = [
            {
                "season": season,
                "count": count,
                "x": x,
                "wide": wide,
                "fill": fill,
                "opens": opens(category=category, **days) if category else None,
            }
            for fill, ((season, days, _), (x, wide), count) in enumerate(
                zip(seasons, parts, sums[category], strict=True)
            )
        ]
        rows.append({"label": category or "none", "count": sum(sums[category]), "parts": row})
    missing = [months[place].name for place, one in enumerate(known) if one is None]
    return {"rows": rows, "seasons": [season for season, _, _ in seasons], "missing": missing}


def _in_seasons(months: Sequence[Period]) -> list[tuple[str, dict[str, str], list[int]]]:
    """(Season of labels/seasons.toml with its year, its days among the months, their places), oldest first.
    Spring begins with March, as weather services count; a winter is named by the year in which it ends."""
    found: list[tuple[str, dict[str, str], list[int]]] = []
    for place, month in enumerate(months):
        code = ("winter", "spring", "summer", "autumn")[month.first.month % 12 // 3]
        year = month.first.year + (month.first.month == 12)
        name = f"{code}-{year}"
        if not found or found[-1][0] != name:
            found.append((name, _days(month.first, month.last), [place]))
        else:
            found[-1][1]["until"] = month.last.isoformat()
            found[-1][2].append(place)
    return found


def _drawn(rows: list[dict[str, Any]], counts: Sequence[Sequence[int]]) -> list[dict[str, Any]]:
    lengths = stacked(counts)
    for row, parts in zip(rows, lengths, strict=True):
        row["parts"] = [{"x": x, "wide": wide, "fill": fill} for fill, (x, wide) in enumerate(parts)]
    return rows


def _in_time_and_late(cells: Iterable[Cell]) -> tuple[int, int]:
    several = list(cells)
    late = sum(cell.cases for cell in several if cell.is_late)
    return sum(cell.cases for cell in several) - late, late


def _days(since: date | None, until: date | None) -> dict[str, str]:
    return {name: day.isoformat() for name, day in (("since", since), ("until", until)) if day is not None}
