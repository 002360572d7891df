"""A colleague without WeCom is let in by the desk: a one-time code, typed into the service account."""

from models.base.actor import By
from models.base.clock import now
from models.base.refusals import NotAllowed
from models.duty.answering import serves
from models.duty.overseeing import decides
from models.history import record
from models.outbox.address import addresses_of
from models.person.arriving import staff_of
from models.person.binding import issue_code
from models.person.colleagues import colleague
from models.person.tables import Staff


def introduce(by: int, number: str) -> tuple[Staff, str]:
    """The colleague with this 工号 and the code to hand over, good for ten minutes and once.

    Only for somebody of the desk's own community who is not connected anywhere yet: a code for a colleague
    who is would let its holder act in that one's name.
    """
    desk = staff_of(by)
    found = colleague(number, desk.community_id if desk else None)
    if desk is None or found is None or not decides(by, found.community_id):
        raise NotAllowed("no_such_number")
    if not _belongs(found, desk.community_id):
        raise NotAllowed("no_such_number")
    if any(one.dead_reason is None for one in addresses_of("person", found.person_id)):
        raise NotAllowed("already_connected")
    record(("person", found.person_id), "introduced", by=By.staff(by), at=now())
    return found, issue_code(found.person_id)


def _belongs(found: Staff, community_id: int | None) -> bool:
    """A keeper of an outside unit names no community: the buildings kept there count."""
    if community_id is None or found.community_id == community_id:
        return True
    return found.community_id is None and serves(found.person_id, community_id)
