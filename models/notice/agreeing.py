"""Many would hear it, so a second person must agree (A11): who may, and who is asked."""

from models.base.actor import SYSTEM, By
from models.base.clock import now
from models.base.refusals import NotAllowed
from models.duty.overseeing import above, deciding, deciding_here, speaks_for
from models.history import record
from models.notice import outcome
from models.notice.tables import Kind, Notice, State
from models.outbox.door import tell
from models.person.arriving import staff_of

KIND = "notice_second"


def seconds(notice: Notice) -> list[int]:
    """Who is asked: the desk's other people; where there are none, those of the street and the town, whom an
    emergency does not leave out in any case."""
    own, higher, rest = (
        [one for one in people(notice.community_id) if one != notice.author_id]
        for people in (deciding_here, above, deciding)
    )
    if notice.kind == Kind.EMERGENCY:
        return list(dict.fromkeys(own + higher))
    return own or higher or rest


def answers_for(notice: Notice, person_id: int | None) -> bool:
    """Whether this person decides about it, by post or because nobody else can be the second person, or read
    it in the platform's stead (checking.py)."""
    if speaks_for(person_id, notice.community_id):
        return True
    return notice.state in (State.HELD, State.CHECKING) and person_id in seconds(notice)


def must_have_second(notice: Notice) -> None:
    """Raises NotAllowed where nobody may agree, because it would be held for ever."""
    if not seconds(notice):
        raise NotAllowed("notice_nobody_agrees", count=notice.people + notice.groups)


def hold(notice: Notice, by: By) -> None:
    """It waits for a second person; those who may are asked."""
    notice.state, notice.starts_at = State.HELD, None
    step = record(("notice", notice.id), "held", by=by, at=now(), people=notice.people, groups=notice.groups)
    author = staff_of(notice.author_id)
    for person in seconds(notice):
        tell(
            KIND,
            person,
            about=("notice", notice.id),
            occasion=f"held{step}",
            number=notice.id,
            title=notice.title,
            author=author.name if author else None,
            people=notice.people,
            groups=notice.groups,
        )


def hold_what_grew(notice: Notice, people: int, groups: int, second_above: int) -> bool:
    """Whether it waits again, because so many have come by its hour that one alone does not decide any
    more."""
    if notice.second_id is not None or people + groups <= second_above:
        return False
    notice.people, notice.groups = people, groups
    hold(notice, SYSTEM)
    outcome.tell_author(notice, "grown" if seconds(notice) else "grown_alone")
    return True
