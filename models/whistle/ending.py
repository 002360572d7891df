"""A whistle ends with its result, or is called off; when its case is over it is over too."""

from sqlalchemy import select

from models.base.actor import SYSTEM, By
from models.base.clock import now
from models.base.orm import session
from models.base.refusals import Invalid, NotAllowed
from models.case.case import Case
from models.case.lifecycle import CLAIMED, State
from models.history import record
from models.outbox.door import withdraw
from models.whistle import telling
from models.whistle.blowing import TEXT
from models.whistle.climbing import catch_up
from models.whistle.departments import spoken_for_by
from models.whistle.reading import KIND, called_in, hold
from models.whistle.rights import is_on_whistlers_side, whistlers
from models.whistle.tables import Whistle


def end(whistle_id: int, by: int, result: str) -> bool:
    """Its result, said by the whistler's side or the department that leads. False when it was over before."""
    whistle = hold(whistle_id)
    leads = spoken_for_by(by)
    if not is_on_whistlers_side(by, whistle) and called_in(whistle_id)[0].department_id not in leads:
        raise NotAllowed("whistle_not_yours")
    return _over(whistle, By.staff(by), "done", result)


def call_off(whistle_id: int, by: int, reason: str) -> bool:
    """Nobody need come any more, with the reason. False when it was over before."""
    whistle = hold(whistle_id)
    if not is_on_whistlers_side(by, whistle):
        raise NotAllowed("whistle_not_yours")
    return _over(whistle, By.staff(by), "called_off", reason)


def _over(whistle: Whistle, by: By, how: str, words: str) -> bool:
    if whistle.ended_at is not None:
        return False
    words = words.strip()[:TEXT]
    if not words:
        raise Invalid("reason_needed")
    catch_up(whistle, now())
    close(whistle, by, how, words)
    return True


def close(whistle: Whistle, by: By, how: str, words: str | None) -> None:
    """Over: nobody is called any more, and both sides are asked for their marks."""
    at = now()
    whistle.ended_at, whistle.ended_how, whistle.result, whistle.due_at = at, how, words, None
    record((KIND, whistle.id), "whistle_ended", by=by, at=at, how=how, words=words)
    record(("case", whistle.case_id), "whistle_over", by=by, at=at, whistle=whistle.id, how=how)
    withdraw((KIND, whistle.id), telling.BLOWN, telling.CLIMBED)
    telling.tell_departments(whistle, telling.ENDED, "ended", but=by.id, how=how, words=words, is_yours=False)
    more = {"how": how, "words": words, "is_lead": False, "is_yours": True}
    for person in whistlers(whistle):
        if person != by.id:
            telling.tell_one(whistle, telling.ENDED, person, "ended", **more)


def end_some(*, limit: int = 50) -> int:
    """Whistles whose case is over, said to be done or void: nobody need come any more. Gives how many."""
    over = [*CLAIMED, State.VOID]
    query = (
        select(Whistle)
        .join(Case, Case.id == Whistle.case_id)
        .where(Whistle.ended_at.is_(None), Case.state.in_(over))
        .order_by(Whistle.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=Whistle)
    )
    found = session().scalars(query.execution_options(populate_existing=True)).all()
    for whistle in found:
        case = session().get_one(Case, whistle.case_id)
        if State(case.state) == State.VOID:
            close(whistle, SYSTEM, "called_off", None)
        else:
            close(whistle, SYSTEM, "done", case.finish_text)
    return len(found)
