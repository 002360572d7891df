"""What is past its term is let go of: the terms of docs/privacy-register.md, those that the clock acts on.

Rows that are evidence or books stay, also after their term, because steps and the ledger are appended and
never removed; of them goes what reaches or touches a person. Some rows at a time, so that nobody waits for
the writing thread.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, delete, func, select, update

from models.base.clock import local, now
from models.base.orm import session
from models.case import search_index
from models.case.case import Case
from models.case.lifecycle import ENDED
from models.contract.tables import Relief, StandardRating
from models.enquiry.tables import Enquiry
from models.enquiry.tables import State as Question
from models.fee.tables import FeeVisit
from models.grid.tables import MicroGridMember
from models.notice.fees import FeeLine
from models.notice.tables import CallAnswer, Notice, Receipt
from models.pay.tables import Order
from models.pay.tables import State as Paid
from models.praise.praise import Praise
from models.visit.tables import HomeVisit, VisitOpinion

UNPAID = timedelta(
    days=90
)  # for so long the platform gives its bill files, in which an order might still stand
THREE_YEARS = timedelta(days=3 * 365 + 1)
TEN_YEARS = timedelta(days=10 * 365 + 3)
AT_ONCE = 500


class Past(NamedTuple):
    """Rows that are past their term, and what their columns hold from then on; None: the rows go. `also`:
    what else knows of them."""

    table: Any
    which: tuple[ColumnElement[bool], ...]
    leaves: Mapping[str, Any] | None = None
    also: Callable[[Sequence[int]], None] | None = None


def forget_past() -> bool:
    """Lets go of some rows; whether there were any."""
    for past in _past(now()):
        some = select(past.table.id).where(*past.which).order_by(past.table.id).limit(AT_ONCE)
        found = session().scalars(some).all()
        if found:
            these = past.table.id.in_(found)
            session().execute(
                delete(past.table).where(these)
                if past.leaves is None
                else update(past.table).where(these).values(past.leaves)
            )
            if past.also is not None:
                past.also(found)
            return True
    return False


def _past(at: datetime) -> Iterator[Past]:
    three, ten = at - THREE_YEARS, at - TEN_YEARS
    over = select(Notice.id).where(
        func.coalesce(Notice.ended_at, Notice.valid_until, Notice.created_at) < three
    )
    for table in (FeeLine, Receipt, CallAnswer):
        yield Past(table, (table.notice_id.in_(over),))
    yield Past(MicroGridMember, (MicroGridMember.until.is_not(None),))  # withdrawn, and nobody of ours
    yield Past(FeeVisit, (FeeVisit.asked_on < local(three).date(),))
    visited = select(HomeVisit.id).where(HomeVisit.visited_at < three)
    yield Past(VisitOpinion, (VisitOpinion.visit_id.in_(visited),))  # before the visits, which they name
    yield Past(HomeVisit, (HomeVisit.visited_at < three,))
    yield Past(StandardRating, (StandardRating.at < three,))
    yield Past(Praise, (Praise.at < three,))
    yield Past(Enquiry, (Enquiry.state == Question.ANSWERED, Enquiry.settled_at < three))
    ended = func.coalesce(Case.closed_at, Case.reported_at) < three
    yield Past(
        Case,
        (Case.state.in_(sorted(ENDED)), ended, Case.caller_sealed.is_not(None)),
        {"caller_sealed": None},
        search_index.forget,
    )
    # nought and nothing are nobody: the row is compared with the platform's files and stays
    yield Past(
        Order,
        (
            Order.state == Paid.CLOSED,
            Order.transaction_id.is_(None),
            Order.expires_at < at - UNPAID,
            Order.openid != "",
        ),
        {"payer_id": 0, "openid": ""},
    )
    yield Past(
        Relief,
        (Relief.until < local(ten).date(), Relief.ground_sealed != ""),
        {"ground_sealed": "", "proof_sealed": None},
    )
