"""Figures in words: what an indicator is called, what a group is, what a case counted as.

For pages, commands and files alike.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import select

from handlers.wording.filters import label
from models.base.clock import local
from models.base.orm import session
from models.base.resources import table
from models.base.spreadsheet import Rows, Value
from models.duty.answering import answerer
from models.indicator.asking import Opened
from models.indicator.counting import AnyFigure, Figures
from models.indicator.figures import NOTHING, Composite, Spread, interval, percent
from models.indicator.formulas import MINUTES, RATES, View
from models.indicator.settings import Settings
from models.place.gazetteer import town
from models.place.tables import Grid


def indicator_name(code: str) -> str:
    """A composite that a place made itself has its code for a name."""
    return str(table("labels/indicators.toml").get(code, {"name": code})["name"])


def formula(code: str, settings: Settings) -> str:
    """How it is counted, with the place's settings in it."""
    said = table("labels/indicators.toml").get(code)
    if said is None:
        return " + ".join(
            f"{'1 − ' if is_less else ''}{indicator_name(one)} × {weight}%"
            for one, weight, is_less in settings.composites[code].parts
        )
    values = {name: getattr(settings, name) for name in ("verify_minutes", "check_days", "satisfied_from")}
    return str(said["formula"]).format(**values, fair_weight=settings.fair_weight)


def source(code: str) -> str:
    return str(table("labels/indicators.toml").get(code, {"source": ""})["source"])


def words(part: str, code: str) -> str:
    """A line of labels/indicator_words.toml."""
    return str(table("labels/indicator_words.toml")[part].get(code, code))


def group_names(by: str, keys: Iterable[Any]) -> dict[Any, str]:
    """What each group of a grouping is called."""
    several = list(keys)
    names: Mapping[Any, str] = {}
    if by == "person":
        names = {key: post.name for key in several if key is not None and (post := answerer(key))}
    elif by == "community":
        names = town().communities
    elif by == "estate":
        names = {key: one.name for key, one in town().estates.items()}
    elif by == "grid":
        names = {row.id: row.name for row in session().execute(select(Grid.id, Grid.name))}
    elif by == "category":
        names = {key: label(key, "categories") for key in several}
    return {key: names.get(key, str(key)) if key is not None else words("nobody", by) for key in several}


def figure_line(one: AnyFigure, found: Figures, least: int) -> dict[str, Any]:
    """One figure as commands print it and pages show it: `said` is how people read it, `few` that it says
    little, `low` and `high` its interval in 1/10 000."""
    line: dict[str, Any] = {"indicator": one.code, "name": indicator_name(one.code)}
    if one.code in found.withheld:
        return {**line, "said": words("counted", "secret"), "withheld": True}
    if isinstance(one, Spread):
        said = NOTHING if one.median is None else f"{one.median} / {one.p90}"
        return {**line, "said": said, "cases": one.cases, "median": one.median, "p90": one.p90}
    if isinstance(one, Composite):
        return {**line, "said": percent(one.rate) if one.rate is not None else NOTHING}
    low, high = interval(one.over, one.under) or (None, None) if one.scale == 1 else (None, None)
    return {
        **line,
        "said": one.written(),
        "over": one.over,
        "under": one.under,
        **({"scale": one.scale} if one.scale != 1 else {}),
        "low": low,
        "high": high,
        "few": 0 < one.under < least,
        "left_out": dict(found.left_out.get(one.code, {})),
    }


def figure_lines(found: Figures, least: int) -> Iterator[dict[str, Any]]:
    for one in found.every:
        yield figure_line(one, found, least)


def counted_as(code: str, one: Opened) -> str:
    """What a case counted as in a figure."""
    if one.minutes is not None:
        return str(one.minutes)
    if one.why is not None:
        return words("left_out", one.why)
    if one.under is None or one.over is None:
        return words("counted", "secret")
    if one.under == 1 and one.over in (0, 1):
        said = ("yes", "no") if not RATES[code].less_is_better else ("is", "is_not")
        return words("counted", said[not one.over])
    return f"{one.over}/{one.under}"


def group_lines(found: Mapping[Any, Figures], by: str | None, least: int) -> Iterator[dict[str, Any]]:
    """A line for each group and indicator; `group` is its name, `key` its id."""
    names = group_names(by, found) if by else {}
    for key, one in found.items():
        for line in figure_lines(one, least):
            yield {"by": by, "key": key, "group": names.get(key), **line}


def indicator_sheets(
    period: str,
    place: str | None,
    view: View,
    lines: Iterable[dict[str, Any]],
    opened: Iterable[tuple[str, Opened]],
) -> list[tuple[str, Rows]]:
    """Figures by group, what each opens to, and how they were counted. `place`: its name, or None for all."""
    heads = table("labels/indicator_words.toml")["sheets"]

    def figures() -> Iterator[list[Value]]:
        yield heads["figure_headings"]
        for line in lines:
            out = "；".join(f"{words('left_out', why)} {n}" for why, n in line.get("left_out", {}).items())
            values: list[Value] = [line.get("over"), line.get("under", line.get("cases"))]
            group = line["group"] or heads["whole"]
            yield [
                group,
                line["name"],
                line["said"],
                *values,
                _percent(line, "low"),
                _percent(line, "high"),
                out,
            ]

    def cases() -> Iterator[list[Value]]:
        yield heads["case_headings"]
        for code, one in opened:
            yield [indicator_name(code), one.number, counted_as(code, one)]

    def about() -> Iterator[list[Value]]:
        kept = view.settings
        yield [heads["period"], period, None]
        yield [heads["place"], place or heads["town"], None]
        yield [heads["until"], local(view.cut).strftime("%Y-%m-%d %H:%M"), None]
        yield [heads["formulas"], kept.version, None]
        for one in ("due", "cut", "dash", "few"):
            yield [words("help", one).format(least=kept.least), None, None]
        for code in (*codes(), *kept.composites):
            yield [indicator_name(code), formula(code, kept), source(code)]

    return [(heads["figures"], figures()), (heads["cases"], cases()), (heads["about"], about())]


def _percent(line: Mapping[str, Any], name: str) -> str | None:
    value = line.get(name)
    return None if value is None else f"{value // 100}.{value % 100:02}%"


def codes() -> list[str]:
    """All that has cases, in the order in which it is shown."""
    return [*RATES, *MINUTES]
