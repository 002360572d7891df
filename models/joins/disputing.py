"""A home that says the work was not done hears nothing of the bill for it while somebody looks into that."""

from sqlalchemy import exists, or_, select, update

from models.base.months import months_from
from models.base.orm import session
from models.case.case import Case
from models.case.lifecycle import OPEN
from models.contract.tables import Proof
from models.fee.reminding import IS_OPEN, stop
from models.fee.tables import Bill, BillLine, FeeVisit
from models.place.tables import Household

WITHHELD = "withheld"


def dispute(visit: FeeVisit, case_id: int) -> None:
    """Who was visited complains, and a case was made of it: it stands on the visit and on the open bills."""
    visit.case_id = case_id
    mine = update(Bill).where(IS_OPEN, Bill.household_id == visit.household_id, Bill.case_id.is_(None))
    session().execute(mine.values(case_id=case_id))
    session().flush()
    stop(visit.household_id)


def pause_withheld() -> int:
    """Bills from which something was withheld, while the case about it is open (row 55). Returns how many."""
    query = (
        select(Bill.id, Bill.household_id, Bill.first, Bill.months, Proof.month, Proof.case_id)
        .join(Household, Household.id == Bill.household_id)
        .join(
            Proof,
            (Proof.estate_id == Bill.estate_id)
            & or_(Proof.building_id == 0, Proof.building_id == Household.building_id)
            & (Proof.month >= Bill.first),
        )
        .join(Case, Case.id == Proof.case_id)
        .where(IS_OPEN, Bill.case_id.is_(None), Case.state.in_(OPEN))
        .where(exists().where(BillLine.bill_id == Bill.id, BillLine.what == WITHHELD))
    )
    found = {
        bill: (home, case)
        for bill, home, first, months, month, case in session().execute(query)
        if month in months_from(first, months)
    }
    for bill, (home, case) in found.items():
        session().execute(update(Bill).where(Bill.id == bill).values(case_id=case))
        stop(home)
    return len(found)


def end_some() -> int:
    """Bills whose case has ended are bills like others again. Returns how many."""
    ended = exists().where(Case.id == Bill.case_id, Case.state.not_in(OPEN))
    done = session().execute(update(Bill).where(Bill.case_id.is_not(None), ended).values(case_id=None))
    return int(done.rowcount)  # type: ignore[attr-defined]
