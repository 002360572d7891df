"""What the pages of a board show, from what the board says."""

from collections.abc import Iterator, Sequence
from typing import Any

from handlers.drawing.whisker import whisker
from handlers.pages.books.address import path_of
from handlers.wording.filters import link
from handlers.wording.indicators import figure_line, formula
from models.board.board import Board, Rated
from models.board.people import EstateKept
from models.indicator.figures import Spread

RATES = ("response_rate", "solution_rate", "content_rate")
MINUTES = ("minutes_to_answer", "minutes_to_mend")
LINES = 7  # of a screen: what one reads from five metres before it turns
OF_ONE = 3  # screens of one thing, so that a long list does not hide all the rest


def board_path(board: Board) -> str:
    """The short address: the same whatever the community is called later."""
    return f"/board/{board.where.id}"


def facts(board: Board) -> dict[str, Any]:
    return {
        "board": board,
        "said": None,
        "console": None,
        "error": None,
        "base": board_path(board),
        "address": link(board_path(board)),
        "rates": _rates(board),
        "minutes": _minutes(board),
        "books": [(one, path_of(one.estate_id)) for one in board.books],
        "estates": [(one, ranges(one)) for one in board.estates],
    }


def _rates(board: Board) -> list[dict[str, Any]]:
    """The three rates of the month before this one, whole; those of which too few were asked say nothing."""
    month = board.last_month
    if month is None:
        return []
    found = []
    for code in RATES:
        one = month.figures.rates[code]
        line = figure_line(one, month.figures, month.least)
        few = one.under < month.least
        found.append(
            {
                "name": line["name"],
                "formula": formula(code, month.settings),
                "few": few,
                "said": line["said"],
                "under": one.under,
                "whisker": None if few else whisker(one.rate, line.get("low"), line.get("high")),
            }
        )
    return found


def _minutes(board: Board) -> list[dict[str, Any]]:
    """How long it took: of the running month where enough was mended in it, else of the one before."""
    for month in (board.running, board.last_month):
        found = list(_spreads(month)) if month is not None else []
        if found and month is not None:
            return [{**one, "period": month.period} for one in found]
    return []


def _spreads(month: Rated) -> Iterator[dict[str, Any]]:
    known = {one.code: one for one in month.figures.every}
    for code in MINUTES:
        one = known.get(code)
        if isinstance(one, Spread) and one.median is not None and one.cases >= month.least:
            line = figure_line(one, month.figures, month.least)
            yield {
                "code": code,
                "name": line["name"],
                "median": one.median,
                "p90": one.p90,
                "cases": one.cases,
            }


def ranges(estate: EstateKept) -> list[tuple[list[str], Sequence[Any]]]:
    """([1–3, 5, 7], who answers) of an estate."""
    return [(list(_runs(one.buildings)), one.people) for one in estate.groups]


def _runs(names: Sequence[str]) -> Iterator[str]:
    """Three numbers and more that follow one another are written as from–to. Pure."""
    run: list[str] = []
    for name in names:
        if run and name.isdecimal() and run[-1].isdecimal() and int(name) == int(run[-1]) + 1:
            run.append(name)
            continue
        yield from _written(run)
        run = [name]
    yield from _written(run)


def _written(run: Sequence[str]) -> Sequence[str]:
    return [f"{run[0]}–{run[-1]}"] if len(run) > 2 else run


def screens(board: Board) -> list[dict[str, Any]]:
    """What the screen in the lobby shows one after the other: (kind, what)."""
    known = facts(board)
    found: list[dict[str, Any]] = [{"kind": "counts"}]
    if any(not one["few"] for one in known["rates"]):
        found.append({"kind": "rates"})
    found += _several("waiting", board.waiting)
    found += _several("mended", board.mended)
    found += [{"kind": "pictures", "one": one} for one in board.pictured[:4] if one.before]
    for estate, groups in known["estates"]:
        found += _several("who", groups, estate=estate)
    found += _several("books", known["books"])
    found += [{"kind": "notice", "one": one} for one in board.notices[:OF_ONE]]
    found += _several("problems", board.problems)
    if board.stars is not None:
        found.append({"kind": "stars"})
    return found


def _several(kind: str, lines: Sequence[Any], **more: Any) -> list[dict[str, Any]]:
    starts = range(0, len(lines), LINES)
    return [{"kind": kind, "lines": lines[start : start + LINES], **more} for start in starts][:OF_ONE]
