"""A case that another program reports: once for each key of the sender's, however often it is sent."""

from collections.abc import Callable

from sqlalchemy import select, update

from models.base.clock import now
from models.base.orm import public_id, put_once, session
from models.case.case import Case
from models.partner.keys import Holder
from models.partner.tables import PartnerRequest


def send_once(holder: Holder, sent_key: str, report: Callable[[], int]) -> tuple[int, bool]:
    """The case's id, and whether it is new. `report` files it in the transaction around us; `sent_key` is ""
    where the sender has none. A copy that comes at the same moment waits for the first commit."""
    key = sent_key or public_id()
    row = put_once(
        PartnerRequest, "key_id", "sent_key",
        key_id=holder.key_id, sent_key=key, case_id=None, at=now(),
    )  # fmt: skip
    if row is None:
        return _case_of(holder, key), False
    case_id = report()
    session().execute(update(PartnerRequest).where(PartnerRequest.id == row).values(case_id=case_id))
    return case_id, True


def sent_as(holder: Holder, sent_key: str) -> str | None:
    """The public id of what was sent with this key."""
    query = (
        select(Case.public_id)
        .join(PartnerRequest, PartnerRequest.case_id == Case.id)
        .where(PartnerRequest.key_id == holder.key_id, PartnerRequest.sent_key == sent_key)
    )
    return session().scalars(query).first()


def _case_of(holder: Holder, sent_key: str) -> int:
    query = select(PartnerRequest.case_id).where(
        PartnerRequest.key_id == holder.key_id, PartnerRequest.sent_key == sent_key
    )
    found = session().scalars(query).one()
    assert found is not None
    return found
