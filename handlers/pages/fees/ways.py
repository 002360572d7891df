"""/p/<token>/ways of a person's fees: how the own home pays, what it may agree to, with the rules before the
tap (rows 53–55), and the standard that the fee buys (row 43)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import Response
from werkzeug.wrappers import Response as AnyResponse

from handlers.pages.access import Access
from handlers.pages.case_facts import arriving
from handlers.pages.fees.ways_facts import ways_of
from handlers.pages.forms import from_our_own_page, words
from handlers.pages.front import Front, back_to, show
from handlers.pages.links import Done, link_of, once_key, only_once
from handlers.wording.filters import yuan
from handlers.words import refusal
from models.base.actor import By
from models.base.clock import local, now
from models.base.links import Link
from models.base.months import month_of, month_on
from models.base.orm import session
from models.base.refusals import Invalid, NotFound, Refused
from models.contract import services, standards
from models.contract.tables import Contract, ServiceOrder, Standard
from models.fee import buying, ending, leaving, own
from models.fee.own import Dwelling
from models.fee.payments import hold
from models.fee.tables import Basis
from models.fee.tariffs import Tariffs
from models.joins.leaving import leave as leave_and_pay_back

FIELDS = {"offer": 20, "contract": 20, "mark": 60, "agree": 5, "line": 30, "stars": 2, "standard": 20,
          "service": 20, "quantity": 4}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Task:
    """One form of the page, inside its transaction, by somebody who lives in the home beyond doubt."""

    home: Dwelling
    by: By
    form: Mapping[str, str]

    def number(self, name: str) -> int:
        given = self.form[name]
        return int(given) if given.isdecimal() and len(given) < 16 else 0

    def consent(self) -> None:
        """Raises Invalid where 同意 was not ticked: silence is no consent."""
        if self.form["agree"] != "yes":
            raise Invalid("terms_consent")

    def contract(self) -> Contract:
        found = session().get(Contract, self.number("contract"))
        if found is None or found.household_id != self.home.id:
            raise NotFound("contract_not_found")
        return found


def shown(front: Front, access: Access, status: int = 200, *, error: str | None = None) -> Response:
    """Every home of the visitor with its offers."""
    link = link_of(access, "fees")
    with front.database.read():
        me = arriving(link.person_id).person_id
        homes = [ways_of(home) for home in own.own_dwellings(me)]
    return show("fees/ways.html", status, access=access, homes=homes, error=error)


def act(front: Front, access: Access, household: int, verb: str) -> AnyResponse:
    """A form of the page, done once."""
    from_our_own_page()
    link = link_of(access, "fees")
    if verb not in VERBS:
        raise NotFound("page_not_found")
    form = {name: words(name, limit) for name, limit in FIELDS.items()}
    try:
        done = front.database.write(_done, link, household, verb, form, once_key(str(link.person_id)))
    except NotFound:
        raise
    except Refused as refused:
        return shown(front, access, refused.status, error=refusal(refused))
    return back_to(f"{access.base}/ways", done.code, **done.facts)


def _done(link: Link, household: int, verb: str, form: Mapping[str, str], key: str) -> Done:
    me = arriving(link.person_id).person_id
    homes = {home.id: home for home in own.own_dwellings(me)}
    if household not in homes:
        raise NotFound("page_not_found")
    task = Task(homes[household], By.person(me), form)
    return only_once(key, str(link.person_id), f"ways_{verb}", lambda: VERBS[verb](task))


def agree(task: Task) -> Done:
    """To an offer, as it was shown."""
    task.consent()
    if not task.form["mark"]:
        raise Invalid("offer_changed")
    made = buying.agree(task.home.id, task.number("offer"), task.by, "page", mark=task.form["mark"])
    return Done(f"way_{made.charging}", {})


def quarter(task: Task) -> Done:
    """The trial was good: by quarter from its end on."""
    task.consent()
    buying.agree_to_quarter(task.home.id, task.by, "page")
    return Done("way_quarter", {})


def give_back(task: Task) -> Done:
    """The trial is not wanted: no reason is asked for."""
    leaving.return_trial(task.contract().id, task.by)
    return Done("trial_returned", {})


def leave(task: Task) -> Done:
    """A year before its end, by the rules that were shown."""
    task.consent()
    owed, sent = leave_and_pay_back(task.contract().id, task.by, "")
    code = "left_nothing" if not owed.rest else "left_wechat" if sent == owed.rest else "left_desk"
    return Done(code, {"yuan": yuan(owed.rest)})


def rate(task: Task) -> Done:
    """How the home finds a line of the standard; the last word counts."""
    standard = session().get(Standard, task.number("standard"))
    if standard is None or standard.estate_id != task.home.estate_id:
        raise NotFound("standard_not_found")
    standards.rate(standard.id, task.form["line"], task.home.id, task.number("stars"))
    return Done("standard_rated", {})


def order(task: Task) -> Done:
    """A service beside the fee: once, on a day, or month by month from the next one on."""
    task.consent()
    hold(task.home.id)
    today = local(now()).date()
    rate = Tariffs(task.home.estate_id).on(
        task.home.estate_id, task.home.building_id, today, task.number("service")
    )
    if rate is None:
        raise NotFound("service_not_found")
    once = rate.basis == Basis.ONCE
    since = today if once else month_on(month_of(today), 1)
    services.order(task.home.id, task.number("service"), task.number("quantity"), since, task.by, once=once)
    return Done("service_ordered", {})


def end_order(task: Task) -> Done:
    """Not from the next month on any more."""
    found = session().get(ServiceOrder, task.number("service"))
    if found is None or found.household_id != task.home.id:
        raise NotFound("service_order_not_found")
    ending.end(found.id, month_on(month_of(local(now()).date()), 1), task.by)
    return Done("service_ended", {})


VERBS: Mapping[str, Callable[[Task], Done]] = {
    "agree": agree,
    "quarter": quarter,
    "return": give_back,
    "leave": leave,
    "rate": rate,
    "order": order,
    "end": end_order,
}
