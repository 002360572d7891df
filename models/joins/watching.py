"""异常告警: who looks at unusually much, or at a time when nobody of the office works, is named to those who
administer it (X10). A letter is a question and no verdict: whoever reads it opens the log."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from models.audit.counting import Look, looks, who_looked_at_many
from models.base import ticks
from models.base.clock import local, now
from models.base.links import personal_path
from models.duty.overseeing import OVERSEEING, holding
from models.duty.shifts import all_on_shift
from models.outbox.door import tell
from models.person.arriving import staff_of
from models.workdays import CalendarMissing, workdays

KIND = "many_looks"
HOUR = timedelta(hours=1)
_JOB = "looks of {}"


def name_many_looks(above: int) -> int:
    """Letters about persons with more than `above` looks within an hour; how many. Once for each person and
    hour."""
    return sum(
        _tell(one.person_id, one.community_id, one.many, outside=False)
        for one in who_looked_at_many(above, HOUR)
    )


def name_late_looks() -> int:
    """The same about looks outside of office hours, by somebody who is not on duty by the rota, and not at an
    emergency; of the last hour, as it may be that nobody ran."""
    late: dict[int, list[Look]] = {}
    for one in looks(HOUR):
        if not one.urgent and not _is_open(one.community_id, one.at) and not _on_duty(one):
            late.setdefault(one.person_id, []).append(one)
    return sum(
        _tell(person, found[-1].community_id, len(found), outside=True) for person, found in late.items()
    )


def _tell(person_id: int, community_id: int | None, many: int, *, outside: bool) -> int:
    hour = now().replace(minute=0, second=0, microsecond=0)
    if not ticks.take(_JOB.format(person_id), hour):
        return 0
    staff = staff_of(person_id)
    told = watchers(community_id, person_id)
    for one in told:
        tell(
            KIND,
            one,
            about=("person", person_id),
            occasion=hour.isoformat(),
            name=staff.name if staff is not None else None,
            many=many,
            outside=outside,
            path=f"{personal_path('desk', one)}/audit",
        )
    return len(told)


def watchers(community_id: int | None, person_id: int) -> Sequence[int]:
    """Who hears of it: administrators there, else whoever oversees the community; never the person alone."""
    for posts in (frozenset({"admin"}), frozenset({"supervisor"}), OVERSEEING):
        found = [one for one in holding(posts, community_id) if one != person_id]
        if found:
            return found
    return []


def _is_open(community_id: int | None, at: datetime) -> bool:
    calendar, there = workdays(community_id), local(at)
    try:
        if not calendar.is_working_day(there.date()):
            return False
    except CalendarMissing:
        if there.weekday() >= 5:
            return False
    minute = there.hour * 60 + there.minute
    spans = calendar.spans(there.date())
    return spans[0][0] <= minute < spans[-1][1]  # who stays at noon works


def _on_duty(one: Look) -> bool:
    return any(one.person_id in people for people in all_on_shift(one.at).values())
