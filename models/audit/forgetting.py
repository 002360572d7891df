"""The log is kept for seven months; then its acts go, and the chain says that they were there.

The Cybersecurity Law (article 21-3) asks for six months at least. A link stays when its acts are gone: it
still says how many there were, and the chain still holds together.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select

from models.audit.chain import parted
from models.audit.noting import note, signature
from models.audit.tables import Act, Forgotten, Sealed
from models.base.actor import SYSTEM
from models.base.clock import now
from models.base.orm import put, session

KEPT = timedelta(days=214)
LEAST = timedelta(days=184)  # of a shorter term the check says that it was not by rule
AT_ONCE = 20  # links


def forget_past_acts() -> bool:
    """Lets go of the acts of some links past their term, from the oldest on; whether there were any."""
    at = now()
    before = at - KEPT
    gone = session().execute(select(func.max(Forgotten.number))).scalar() or 0
    query = select(Sealed).where(Sealed.number > gone).order_by(Sealed.number).limit(AT_ONCE)
    past: list[Sealed] = []
    for link in session().scalars(query):
        if link.last_at >= before:
            break
        past.append(link)
    if not past:
        return False
    keys = [key for link in past for key, _ in parted(link.rows)]
    number, up_to = past[-1].number, max(keys)
    highest = session().execute(select(func.max(Forgotten.up_to_id))).scalar() or 0
    up_to = max(up_to, highest)
    put(
        Forgotten,
        number=number,
        up_to_id=up_to,
        before=before,
        at=at,
        mac=forgotten_mac(number, up_to, before, at),
    )
    session().execute(delete(Act).where(Act.id.in_(keys)).execution_options(synchronize_session=False))
    note("log_forgotten", SYSTEM, ("audit_link", number), many=len(keys))
    return True


def forgotten_mac(number: int, up_to_id: int, before: datetime, at: datetime) -> str:
    """What the row's `mac` has to be."""
    return signature(("forgotten", number, up_to_id, before, at))
