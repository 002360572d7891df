"""/console/indicators: the figures of my place now and by month, drawn; each opens to its cases."""

from collections.abc import Callable

from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

from handlers.pages.access import Access
from handlers.pages.chain import indicator_facts as facts
from handlers.pages.chain import indicator_lists as lists
from handlers.pages.chain.acting import acted, excel
from handlers.pages.chain.indicator_frame import period_said
from handlers.pages.chain.indicator_sight import sees_figures, sight_of
from handlers.pages.forms import words
from handlers.pages.front import Front, show
from handlers.pages.links import Done
from handlers.words import refusal
from models.base.actor import By
from models.base.refusals import NotFound, Refused
from models.case import reach
from models.duty.overseeing import DECIDING
from models.indicator import removing, sealing
from models.indicator.asking import GROUPS
from models.indicator.period import named
from models.person.arriving import Visitor

PAGE = "indicators"


def waiting(visitor: Visitor) -> int | None:
    """How many removals wait for this person's word; None for who sees no figures."""
    if not sees_figures(visitor):
        return None
    if DECIDING.isdisjoint(visitor.roles):
        return 0
    return sum(one.by_id != visitor.person_id for one in removing.waiting(visitor.community_id))


def shown(front: Front, access: Access, status: int = 200, *, error: str | None = None) -> Response:
    with front.database.read():
        sight = sight_of(access)
        found = facts.overview(sight, period_said(_said("period")), _grouping())
    return show("chain/indicators.html", status, access=access, page=found, error=error)


def cases(front: Front, access: Access, code: str) -> Response:
    """What a number opens to, as far as this person may see it."""
    with front.database.read():
        sight = sight_of(access)
        period = period_said(_said("period"))
        found = lists.cases(sight, code, period, _said("by"), _said("key"))
    return show("chain/indicator_cases.html", access=access, page=found)


def odd(front: Front, access: Access) -> Response:
    """What somebody should look at."""
    with front.database.read():
        found = lists.odd(sight_of(access), period_said(_said("period")))
    return show("chain/indicator_odd.html", access=access, page=found)


def sealed(front: Front, access: Access) -> Response:
    with front.database.read():
        sight = sight_of(access)
        rows = facts.sealed(sight) if sight.scope.grids is None else []
    return show("chain/indicator_sealed.html", access=access, staff=sight.visitor.staff_name, rows=rows)


def as_excel(front: Front, access: Access) -> Response:
    """The figures, what each opens to, and how they were counted."""
    with front.database.read():
        sight = sight_of(access)
        period = period_said(_said("period"))
        return excel(front, access, f"{PAGE}-{period.name}", facts.sheets(sight, period, _grouping()))


def seal(front: Front, access: Access) -> AnyResponse:
    """封账. Counted before the transaction that writes it, because that takes long."""
    with front.database.read():
        sight, period = sight_of(access), named(words("period", 10))
        place = sight.scope.community_id
        if not sight.seals:
            raise NotFound("page_not_found")
        counted = sealing.counted(period, place)

    def work(visitor: Visitor) -> Done:
        _, is_new = sealing.seal(period, place, By.staff(visitor.person_id), counted)
        return Done("period_sealed" if is_new else "period_sealed_before", {"period": period.name})

    return _acted(front, access, "seal", work)


def remove(front: Front, access: Access) -> AnyResponse:
    """剔除 is proposed."""
    with front.database.read():
        sight_of(access)
    number, indicator = words("number", 20), words("indicator", 40)
    rule, reason = words("rule", 40), words("reason", 500)

    def work(visitor: Visitor) -> Done:
        case = reach.find(number, visitor)
        removing.propose(case, indicator, rule, reason, By.staff(visitor.person_id))
        return Done("removal_proposed", {"number": case.number})

    return _acted(front, access, "remove", work)


def settle(front: Front, access: Access, number: int) -> AnyResponse:
    """The second person's word on it."""
    with front.database.read():
        sight_of(access)
    agrees = words("word", 10) == "agree"

    def work(visitor: Visitor) -> Done:
        is_new = removing.settle(number, By.staff(visitor.person_id), agrees=agrees)
        code = ("removal_agreed" if agrees else "removal_refused") if is_new else "removal_settled_before"
        return Done(code, {})

    return _acted(front, access, "settle", work)


def _acted(front: Front, access: Access, name: str, work: Callable[[Visitor], Done]) -> AnyResponse:
    def again(refused: Refused) -> AnyResponse:
        return shown(front, access, refused.status, error=refusal(refused))

    return acted(front, access, PAGE, f"indicators_{name}", work, again)


def _said(name: str) -> str:
    return request.args.get(name, "")[:40]


def _grouping() -> str:
    said = _said("by")
    return said if said in GROUPS else "person"
