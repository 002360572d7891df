"""A bill as its page shows it: every line with its formula, by which price, and what has gone to it."""

from typing import Any

from handlers.pages.fees.receipts import line_of_payment
from handlers.wording.bill_lines import line_facts
from models.base.checkdigit import with_check
from models.base.clock import local, now
from models.fee import own
from models.fee.own import Dwelling
from models.fee.period import Period
from models.fee.tables import Bill, BillLine, State


def line_of_bill(bill: Bill) -> dict[str, Any]:
    """One line of a list of bills."""
    return {
        "id": bill.id,
        "number": with_check(bill.id),
        "period": bill.period,
        "service": own.service_name(bill),
        "due_on": bill.due_on,
        "fen": bill.amount_fen,
        "paid": bill.paid_fen,
        "rest": bill.amount_fen - bill.paid_fen if bill.state == State.OPEN else 0,
        "state": bill.state,
        "is_late": bill.state == State.OPEN and bill.due_on < local(now()).date(),
    }


def bill_facts(bill: Bill, home: Dwelling) -> dict[str, Any]:
    """For templates/pages/fees/bill.html."""
    period = Period.stretch(bill.first, bill.months)  # what it charges, which may be less than its period
    return {
        **line_of_bill(bill),
        "place": home.place(),
        "first": period.first,
        "last": period.last,
        "made_at": bill.made_at,
        "lines": [_line(one, home, period) for one in own.lines_of(bill.id)],
        "payments": [
            {**(line_of_payment(payment) if payment else {"id": None}), "part": fen}
            for payment, fen in own.paid_of(bill.id)
        ],
    }


def _line(line: BillLine, home: Dwelling, period: Period) -> dict[str, Any]:
    ground = own.ground_of(line, home, period)
    return {
        **line_facts(line),
        "since": ground.since if ground else None,
        "ground": ground.words if ground else None,
    }
