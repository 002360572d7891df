"""/p/<token>/fees/compare of a desk: what the bill files of WeChat Pay and the books do not both say, and the
month that is to be sealed. Whoever decides for the community settles; supervisors look on."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from flask import Response
from werkzeug.wrappers import Response as AnyResponse

from handlers.pages.case_facts import estates
from handlers.pages.desk import staff_arriving
from handlers.pages.fees.desk_facts import may_decide
from handlers.pages.forms import from_our_own_page, typed, words
from handlers.pages.front import Front, back_to, show
from handlers.pages.links import Done, link_of, once_key, only_once
from handlers.wording.differences import label, to_do
from handlers.wording.sealing import said
from handlers.words import refusal
from models.base.actor import By
from models.base.clock import local, now
from models.base.links import Link
from models.base.refusals import Invalid, NotFound, Refused
from models.duty.overseeing import OVERSEEING
from models.joins.sealing import lacking, next_to_seal, seal_month
from models.pay import differences, given_there
from models.pay.bill_files import Kind
from models.pay.comparing import compared, first_day
from models.pay.given_there import BookAs
from models.pay.tables import Difference
from models.person.arriving import Visitor

SHOWN = 50
DAYS = 28
FIELDS = {"item": 16, "how": differences.MOST_WORDS, "month": 10, "book_as": 8}


def shown(front: Front, token: str, status: int = 200, *, error: str | None = None) -> Response:
    link = link_of(token, "desk")
    with front.database.read():
        visitor = _overseer(link)
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
    return show("fees/compare.html", status, token=token, desk=facts, staff=staff, typed=said_, error=error)


def act(front: Front, token: str, task: str) -> AnyResponse:
    """Settles a difference with words, says what a refund is booked as, agrees to that, or seals a month."""
    from_our_own_page()
    link = link_of(token, "desk")
    if task not in _TASKS:
        raise NotFound("page_not_found")
    form = {name: words(name, limit) for name, limit in FIELDS.items()}
    try:
        done = front.database.write(_done, link, task, form, once_key(str(link.person_id)))
    except NotFound:
        raise
    except Refused as refused:
        return shown(front, token, refused.status, error=refusal(refused))
    return back_to(f"/p/{token}/fees/compare", done.code, **done.facts)


def _done(link: Link, task: str, form: Mapping[str, str], key: str) -> Done:
    visitor = _overseer(link)
    work = _TASKS[task]
    return only_once(key, str(link.person_id), f"compare_{task}", lambda: work(visitor, form))


def _settle(visitor: Visitor, form: Mapping[str, str]) -> Done:
    differences.settle(given_there.held(_number(form)), By.staff(visitor.person_id), form["how"])
    return Done("difference_settled", {})


def _say(visitor: Visitor, form: Mapping[str, str]) -> Done:
    found = given_there.held(_number(form))
    given_there.say(found, form["book_as"], By.staff(visitor.person_id), form["how"])
    return Done("difference_said", {})


def _agree(visitor: Visitor, form: Mapping[str, str]) -> Done:
    found = given_there.held(_number(form))
    given_there.agree(found, By.staff(visitor.person_id), form["book_as"])
    return Done("difference_booked", {})


def _seal(visitor: Visitor, form: Mapping[str, str]) -> Done:
    try:
        month = date.fromisoformat(f"{form['month']}-01")
    except ValueError:
        raise Invalid("period_label", label=form["month"]) from None
    seal_month(_number(form), month, By.staff(visitor.person_id))
    return Done("month_sealed", {})


_TASKS = {"settle": _settle, "say": _say, "agree": _agree, "seal": _seal}


def _number(form: Mapping[str, str]) -> int:
    given = form["item"]
    return int(given) if given.isascii() and given.isdecimal() else 0


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


def _overseer(link: Link) -> Visitor:
    """Raises NotFound for whoever has no post that oversees anything."""
    visitor = staff_arriving(link)
    if OVERSEEING.isdisjoint(visitor.roles):
        raise NotFound("page_not_found")
    return visitor
