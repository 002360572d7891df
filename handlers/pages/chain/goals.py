"""/console/goals: the tasks of a community, how far each is, and the boards as they were shown."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

from handlers.pages.access import Access
from handlers.pages.chain.acting import acted, excel, once_more
from handlers.pages.chain.sight import staff_of_link
from handlers.pages.chain.stars import place_of
from handlers.pages.forms import words
from handlers.pages.front import Front, show
from handlers.pages.links import Done
from handlers.wording.indicators import formula, indicator_name
from handlers.words import labels
from models.appraisal import goals
from models.appraisal.goals import Target
from models.appraisal.measuring import MEASURES, is_rate, may_be_of
from models.base.actor import By
from models.base.clock import local, now
from models.base.refusals import Invalid, NotFound, Refused
from models.base.resources import table
from models.base.spreadsheet import Value
from models.duty.overseeing import OVERSEEING, speaks_for
from models.indicator import keeping
from models.indicator.asking import Scope, view_of
from models.indicator.figures import Figure
from models.indicator.formulas import RATES
from models.indicator.period import named
from models.person.arriving import Visitor
from models.person.colleagues import called
from models.place.gazetteer import town

PAGE = "goals"


def shown(
    front: Front, access: Access, status: int = 200, *, error: str | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:  # fmt: skip
    with front.database.read():
        facts = overview(_sight(access))
    return show("chain/goals.html", status, access=access, page=facts, error=error, typed=typed or {})


def waiting(visitor: Visitor) -> int | None:
    """None for who oversees nothing and has no goal."""
    is_there = not OVERSEEING.isdisjoint(visitor.roles) or goals.of_person(visitor.person_id)
    return 0 if is_there else None


def act(front: Front, access: Access, verb: str) -> AnyResponse:
    """Sets a goal, withdraws one, or shows the board of today."""
    verbs = {"set": _set, "withdraw": _withdraw, "show": _show}
    if verb not in verbs:
        raise NotFound("page_not_found")

    again = once_more(shown, front, access)
    try:
        with front.database.read():
            work = verbs[verb](_sight(access))
    except NotFound:
        raise
    except Refused as refused:
        return again(refused)
    return acted(front, access, PAGE, f"goals_{verb}", work, again)


def as_excel(front: Front, access: Access) -> Response:
    """A board as it was shown."""
    with front.database.read():
        visitor = _sight(access)
        row = _chosen(visitor)
        if row is None:
            raise NotFound("page_not_found")
        heads = labels("appraisal_sheets")
        lines: list[list[Value]] = [
            heads["goal_headings"],
            *(_row(line, row.community_id) for line in row.lines["goals"] if _is_theirs(line, visitor)),
        ]
        return excel(front, access, f"{heads['goals']} {row.shown_on}", [(heads["goals"], lines)])


def overview(visitor: Visitor) -> dict[str, Any]:
    """For templates/pages/chain/goals.html."""
    place, row = place_of(visitor), _chosen(visitor)
    overseeing = not OVERSEEING.isdisjoint(visitor.roles)
    several = goals.running(place) if overseeing else goals.of_person(visitor.person_id)
    quick = all(keeping.is_small(named(one.period), place) for one in several)
    stand = [goals.as_json(line) for line in goals.stand(several)] if quick else []
    lines = row.lines["goals"] if row is not None else []
    return {
        "name": visitor.staff_name,
        "place": town().communities.get(place) if place is not None else None,
        "communities": list(town().communities.items()) if visitor.community_id is None else [],
        "community": place,
        "deciding": speaks_for(visitor.person_id, place),
        "now": [_line(one, place) for one in stand],
        "waits": [] if quick else [one.title for one in several],
        "board": row.shown_on if row is not None else None,
        "formulas": row.formulas if row is not None else None,
        "shown": [_line(one, place) for one in lines if _is_theirs(one, visitor)],
        "credits": row.lines["credits"] if row is not None and overseeing else {},
        "boards": [one.shown_on for one in goals.boards(place)],
        "shown_today": goals.shown_on(place, local(now()).date()) is not None,
        "grids": [name for _, name in goals.grids_of(place)],
        "measures": [(code, _name(code)) for code in (*RATES, *MEASURES) if may_be_of(code)],
        "year": local(now()).year,
    }


def _set(visitor: Visitor) -> Any:
    place = place_of(visitor)
    measure, grid, cadre = words("measure", 40), words("grid", 60), words("cadre", 30)
    if not may_be_of(measure):
        raise Invalid("goal")
    number = _number(words("target", 12))
    per_10000, count = (int(number * 100), None) if is_rate(measure) else (None, int(number))
    grids = {name: key for key, name in goals.grids_of(place)}
    people = called(cadre, place) if cadre else []
    if (grid and grid not in grids) or (cadre and len(people) != 1):
        raise Invalid("goal")
    target = Target(
        words("title", goals.TITLE),
        measure,
        words("period", 10),
        per_10000,
        count,
        grids[grid] if grid else None,
        people[0].person_id if people else None,
    )

    def work(visitor: Visitor) -> Done:
        goals.set_goal(target, place, By.staff(visitor.person_id))
        return Done("goal_set", {"title": target.title})

    return work


def _withdraw(visitor: Visitor) -> Any:
    said = words("item", 12)

    def work(visitor: Visitor) -> Done:
        goals.withdraw_goal(int(said) if said.isdecimal() else 0, By.staff(visitor.person_id))
        return Done("goal_withdrawn", {})

    return work


def _show(visitor: Visitor) -> Any:
    """Counted before the transaction that writes it, because that takes long."""
    place = place_of(visitor)
    goals.may_freeze(place, By.staff(visitor.person_id))
    lines = goals.stand(goals.running(place))

    def work(visitor: Visitor) -> Done:
        _, is_new = goals.freeze(place, By.staff(visitor.person_id), lines)
        return Done("board_shown" if is_new else "board_shown_before", {})

    return work


def _sight(access: Access) -> Visitor:
    visitor = staff_of_link(access)
    if waiting(visitor) is None:
        raise NotFound("page_not_found")
    return visitor


def _chosen(visitor: Visitor) -> Any:
    known = goals.boards(place_of(visitor))
    said = request.args.get("board", "")
    return next((one for one in known if one.shown_on.isoformat() == said), next(iter(known), None))


def _is_theirs(line: Mapping[str, Any], visitor: Visitor) -> bool:
    """Who oversees nothing sees the own lines alone."""
    return not OVERSEEING.isdisjoint(visitor.roles) or line["person"] == visitor.person_id


def _line(one: Mapping[str, Any], place: int | None) -> dict[str, Any]:
    """With words: how far, of what, as a length out of 1000."""
    if one["under"] is None:
        said, aim = str(one["over"]), str(one["target_count"])
        length = min(1000, 1000 * one["over"] // one["target_count"])
    else:
        figure = Figure(one["measure"], one["over"], one["under"], one["scale"])
        said, aim = figure.written(), f"{one['target_per_10000'] / 100:g}%"
        length = round(1000 * figure.rate) if figure.rate is not None else 0
    return {**one, "name": _name(one["measure"]), "source": _source(one, place), "said": said, "aim": aim,
            "length": length, "aim_at": (one["target_per_10000"] or 0) // 10 if one["under"] is not None
            else 1000}  # fmt: skip


def _row(one: Mapping[str, Any], place: int | None) -> list[Value]:
    line, heads = _line(one, place), labels("appraisal_sheets")
    how = heads["not_counted"] if one["reached"] is None else heads["yes" if one["reached"] else "no"]
    about = [one["title"], line["name"], line["source"], one["period"], one["grid"], one["cadre"]]
    return [*about, line["aim"], line["said"], how]


def _name(code: str) -> str:
    return indicator_name(code) if code in RATES else str(table("labels/measures.toml")[code]["name"])


def _source(one: Mapping[str, Any], place: int | None) -> str:
    """A rate by its formula, with the numbers of the place and period."""
    code = one["measure"]
    if code in RATES:
        return formula(code, view_of(named(one["period"]), Scope(place), now()).settings)
    return str(table("labels/measures.toml")[code]["source"])


def _number(said: str) -> Decimal:
    try:
        number = Decimal(said.strip().rstrip("%％"))
    except InvalidOperation:
        raise Invalid("goal") from None
    if not number.is_finite() or not 0 <= number <= goals.MOST:
        raise Invalid("goal")
    return number
