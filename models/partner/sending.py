"""A case that another program reports: once for each key of the sender's, however often it is sent."""

from collections.abc import Callable

from sqlalchemy import select, update

from models.base.clock import now
from models.base.orm import public_id, put_once, session
from models.base.privacy import blind
from models.case.case import Case
from models.partner.keys import Holder
from models.partner.tables import PartnerRequest


class Reused(Exception):  # noqa: N818 - an answer, not a fault
    """The sender's key stands for another report already."""


def send_once(holder: Holder, sent_key: str, said: str, report: Callable[[], int]) -> tuple[int, bool]:
    """The case's id, and whether it is new. `report` files it in the transaction around us; `sent_key` is ""
    where the sender has none; `said`: all of the report, by which a copy is known. A copy that comes at the
    same moment waits for the first commit. Raises Reused."""
    key, said_hash = sent_key or public_id(), blind(said, "open311")
    row = put_once(
        PartnerRequest, "key_id", "sent_key",
        key_id=holder.key_id, sent_key=key, said_hash=said_hash, case_id=None, at=now(),
    )  # fmt: skip
    if row is None:
        case_id, before = _sent(holder, key)
        if before not in (None, said_hash):
            raise Reused
        return case_id, False
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


def _sent(holder: Holder, sent_key: str) -> tuple[int, str | None]:
    query = select(PartnerRequest.case_id, PartnerRequest.said_hash).where(
        PartnerRequest.key_id == holder.key_id, PartnerRequest.sent_key == sent_key
    )
    found = session().execute(query).one()
    return found.case_id, found.said_hash
