"""/console/fees/compare: what the bill files of WeChat Pay and the books do not both say, and the
month that is to be sealed. Whoever decides for the community settles; supervisors look on."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from flask import Response

from handlers.pages.access import Access
from handlers.pages.case_facts import estates
from handlers.pages.fees.desk_facts import may_decide
from handlers.pages.fees.desk_forms import Page, Task, overseer
from handlers.pages.forms import typed
from handlers.pages.front import Front, show
from handlers.pages.links import Done, link_of
from handlers.wording.differences import label, to_do
from handlers.wording.sealing import said
from models.base.clock import local, now
from models.joins.sealing import lacking, next_to_seal, seal_month
from models.pay import differences, given_there
from models.pay.bill_files import Kind
from models.pay.comparing import compared, first_day
from models.pay.given_there import BookAs
from models.pay.tables import Difference

SHOWN = 50
DAYS = 28
FIELDS = {"item": 16, "how": differences.MOST_WORDS, "month": 10, "book_as": 8}


def shown(front: Front, access: Access, status: int = 200, *, error: str | None = None) -> Response:
    link = link_of(access, "desk")
    with front.database.read():
        visitor = overseer(link)
        theirs = estates(visitor)
        keys = [one["id"] for one in theirs]
        found = differences.unsettled(differences.of_estates(keys), limit=SHOWN)
        open_ones = [_facts(one, estate, visitor.person_id) for one, estate in found]
        facts = {
            "staff": visitor.staff_name,
            "deciding": may_decide(visitor),
            "open": open_ones,
            "ways": [one.value for one in BookAs],
            "count": differences.count_open(keys),
            "days": _days(),
            "months": [month for one in theirs if (month := _month(one)) is not None],
        }
    said_ = typed() if status != 200 else {}
    staff = facts["staff"]
    return show("fees/compare.html", status, access=access, desk=facts, staff=staff, typed=said_, error=error)


def _settle(task: Task) -> Done:
    differences.settle(given_there.held(task.number("item")), task.by, task.form["how"])
    return Done("difference_settled", {})


def _say(task: Task) -> Done:
    found = given_there.held(task.number("item"))
    given_there.say(found, task.form["book_as"], task.by, task.form["how"])
    return Done("difference_said", {})


def _agree(task: Task) -> Done:
    found = given_there.held(task.number("item"))
    given_there.agree(found, task.by, task.form["book_as"])
    return Done("difference_booked", {})


def _seal(task: Task) -> Done:
    seal_month(task.number("item"), task.month("month"), task.by)
    return Done("month_sealed", {})


TASKS: Mapping[str, Callable[[Task], Done]] = {"settle": _settle, "say": _say, "agree": _agree, "seal": _seal}


def _facts(one: Difference, estate: str | None, me: int | None) -> dict[str, Any]:
    return {
        "id": one.id,
        "day": one.day,
        "what": label(one.what),
        "do": to_do(one.what),
        "about": one.number,
        "estate": estate,
        "ours": one.ours_fen,
        "theirs": one.theirs_fen,
        "books": differences.has_to_be_booked(one),
        "book_as": one.book_as,
        "how": one.how,
        "agrees": given_there.may_agree(one, me),
    }


def _days() -> list[dict[str, Any]]:
    """The last days that ended: whether both files, one or none was compared; nothing before there was
    anything to compare."""
    began = first_day()
    if began is None:
        return []
    last = local(now()).date() - timedelta(days=1)
    first = max(began, last - timedelta(days=DAYS - 1))
    have = [compared(kind, first, last) for kind in Kind]
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [{"day": day, "files": sum(day in one for one in have)} for day in days]


def _month(estate: Mapping[str, Any]) -> dict[str, Any] | None:
    """The month of an estate that comes next, and what it lacks as far as that is quickly known."""
    month = next_to_seal(estate["id"])
    if month is None:
        return None
    lacks = [said(one) for one in lacking(estate["id"], month, proving=False)]
    return {"estate": estate["name"], "item": estate["id"], "month": month, "lacks": lacks}


PAGE = Page("compare", "/compare", FIELDS, TASKS, shown)
