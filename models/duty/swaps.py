"""换班: one asks, the other agrees, and both shifts change hands at once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select

from models.base.actor import SYSTEM, By
from models.base.clock import local, now
from models.base.links import personal_path
from models.base.orm import put, session
from models.base.refusals import Invalid, NotAllowed, NotFound
from models.duty.overseeing import speaks_for, watches
from models.duty.rota import held, shifts_between
from models.duty.tables import Shift, Swap
from models.history import record
from models.outbox.door import tell, withdraw
from models.outbox.letter import Lane
from models.person.arriving import staff_of

KIND = "swap"
ASKED, ENDED = "swap_asked", "swap_ended"


def ask(number: int, to_id: int, by: By, *, in_return: int | None = None) -> int:
    """Asks a colleague to take a shift, or to give one of theirs for it. By whoever has the shift, or a post
    that decides there. The same again is the same request. Gives its number.

    Raises NotFound; NotAllowed: shift_not_yours, shift_begun; Invalid: rung_person, swap_return (not theirs,
    not ahead, or of another rota), swap_open (somebody else is asked already), shift_overlaps.
    """
    shift = _ahead(number)
    if by.id != shift.person_id and not speaks_for(by.id, shift.community_id):
        raise NotAllowed("shift_not_yours")
    staff = staff_of(to_id)
    allowed = staff is not None and (
        shift.community_id is None or watches(staff.community_id, shift.community_id)
    )
    if not allowed or to_id == shift.person_id:
        raise Invalid("rung_person")
    given = _given(in_return, shift, to_id)
    known = session().scalars(select(Swap).where(Swap.shift_id == number, Swap.ended_at.is_(None))).first()
    if known is not None:
        if (known.to_id, known.for_shift_id) == (to_id, in_return):
            return known.id
        raise Invalid("swap_open", number=known.id)
    _must_be_free(to_id, shift, given)
    at = now()
    key = put(Swap, shift_id=number, to_id=to_id, for_shift_id=in_return, asked_by=by.id, asked_at=at)
    record((KIND, key), "swap_asked", by=by, at=at, shift=number, to=to_id, for_shift=in_return)
    tell(
        ASKED,
        to_id,
        about=(KIND, key),
        occasion="asked",
        lane=Lane.NEWS,
        **_facts(to_id, shift, given),
    )
    return key


def agree(number: int, by: By) -> bool:
    """The colleague takes it: the shifts change hands now. False when it was agreed already. Raises NotFound
    for who was not asked, NotAllowed: swap_over; Invalid as `ask`. What began meanwhile is too late."""
    swap, shift, given = _locked(number)
    if by.id != swap.to_id:
        raise NotFound("swap_not_found", number=number)
    if swap.ended_at is not None:
        if swap.ended_how == "agreed":
            return False
        raise NotAllowed("swap_over", number=number)
    at = now()
    if not _both_ahead(shift, given, at):
        raise NotAllowed("shift_begun")
    _must_be_free(swap.to_id, shift, given)
    if given is not None:
        if staff_of(shift.person_id) is None:  # who asked has left: the hours would be nobody's
            raise Invalid("rung_person")
        _must_be_free(shift.person_id, given, shift)
    former = shift.person_id
    _hand_over(shift, swap.to_id, by, at)
    if given is not None:
        _hand_over(given, former, by, at)
    _end(swap, "agreed", by, at, shift, given)
    return True


def refuse(number: int, by: By) -> bool:
    """The colleague does not. False when it was over already. Raises NotFound for who was not asked."""
    swap, shift, given = _locked(number)
    if by.id != swap.to_id:
        raise NotFound("swap_not_found", number=number)
    return _over(swap, "refused", by, shift, given)


def take_back(number: int, by: By) -> bool:
    """Whoever asked does not want it any more. False when it was over already. Raises NotFound for anybody
    else."""
    swap, shift, given = _locked(number)
    if by.id not in (swap.asked_by, shift.person_id):
        raise NotFound("swap_not_found", number=number)
    return _over(swap, "withdrawn", by, shift, given)


def lapse_one() -> bool:
    """A request whose shift has begun without an answer is over. False when there is none."""
    at = now()
    query = (
        select(Swap.id)
        .join(Shift, or_(Shift.id == Swap.shift_id, Shift.id == Swap.for_shift_id))
        .where(Swap.ended_at.is_(None), or_(Shift.starts_at <= at, Shift.ended_at.is_not(None)))
        .order_by(Swap.id)
        .limit(1)
    )
    number = session().scalars(query).first()
    if number is None:
        return False
    swap, shift, given = _locked(number)
    _over(swap, "too_late", SYSTEM, shift, given)
    return True


def waiting_for(person_id: int) -> Sequence[Swap]:
    """What this person is asked and has not answered, the oldest first."""
    query = select(Swap).where(Swap.to_id == person_id, Swap.ended_at.is_(None))
    return session().scalars(query.order_by(Swap.id)).all()


def asked_by(person_id: int) -> Sequence[Swap]:
    """What this person asked, or is asked for, and nobody has answered."""
    query = (
        select(Swap)
        .join(Shift, Shift.id == Swap.shift_id)
        .where(Swap.ended_at.is_(None), or_(Swap.asked_by == person_id, Shift.person_id == person_id))
    )
    return session().scalars(query.order_by(Swap.id)).all()


def _locked(number: int) -> tuple[Swap, Shift, Shift | None]:
    """The request and its shifts, their rows ours until the commit; shifts in the order of their numbers."""
    found = session().get(Swap, number)
    if found is None:
        raise NotFound("swap_not_found", number=number)
    shifts = {one: held(one) for one in sorted({found.shift_id, found.for_shift_id or found.shift_id})}
    query = select(Swap).where(Swap.id == number).with_for_update().execution_options(populate_existing=True)
    swap = session().scalars(query).one()
    return swap, shifts[swap.shift_id], shifts[swap.for_shift_id] if swap.for_shift_id else None


def _ahead(number: int) -> Shift:
    shift = held(number)
    if not _both_ahead(shift, None, now()):
        raise NotAllowed("shift_begun")
    return shift


def _both_ahead(shift: Shift, given: Shift | None, at: datetime) -> bool:
    return all(one is None or (one.ended_at is None and one.starts_at > at) for one in (shift, given))


def _given(number: int | None, shift: Shift, to_id: int) -> Shift | None:
    if number is None:
        return None
    given = session().get(Shift, number)
    same = given is not None and (given.community_id, given.rung) == (shift.community_id, shift.rung)
    if given is None or not same or given.person_id != to_id or not _both_ahead(given, None, now()):
        raise Invalid("swap_return")
    return given


def _must_be_free(person_id: int, shift: Shift, leaving: Shift | None) -> None:
    """Nobody is on duty twice at a time in one rota; `leaving` is what the person gives away."""
    which = (
        Shift.community_id.is_not_distinct_from(shift.community_id),
        Shift.rung == shift.rung,
        Shift.person_id == person_id,
        Shift.id != (leaving.id if leaving is not None else 0),
    )
    if shifts_between(shift.starts_at, shift.ends_at, *which):
        staff = staff_of(person_id)
        raise Invalid(
            "shift_overlaps", name=staff.name if staff else "", at=f"{local(shift.starts_at):%Y-%m-%d %H:%M}"
        )


def _hand_over(shift: Shift, to_id: int, by: By, at: datetime) -> None:
    shift.ended_at, shift.ended_how = at, "swapped"
    session().flush()
    put(
        Shift,
        community_id=shift.community_id,
        rung=shift.rung,
        person_id=to_id,
        starts_at=shift.starts_at,
        ends_at=shift.ends_at,
        by_id=by.id,
        at=at,
    )


def _over(swap: Swap, how: str, by: By, shift: Shift, given: Shift | None) -> bool:
    if swap.ended_at is not None:
        return False
    _end(swap, how, by, now(), shift, given)
    return True


def _end(swap: Swap, how: str, by: By, at: datetime, shift: Shift, given: Shift | None) -> None:
    swap.ended_at, swap.ended_how = at, how
    record((KIND, swap.id), f"swap_{how}", by=by, at=at)
    withdraw((KIND, swap.id), ASKED)
    hear = {swap.asked_by, shift.person_id} if how != "withdrawn" else {swap.to_id, shift.person_id}
    for person in sorted(hear - {by.id}):
        tell(
            ENDED,
            person,
            about=(KIND, swap.id),
            occasion=how,
            lane=Lane.ANSWER if by.kind == "staff" else Lane.NEWS,  # nobody is woken because a shift began
            how=how,
            **_facts(person, shift, given, swap.to_id),
        )


def _facts(person: int, shift: Shift, given: Shift | None, taker_id: int | None = None) -> dict[str, Any]:
    """What the letters freeze: whose shift it is, and which one is given for it."""
    giver = staff_of(shift.person_id)
    taker = staff_of(taker_id) if taker_id is not None else None
    return {
        "path": f"{personal_path('desk', person)}/duties",
        "name": giver.name if giver else None,
        "taker": taker.name if taker else None,
        "starts": shift.starts_at.isoformat(),
        "ends": shift.ends_at.isoformat(),
        "given": [given.starts_at.isoformat(), given.ends_at.isoformat()] if given is not None else None,
    }
