"""/console/fees/standards: what the fee buys, in versions, and how homes find it (row 43)."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from flask import Response, request

from handlers.pages.access import Access
from handlers.pages.case_facts import estates
from handlers.pages.fees.desk_facts import may_decide
from handlers.pages.fees.desk_forms import Page, Task, overseer
from handlers.pages.forms import typed
from handlers.pages.front import Front, show
from handlers.pages.links import Done, link_of
from models.base.clock import local, now
from models.base.months import month_of, month_on
from models.base.orm import session
from models.base.refusals import Invalid, NotFound
from models.contract import standards
from models.contract.standards import Line
from models.contract.tables import Standard
from models.person.arriving import Visitor

MORE = 4  # empty lines of the form
ROWS = range(standards.MOST_LINES)
FIELDS = {
    "estate": 20, "since": 7, "ground": 100, "standard": 20, "line": standards.CODE, "stars": 2,
    **{f"code{row}": standards.CODE for row in ROWS},
    **{f"text{row}": standards.TEXT + 1 for row in ROWS},
    **{f"weight{row}": 6 for row in ROWS},
}  # fmt: skip


def shown(front: Front, access: Access, status: int = 200, *, error: str | None = None) -> Response:
    """Of the chosen estate, otherwise of the first."""
    link = link_of(access, "desk")
    with front.database.read():
        facts = _facts(overseer(link), request.values.get("estate", ""))
    said = typed() if request.method == "POST" else {}
    return show("fees/standards.html", status, access=access, desk=facts, typed=said, error=error)


def _facts(visitor: Visitor, wanted: str) -> dict[str, Any]:
    """For templates/pages/fees/standards.html."""
    theirs = estates(visitor)
    keys = [str(one["id"]) for one in theirs]
    chosen = int(wanted if wanted in keys else keys[0]) if keys else 0
    today = local(now()).date()
    known = standards.versions(chosen)
    holding = next((one for one in reversed(known) if one.since <= today), None)
    latest = known[-1] if known else None
    before = [one for one in known if holding is not None and one.since < holding.since]
    return {
        "name": visitor.staff_name,
        "deciding": may_decide(visitor),
        "estates": theirs,
        "chosen": chosen,
        "holding": _version(holding) if holding is not None else None,
        "coming": [_version(one) for one in known if one.since > today],
        "before": [_version(one) for one in reversed(before)],
        "draft": [one._asdict() for one in standards.lines_of(latest)] if latest is not None else [],
        "rows": min(len(latest.lines if latest is not None else ()) + MORE, standards.MOST_LINES),
        "next": month_on(month_of(today), 1),
    }


def _version(standard: Standard) -> dict[str, Any]:
    lines, found = standards.lines_of(standard), standards.ratings(standard.id)
    whole = sum(one.weight for one in lines)
    return {
        "id": standard.id,
        "since": standard.since,
        "ground": standard.ground,
        "lines": [
            {**one._asdict(), "share": 1000 * one.weight // whole, "found": found.get(one.code)}
            for one in lines
        ],
    }


def enter(task: Task) -> Done:
    """The version that holds from a month on; a line without words is left out."""
    estate = task.estate(task.number("estate"))
    since = task.month("since")
    standards.set_standard(estate, since, list(_lines(task, estate)), task.form["ground"], task.by)
    return Done("standard_set", _back(estate))


def rate(task: Task) -> Done:
    """How a home that came to the desk finds a line; its last word counts."""
    home = task.home_at_its_door()
    standard = session().get(Standard, task.number("standard"))
    if standard is None or standard.estate_id != home.estate_id:
        raise NotFound("standard_not_found")
    standards.rate(standard.id, task.form["line"], home.id, task.number("stars"))
    return Done("standard_rated_for", _back(home.estate_id))


def _back(estate: int) -> dict[str, Any]:
    return {"path": f"/standards?estate={estate}"}


def _lines(task: Task, estate: int) -> Iterator[Line]:
    """A line keeps its code from version to version, so that homes read what has changed; a new one has one
    that no version had. Raises Invalid."""
    had = {one.code for version in standards.versions(estate) for one in standards.lines_of(version)}
    fresh = (code for number in range(1, 10_000) if (code := f"line{number}") not in had)
    for row in ROWS:
        code, text, weight = (task.form[f"{name}{row}"] for name in ("code", "text", "weight"))
        if not text:
            continue
        if not (weight.isascii() and weight.isdecimal()):
            raise Invalid("standard_weight")
        yield Line(code if code in had else next(fresh), text, int(weight))


TASKS: Mapping[str, Callable[[Task], Done]] = {"enter": enter, "rate": rate}
PAGE = Page("standards", "/standards", FIELDS, TASKS, shown)
