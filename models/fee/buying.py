"""Ways of charging that a home agrees to: what is shown before, and what comes of the tap (rows 53–55).

What is shown carries a mark; whoever agrees to something that changed meanwhile is shown it anew. The rules
are frozen with the contract, so that leaving is settled by what was read then.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from sqlalchemy import select

from models.base.actor import By
from models.base.clock import local, now
from models.base.months import month_of, month_on
from models.base.orm import put, session
from models.base.refusals import NotAllowed
from models.contract import agreements, offers
from models.contract.standing import reliefs_of
from models.contract.tables import Charging, Contract, Gift, Offer
from models.fee.composing import Ask, Line, composed
from models.fee.composing import Gift as Away
from models.fee.lines import void, write_bill
from models.fee.payments import hold, use_prepaid
from models.fee.period import LONGEST, Period
from models.fee.tables import Bill, State
from models.fee.tariffs import Tariffs
from models.place.tables import Household

PAY_WITHIN = 14  # days: a year in advance that nobody paid by then falls away


@dataclass(frozen=True, slots=True)
class Terms:
    """What a home would agree to, in fen and days. `fen` is to be paid at once; `until` is the day after its
    last; a gift that is given away already is None."""

    offer: Offer
    first: date
    until: date | None
    lines: Sequence[Line]
    gift: str | None
    taken_back: Sequence[Bill]  # unpaid bills for months of it

    @property
    def fen(self) -> int:
        return sum(line.fen for line in self.lines)

    def part(self, what: str) -> int:
        return sum(line.fen for line in self.lines if line.what == what)

    @property
    def mark(self) -> str:
        """The same as long as the home would agree to the same."""
        return f"{self.offer.id}-{self.fen}-{self.first:%Y%m%d}-{int(self.gift is not None)}"

    def rules(self) -> dict[str, Any]:
        """As they are frozen."""
        return {
            "name": self.offer.name,
            "charging": self.offer.charging,
            "months_paid": self.offer.months_paid,
            "months_term": self.offer.months_term,
            "fen": self.fen,
            "service_fen": self.part("service"),
            "discount_fen": -self.part("discount"),
            "relief_fen": -self.part("relief"),
            "gift": self.gift,
            "gift_fen": self.offer.gift_fen if self.gift else 0,
            "pay_within": PAY_WITHIN,
        }


def terms_of(household_id: int, offer: Offer) -> Terms:
    """What this home is offered today. Raises NotAllowed: offer_closed, offer_elsewhere, trial_once,
    months_billed, contract_overlaps, no_price, no_area."""
    home = session().get_one(Household, household_id)
    if not offers.is_open(offer, local(now()).date()):
        raise NotAllowed("offer_closed")
    if home.building.estate_id != offer.estate_id:
        raise NotAllowed("offer_elsewhere")
    held = agreements.all_of(household_id)
    is_trial = offer.charging == Charging.TRIAL
    if is_trial and any(one.charging == Charging.TRIAL for one in held):
        raise NotAllowed("trial_once")
    first, taken_back = _free(household_id, offer, held)
    until = month_on(first, offer.months_term) if offer.months_term else None
    if offer.charging != Charging.YEAR:
        return Terms(offer, first, until, (), None, taken_back)
    lines = _lines(home, offer, Period.stretch(first, offer.months_term))
    gift = offer.gift if offer.gift and offers.gifts_left(offer) else None
    return Terms(offer, first, until, lines, gift, taken_back)


def agree(household_id: int, offer_id: int, by: By, how: str, *, mark: str | None = None) -> Contract:
    """The home agrees to an offer: a year is billed at once, a gift reserved, a trial or service first
    begins. `mark` is what was shown. Raises as `terms_of`; NotAllowed: offer_changed; NotFound."""
    estate = hold(household_id)
    offer = offers.held(offer_id)
    terms = terms_of(household_id, offer)
    if mark is not None and mark != terms.mark:
        raise NotAllowed("offer_changed")
    for bill in terms.taken_back:
        void(bill, by)
    number = agreements.begin(
        household_id, estate, Charging(offer.charging), terms.first, terms.until, by, how,
        offer=offer, rules=terms.rules(),
    )  # fmt: skip
    if offer.charging == Charging.YEAR:
        period = Period.stretch(terms.first, offer.months_term)
        due = local(now()).date() + timedelta(days=PAY_WITHIN)
        write_bill(
            household_id, estate, period.label, period.first, period.months, due, terms.lines, by,
            contract_id=number,
        )  # fmt: skip
        use_prepaid([household_id], local(now()).date())
    if terms.gift:
        put(Gift, contract_id=number, offer_id=offer.id, reserved_at=now())
    return session().get_one(Contract, number)


def agree_to_quarter(household_id: int, by: By, how: str) -> Contract:
    """After a trial, or while it runs, the home says that it wants to go on: by quarter, from the end of the
    trial, or from the next month where that is past. Raises NotAllowed: quarter_already; NotFound."""
    estate = hold(household_id)
    held = agreements.all_of(household_id)
    trial = next((one for one in held if one.charging == Charging.TRIAL), None)
    later = [one for one in held if trial and trial.until and one is not trial and one.since >= trial.until]
    if trial is None or trial.until is None or later:
        raise NotAllowed("quarter_already")
    today = local(now()).date()
    first = _upwards(trial.until) if trial.until > today else month_on(month_of(today), 1)
    number = agreements.begin(household_id, estate, Charging.QUARTER, first, None, by, how)
    return session().get_one(Contract, number)


def _upwards(day: date) -> date:
    """The first of the month, of the next one for a day within."""
    return day if day.day == 1 else month_on(month_of(day), 1)


def _free(household_id: int, offer: Offer, held: Sequence[Contract]) -> tuple[date, Sequence[Bill]]:
    """From when on the months are free, and the unpaid bills that make room for them."""
    first = offer.starts_on or month_on(month_of(local(now()).date()), 1)
    months = offer.months_term or LONGEST
    bills = _bills(household_id, first)
    fixed = [
        one
        for one in held
        if one.charging not in agreements.OPEN_ENDED and one.until is not None and one.until > one.since
    ]
    while True:
        after = month_on(first, months)
        contract = next((one for one in fixed if one.until and one.since < after and one.until > first), None)
        overlapping = [one for one in bills if one.first < after and month_on(one.first, one.months) > first]
        staying = [one for one in overlapping if not _makes_room(one, first, offer)]
        if contract is None and not staying:
            return first, overlapping
        if offer.starts_on is not None:
            raise NotAllowed("contract_overlaps" if contract is not None else "months_billed")
        ends = [month_on(one.first, one.months) for one in staying]
        first = max([*ends, *([_upwards(contract.until)] if contract and contract.until else [])])


def _makes_room(bill: Bill, first: date, offer: Offer) -> bool:
    """Whether it is taken back when a year in advance covers all that it is for; nothing was paid on it."""
    return (
        offer.charging == Charging.YEAR
        and bill.paid_fen == 0
        and bill.state == State.OPEN
        and bill.contract_id is None
        and bill.first >= first
        and month_on(bill.first, bill.months) <= month_on(first, offer.months_term)
    )


def _bills(household_id: int, first: date) -> Sequence[Bill]:
    """Those of the property fee that may reach beyond that day."""
    query = select(Bill).where(
        Bill.household_id == household_id,
        Bill.service_id == 0,
        Bill.state != State.VOID,
        Bill.first > month_on(first, -LONGEST),
    )
    return session().scalars(query.order_by(Bill.first)).all()


def _lines(home: Household, offer: Offer, over: Period) -> Sequence[Line]:
    estate = home.building.estate_id
    free = Fraction(offer.months_term - offer.months_paid, offer.months_term)
    reliefs = reliefs_of([home.id]).get(home.id, ())
    rates = Tariffs(estate).of(estate, home.building_id)
    lines = composed(Ask(rates, over, home.area, away=Away(free, offer.name), reliefs=reliefs))
    if lines is None:
        raise NotAllowed("no_area")
    if not lines:
        raise NotAllowed("no_price")
    return lines
