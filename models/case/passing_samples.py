"""What a supervisor (监事) had still to look at and is no longer there for goes to somebody else (row 12)."""

from collections.abc import Sequence
from secrets import token_hex

from sqlalchemy import select

from models.base.actor import SYSTEM
from models.base.clock import now
from models.base.orm import session
from models.case.case import Case
from models.case.sampling import (
    SUPERVISOR,
    dealt,
    may_look,
    parts_in,
    supervisors,
    tell_looking,
    town_supervisors,
)
from models.case.tables import Sample
from models.duty.overseeing import ABOVE, above
from models.duty.posts import present
from models.history import record


def pass_on_some(after: int = 0) -> int:
    """Of the supervisor after this number who has something to look at: what that post may not look at any
    more goes to another supervisor of the place who had no part in the case, else to street and town. Gives
    the person's number, 0 after the last. What nobody may look at waits for somebody who may."""
    query = select(Sample.supervisor_id).where(Sample.settled_at.is_(None), Sample.supervisor_id > after)
    person = session().scalars(query.order_by(Sample.supervisor_id).limit(1)).first()
    if person is None:
        return 0
    mine = (
        select(Sample, Case.community_id)
        .join(Case, Case.id == Sample.case_id)
        .where(Sample.supervisor_id == person, Sample.settled_at.is_(None))
        .order_by(Sample.id)
        .with_for_update(of=Sample)
        .execution_options(populate_existing=True)
    )
    duties, places = present(), dict[int | None, list[Sample]]()
    higher = duties.with_role(*ABOVE)
    for sample, community in session().execute(mine):
        if not (duties.holds(SUPERVISOR, person, community) or person in higher):
            places.setdefault(community, []).append(sample)
    for community, several in places.items():
        left = _passed(several, _others(community, person))
        _passed(left, [one for one in above(community) if one != person and may_look(one)])
    return person


def _others(community: int | None, person: int) -> list[int]:
    found = supervisors(community) if community is not None else town_supervisors()
    return [one for one in found if one != person]


def _passed(several: Sequence[Sample], looking: Sequence[int]) -> list[Sample]:
    """Dealt by chance, as they were drawn; gives those that none of these may look at."""
    if not several or not looking:
        return list(several)
    seed, at = token_hex(8), now()
    by_case = {one.case_id: one for one in several}
    dealt_ = dealt(seed, by_case, looking, parts_in(list(by_case)), len(by_case))
    for case, person in dealt_:
        sample = by_case.pop(case)
        facts = {"seed": seed, "from": sample.supervisor_id, "to": person}
        record(("case", case), "sample_passed", by=SYSTEM, at=at, **facts)
        sample.supervisor_id = person
    tell_looking(dealt_, f"passed.{seed}")
    return list(by_case.values())
