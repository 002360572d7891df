"""The bills of a period become the lines of a notice about fees."""

from sqlalchemy import select

from models.base.actor import By
from models.base.orm import session
from models.base.refusals import Invalid
from models.fee.period import Period
from models.fee.tables import Bill, State
from models.notice import fees
from models.notice.audience import Audience, reach_of
from models.notice.tables import Notice
from models.place.tables import Household


def attach_bills(notice: Notice, period: Period, by: By) -> None:
    """Of the homes that the draft addresses, as `fees.attach`. Raises Invalid where none has a bill."""
    reach = reach_of(Audience.of(notice.audience), notice.community_id)
    query = (
        select(Bill.household_id, Bill.amount_fen, Bill.paid_fen, Household.building_id, Household.unit_name)
        .join(Household, Household.id == Bill.household_id)
        .where(
            Bill.period == period.label,
            Bill.service_id == 0,  # what a home ordered beside it is nobody's matter
            Bill.state != State.VOID,
            Household.active,
        )
        .order_by(Bill.household_id)
    )
    lines = [
        fees.Line(household, due, paid)
        for household, due, paid, building, unit in session().execute(query)
        if building in reach.buildings or (building, unit) in reach.units
    ]
    if not lines:
        raise Invalid("bills_none", period=period.label)
    fees.attach(notice, lines, by)
