"""What the clock does to cases. Each verb handles one item and says whether there was one."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import exists, func, or_, select

from models.base.clock import now
from models.base.orm import session
from models.case.case import Case
from models.case.lifecycle import UNFINISHED, State
from models.outbox.letter import Letter
from models.outbox.letter import State as Fate

LOOK_AGAIN = timedelta(days=1)
_OPEN = sorted(UNFINISHED)  # one after the other, because each is found by its index and several by none
_STATES_APART = 10**12  # more than there will be cases


def climb_some(*, until: datetime | None = None, limit: int = 50) -> int:
    """Cases of which a limit ran out, the longest due first: each climbs, or its pause is over. Gives how
    many: the clock calls until it is 0. A case that somebody moves meanwhile climbs with that move."""
    at = until or now()
    query = (
        select(Case)
        .where(Case.due_at <= at)
        .order_by(Case.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True, of=Case)
    )
    cases = session().scalars(query).all()
    for case in cases:
        case.catch_up(at)
    return len(cases)


def reckon_some(after: int = 0, *, limit: int = 200) -> int:
    """Open cases without limits, state by state: those from before there were limits, and those whose year
    nobody had entered. Gives what to call it with next, 0 when there is none left."""
    first, last = divmod(after, _STATES_APART)
    for number in range(first, len(_OPEN)):
        query = (
            select(Case)
            .where(Case.state == _OPEN[number], Case.id > last, Case.due_stage.is_(None))
            .order_by(Case.id)
            .limit(limit)
            .with_for_update(skip_locked=True, of=Case)
        )
        cases = session().scalars(query).all()
        for case in cases:
            case.reckon()
        if cases:
            return number * _STATES_APART + cases[-1].id
        last = 0
    return 0


def file_one_unplaced() -> bool:
    """A report whose missing place was never said goes to the desk as it is: nothing waits in silence."""
    case = _next_waiting(State.COLLECTED)
    if case is None:
        return False
    case.file()
    return True


def settle_one_silence(*, silence_days: int) -> bool:
    """Closes one finished case by default, if its question reached the platform that long ago (design 4.5-8).

    Who could not be asked is not taken to have agreed: such a case stays open, on the visit list.
    """
    case = _next_waiting(State.FINISHED)
    if case is None:
        return False
    asked = _question_accepted_at(case)
    if asked is None:
        case.waits_until = now() + LOOK_AGAIN
    elif asked + timedelta(days=silence_days) > now():
        case.waits_until = asked + timedelta(days=silence_days)
    else:
        case.asked_at = asked
        case.close_by_default()
    return True


def closes_at(case: Case, silence_days: int) -> datetime | None:
    """When silence closes a finished case; None while its question has not reached anybody."""
    asked = _question_accepted_at(case) if case.state == State.FINISHED else None
    return asked + timedelta(days=silence_days) if asked is not None else None


def to_visit(community_id: int | None = None, limit: int = 100) -> Sequence[Case]:
    """Finished cases whose people nobody could ask: somebody must go there or phone."""
    asked = exists().where(
        Letter.about_kind == "case",
        Letter.about_id == Case.id,
        Letter.kind == "case_finished",
        Letter.created_at >= Case.finished_at,
        Letter.state.in_([Fate.SENT, Fate.WAITING, Fate.TAKEN]),
    )
    query = select(Case).where(Case.state == State.FINISHED, ~asked)
    if community_id is not None:
        query = query.where(or_(Case.community_id == community_id, Case.community_id.is_(None)))
    return session().scalars(query.order_by(Case.id).limit(limit)).all()


def _next_waiting(state: State) -> Case | None:
    query = (
        select(Case)
        .where(Case.waits_until <= now(), Case.state == state)
        .order_by(Case.waits_until)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return session().scalars(query).first()


def _question_accepted_at(case: Case) -> datetime | None:
    query = select(func.min(Letter.sent_at)).where(
        Letter.about_kind == "case",
        Letter.about_id == case.id,
        Letter.kind == "case_finished",
        Letter.created_at >= case.finished_at,
        Letter.state == Fate.SENT,
    )
    return session().execute(query).scalar()
