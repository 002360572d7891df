"""A trial is about to end: whoever lives there hears it a week before, and what happens without a word from
them, which is nothing (row 54)."""

from datetime import timedelta

from sqlalchemy import select

from models.base.actor import SYSTEM
from models.base.clock import now
from models.base.orm import session
from models.contract import agreements
from models.contract.tables import Contract
from models.fee.reminding import ABOUT, people_of
from models.history import record
from models.outbox.door import tell_many
from models.outbox.letter import Lane
from models.place.gazetteer import town
from models.place.tables import Household

TELL_BEFORE = 7  # days
KIND = "trial_ends"


def tell_one() -> bool:
    """One home whose trial ends within a week is told. False when there is none."""
    query = select(Contract).where(agreements.ending(TELL_BEFORE)).order_by(Contract.id).limit(1)
    contract = session().scalars(query.with_for_update(skip_locked=True)).first()
    if contract is None:
        return False
    contract.told_at = now()
    people = people_of([contract.household_id])[contract.household_id]
    home = session().get_one(Household, contract.household_id)
    spot = town().spot_of_building(home.building_id)
    if people and contract.until is not None:
        tell_many(
            KIND,
            people,
            about=(ABOUT, contract.household_id),
            occasion=f"trial/{contract.id}",
            lane=Lane.NEWS,
            closed={},
            number=str(contract.id),
            name=str(contract.rules.get("name", "")),
            last=(contract.until - timedelta(days=1)).isoformat(),
            estate=spot.estate if spot is not None else None,
        )
    record(("contract", contract.id), "end_told", by=SYSTEM, at=now(), people=len(people))
    return True
