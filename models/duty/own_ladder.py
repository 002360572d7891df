"""Another ladder than the default: how many rungs a community has from a day on, and what they are called."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import or_, select

from models.base.actor import By
from models.base.clock import local, now
from models.base.orm import put, session
from models.base.refusals import Invalid, NotAllowed
from models.duty.overseeing import speaks_for
from models.duty.tables import Rung
from models.history import record
from models.place.version import raise_version

KIND = "ladder"
MOST, NAME = 12, 20  # rungs; characters


def set_ladder(community_id: int | None, names: Sequence[str], since: date, by: By) -> None:
    """The rungs from that day on, number 0 first: of a community, or of the town for all that have none of
    their own. The same again changes nothing.

    Raises NotAllowed for whoever does not decide there; Invalid: ladder_names, ladder_past (a day that is
    over: what was climbed then stays as it was), ladder_later (another ladder begins on that day or later).
    """
    if not speaks_for(by.id, community_id):
        raise NotAllowed("chain_not_yours")
    names = [" ".join(one.split()) for one in names]
    if (
        not 0 < len(names) <= MOST
        or len(set(names)) < len(names)
        or not all(0 < len(one) <= NAME for one in names)
    ):
        raise Invalid("ladder_names", most=MOST, length=NAME)
    query = select(Rung).where(
        Rung.community_id.is_not_distinct_from(community_id), or_(Rung.until.is_(None), Rung.until > since)
    )
    rows = session().scalars(query.order_by(Rung.number).with_for_update()).all()
    later = [one for one in rows if one.since >= since]
    if later:
        if [(one.since, one.name) for one in later] == [(since, name) for name in names]:
            return
        raise Invalid("ladder_later", on=later[0].since.isoformat())
    if since < local(now()).date():
        raise Invalid("ladder_past")
    for row in rows:
        row.until = since
    session().flush()
    for number, name in enumerate(names):
        put(Rung, community_id=community_id, number=number, name=name, since=since, by_id=by.id)
    record((KIND, community_id or 0), "ladder_set", by=by, at=now(), since=since.isoformat(), names=names)
    raise_version()
