"""/console/fees/exits: a firm leaves an estate, step by step, and what homes are to have back
(row 49). Pays nothing out: that is done per home, where it was paid."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import Response, request
from sqlalchemy import select

from handlers.pages.access import Access
from handlers.pages.case_facts import estates
from handlers.pages.fees.desk_facts import may_decide
from handlers.pages.fees.desk_forms import Page, Task, overseer
from handlers.pages.fees.looking import list_looked_at
from handlers.pages.forms import typed
from handlers.pages.front import Front, show
from handlers.pages.links import Done, link_of
from models.base.clock import local, now
from models.base.orm import session
from models.base.refusals import NotFound
from models.contract.tables import Exit
from models.fee import exiting, own
from models.fee.exiting import Back
from models.person.arriving import Visitor

FIELDS = {
    "item": 20, "estate": 20, "firm": 61, "told_on": 10, "leaves_on": 10, "things": 1000,
    "emergency_since": 10, "followed_on": 10,
}  # fmt: skip
SHOWN = 10  # exits, the latest
HOMES = 50  # of one of them, those with the most


def shown(front: Front, access: Access, status: int = 200, *, error: str | None = None) -> Response:
    link = link_of(access, "desk")
    with front.database.read():
        visitor = overseer(link)
        facts = _facts(visitor)
    homes = [home["id"] for one in facts["exits"] for home in one["homes"]]
    list_looked_at(front, visitor, households=homes)
    said = typed() if request.method == "POST" else {}
    return show("fees/exits.html", status, access=access, desk=facts, typed=said, error=error)


def _facts(visitor: Visitor) -> dict[str, Any]:
    """For templates/pages/fees/exits.html."""
    theirs = estates(visitor)
    names = {one["id"]: one["name"] for one in theirs}
    query = select(Exit).where(Exit.estate_id.in_(names)).order_by(Exit.id.desc()).limit(SHOWN)
    return {
        "name": visitor.staff_name,
        "deciding": may_decide(visitor),
        "estates": theirs,
        "today": local(now()).date(),
        "exits": [_exit(one, names[one.estate_id]) for one in session().scalars(query)],
    }


def _exit(left: Exit, estate: str) -> dict[str, Any]:
    owed = exiting.back(left.estate_id, left.leaves_on)
    whole = sum(one.fen for one in owed)
    return {
        "id": left.id,
        "estate": estate,
        "firm": left.firm,
        "told_on": left.told_on,
        "leaves_on": left.leaves_on,
        "things": left.handed_over,
        "emergency_since": left.emergency_since,
        "followed_on": left.followed_on,
        "without": exiting.days_without(left),
        "fen": whole,
        "count": len(owed),
        "parts": _parts(owed, whole),
        "homes": _homes(sorted(owed, key=lambda one: -one.fen)[:HOMES]),
    }


def _parts(owed: list[Back], whole: int) -> list[dict[str, Any]]:
    """What it is made of; `begins` and `share` per mille, for a drawing."""
    parts, begins = [], 0
    for name in ("unserved", "kept", "owed"):
        fen = sum(getattr(one, name) for one in owed)
        share = 1000 * fen // whole if whole else 0
        parts.append({"code": name, "fen": fen, "begins": begins, "share": share})
        begins += share
    return parts


def _homes(several: Sequence[Back]) -> list[dict[str, Any]]:
    at = own.dwellings([one.household_id for one in several])
    return [
        {"id": one.household_id, "place": at[one.household_id].place(), "fen": one.fen} for one in several
    ]


def tell(task: Task) -> Done:
    """A firm says that it leaves."""
    estate = task.estate(task.number("estate"))
    exiting.tell(estate, task.form["firm"], task.day("told_on"), task.day("leaves_on"), task.by)
    return Done("exit_told", {})


def hand_over(task: Task) -> Done:
    """What was handed over, a line each."""
    exiting.hand_over(_exit_of(task), task.form["things"].splitlines())
    return Done("exit_handed", {})


def follow(task: Task) -> Done:
    """Since when there is an emergency service, and who came after."""
    days = {name: task.day(name) for name in ("emergency_since", "followed_on") if task.form[name]}
    exiting.followed(_exit_of(task), emergency_since=days.get("emergency_since"), on=days.get("followed_on"))
    return Done("exit_followed", {})


def _exit_of(task: Task) -> Exit:
    left = session().get(Exit, task.number("item"))
    if left is None:
        raise NotFound("exit_not_found")
    task.estate(left.estate_id)
    return exiting.held(left.id)


TASKS: Mapping[str, Callable[[Task], Done]] = {"tell": tell, "hand_over": hand_over, "follow": follow}
PAGE = Page("exits", "/exits", FIELDS, TASKS, shown)
