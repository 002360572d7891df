"""Who is silent after a call is named to those above, one rung higher each time, until one of them says that
he calls them (row 101)."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import case, func, select, text

from models.base.actor import By
from models.base.clock import now
from models.base.orm import session
from models.base.refusals import NotAllowed
from models.duty.answering import answerer, desk_of
from models.duty.ladder import chain, most_rungs, top
from models.history import Step, record
from models.notice.call import LASTS, called, grids_of, posts, silent
from models.notice.tables import IS_TOLD, Notice, State
from models.outbox.door import tell
from models.outbox.letter import Lane, Letter

KIND = "call_silent"
TAKEN_UP = "silent_taken_up"


class Silent(NamedTuple):
    """Those named to somebody who have said nothing until now; `taken_up`: that one has said that he calls
    them."""

    names: list[str]
    residents: int
    taken_up: bool


def climb_one(*, after_minutes: int) -> bool:
    """Names the silent of one call to those above them, one rung higher each time. False when none is due."""
    query = (
        select(Notice)
        .where(
            Notice.is_call,
            text(IS_TOLD),
            Notice.climbed < most_rungs(),
            Notice.told_at > now() - LASTS,
        )
        .order_by(Notice.told_at, Notice.id)
        .with_for_update(skip_locked=True)
    )
    for notice in session().scalars(query):
        if notice.climbed > top(notice.community_id):
            continue
        due = now() - timedelta(minutes=after_minutes * (notice.climbed + 1))
        if notice.told_at is not None and notice.told_at > due:
            continue  # because to look when the last was called means to go through all letters
        called_at = _called_at(notice)
        if called_at is not None and called_at <= due:
            _climb(notice)
            notice.climbed += 1
            return True
    return False


def named_to(notice: Notice, person_id: int) -> Silent | None:
    """Whom of the silent this person has been asked to call; None for none, and when the call is over."""
    if not notice.is_call or not notice.climbed or notice.state != State.TOLD:
        return None
    if notice.told_at is None or notice.told_at < now() - LASTS or not _was_asked(notice, person_id):
        return None
    above = _Above(notice)
    mine = [
        one
        for one in silent(notice.id)
        if any(person_id in above.at(one, step) for step in range(notice.climbed))
    ]
    names = _names(mine)
    return Silent(names, len(mine) - len(names), person_id in _who_took_up(notice.id))


def take_up(notice: Notice, person_id: int) -> None:
    """He calls them: nobody higher is asked for these. Said twice it is said once. Raises NotAllowed for who
    was not asked, and when the call is over."""
    found = named_to(notice, person_id)
    if found is None:
        raise NotAllowed("call_over", number=notice.id)
    if not found.taken_up:
        record(("notice", notice.id), TAKEN_UP, by=By.staff(person_id), at=now())


def who_took_up(notice_id: int) -> list[str]:
    """The names of those who call the silent."""
    return _names(sorted(_who_took_up(notice_id)))


class _Above:
    """Who stands above whom, step by step."""

    def __init__(self, notice: Notice) -> None:
        self._desk = tuple(one.person_id for one in desk_of(notice.community_id))
        self._posts, self._grids = posts(), grids_of(notice.id)

    def at(self, person: int, step: int) -> list[int]:
        """Those so many steps over the next rung; where nobody holds the first, the desk."""
        rung, grid = self._posts.get(person, (-1, self._grids.get(person)))
        holders = chain().there(grid, rung + 1 + step, now()).people if grid is not None else ()
        if not holders and step == 0:
            holders = self._desk
        return [one for one in holders if one != person]


def _called_at(notice: Notice) -> datetime | None:
    """When the last of those that something reaches was called; None while some sleep (quiet hours)."""
    asleep = func.count(case((text("letters.state = 'waiting' AND letters.reason = 'quiet'"), 1)))
    query = select(func.max(Letter.sent_at), asleep).where(*called(notice.id))
    last, sleeping = session().execute(query).one()
    return None if sleeping or notice.told_at is None else max(last or notice.told_at, notice.told_at)


def _climb(notice: Notice) -> None:
    above, taken_up = _Above(notice), _who_took_up(notice.id)
    asked: dict[int, list[int]] = {}
    for person in silent(notice.id):
        if any(not taken_up.isdisjoint(above.at(person, step)) for step in range(notice.climbed)):
            continue
        for one in above.at(person, notice.climbed):
            asked.setdefault(one, []).append(person)
    for one, people in asked.items():
        names = _names(people)
        tell(
            KIND,
            one,
            about=("notice", notice.id),
            occasion=str(notice.climbed),
            lane=Lane.ANSWER,
            number=notice.id,
            title=notice.title,
            names=names,
            residents=len(people) - len(names),
        )


def _names(people: Iterable[int]) -> list[str]:
    """Staff by name; residents are not named to anybody."""
    return [staff.name for person in people if (staff := answerer(person)) is not None]


def _was_asked(notice: Notice, person_id: int) -> bool:
    query = select(Letter.id).where(
        Letter.about_kind == "notice",
        Letter.about_id == notice.id,
        Letter.kind == KIND,
        Letter.to_kind == "person",
        Letter.to_id == person_id,
    )
    return session().execute(query.limit(1)).first() is not None


def _who_took_up(notice_id: int) -> set[int]:
    query = select(Step.by_id).where(
        Step.about_kind == "notice", Step.about_id == notice_id, Step.what == TAKEN_UP
    )
    return {one for one in session().scalars(query) if one is not None}
