"""转办, 首接 (row 15): a case goes to a department and whoever received it first stays its lead.

The department may dispute that within a limit; one ruling, by somebody who is no party to it, is final
(北京市接诉即办工作条例 art. 12, 14).
"""

from collections.abc import Sequence

from sqlalchemy import select

from models.base.actor import SYSTEM, By
from models.base.clock import now
from models.base.orm import put, session
from models.base.planning import beside
from models.base.refusals import Invalid, NotAllowed, NotFound
from models.case.case import Case
from models.case.lifecycle import ENDED, UNFINISHED, State
from models.duty.answering import answerer
from models.duty.overseeing import above, decides, deciding_here
from models.duty.tables import Department
from models.history import record
from models.outbox.door import tell, withdraw
from models.whistle.departments import active, people_of, spoken_for_by
from models.whistle.tables import Referral
from models.whistle.telling import case_path_of
from models.whistle.times import due_of

DISPUTED, RULED = "referral_disputed", "referral_ruled"
RULINGS = ("stays", "back")
TEXT = 300


def refer(case: Case, department_id: int, by: int, reason: str) -> Referral:
    """By whoever has the case or decides there (Case.transfer asks): the department's contact gets it. The
    caller holds the case's row.

    Raises NotAllowed: not_yours, referral_runs; Invalid: reason_needed, whistle_departments,
    calendar_missing, no_such_colleague.
    """
    department = next((one for one in active() if one.id == department_id), None)
    if department is None:
        raise Invalid("whistle_departments", most=1)
    if open_of(case.id) is not None:
        raise NotAllowed("referral_runs", number=case.number)
    at, reason = now(), reason.strip()[:TEXT]
    due = due_of(case, "dispute", case.urgency, at)
    first = first_receiver(case) or by
    case.transfer(by, people_of(department)[0], reason)
    number = put(
        Referral,
        case_id=case.id,
        department_id=department.id,
        first_receiver_id=first,
        reason=reason,
        by_id=by,
        made_at=at,
        dispute_due=due,
    )
    who = answerer(first)
    record(
        case.about,
        "referred",
        by=By.staff(by),
        at=at,
        referral=number,
        department=department.name,
        first=who.name if who else None,
        people=list(people_of(department)),
        dispute_due=due.isoformat(),
    )
    return session().get_one(Referral, number)


def dispute(referral_id: int, by: int, reason: str) -> bool:
    """异议, by whoever speaks for the department, within the limit; it stays there until somebody has ruled.
    False when it was disputed before.

    Raises NotFound; NotAllowed: whistle_not_called, referral_over, dispute_late; Invalid: reason_needed.
    """
    one, case = _held(referral_id)
    if one.department_id not in spoken_for_by(by):
        raise NotAllowed("whistle_not_called")
    if one.disputed_at is not None:
        return False
    at, reason = now(), reason.strip()[:TEXT]
    if one.ended_at is not None or State(case.state) not in UNFINISHED:
        raise NotAllowed("referral_over")
    if at > one.dispute_due:
        raise NotAllowed("dispute_late")
    if not reason:
        raise Invalid("reason_needed")
    one.disputed_at, one.disputed_by, one.dispute_reason = at, by, reason
    record(case.about, "referral_disputed", by=By.staff(by), at=at, referral=one.id, reason=reason)
    department = session().get_one(Department, one.department_id)
    for person in rulers(one, case):
        facts = case.facts(department=department.name, why=reason, reason=one.reason)
        path = case_path_of(case.number, person)
        tell(DISPUTED, person, about=case.about, occasion=str(one.id), path=path, **facts)
    return True


def rule(referral_id: int, by: int, ruling: str, reason: str) -> bool:
    """裁定, final: it stays with the department (stays), or goes back to who received it first (back). False
    when just that was ruled before.

    Raises NotFound; NotAllowed: not_yours, referral_party (who handed it over, to whom it may go back, the
    department), referral_over; Invalid: reason_needed, not_possible.
    """
    one, case = _held(referral_id)
    if not decides(by, case.community_id) and by not in rulers(one, case):
        raise NotAllowed("not_yours", number=case.number)
    if by in _parties(one):
        raise NotAllowed("referral_party")
    if ruling not in RULINGS:
        raise Invalid("not_possible", number=case.number)
    if one.ruled_at is not None and one.ruling == ruling:
        return False
    if one.ended_at is not None or one.ruled_at is not None or one.disputed_at is None:
        raise NotAllowed("referral_over")
    at, reason = now(), reason.strip()[:TEXT]
    if not reason:
        raise Invalid("reason_needed")
    one.ruled_at, one.ruled_by, one.ruling, one.ruling_reason = at, by, ruling, reason
    department = session().get_one(Department, one.department_id)
    record(
        case.about,
        "referral_ruled",
        by=By.staff(by),
        at=at,
        referral=one.id,
        ruling=ruling,
        reason=reason,
        department=department.name,
        people=list(people_of(department)),
    )
    withdraw(case.about, DISPUTED)
    if ruling == "back":
        one.ended_at = at
        if State(case.state) in UNFINISHED and case.taker_id != one.first_receiver_id:
            case.transfer(by, one.first_receiver_id if answerer(one.first_receiver_id) else by, reason)
    people = dict.fromkeys((*people_of(department), one.first_receiver_id, one.by_id))
    for person in people:
        facts = case.facts(department=department.name, ruling=ruling, why=reason)
        tell(RULED, person, about=case.about, occasion=str(one.id), **facts)
    return True


def end_some(*, limit: int = 200) -> int:
    """Hand-overs whose case has had its last word: nobody follows them any more. Gives how many."""
    query = (
        select(Referral)
        .join(Case, Case.id == Referral.case_id)
        .where(Referral.ended_at.is_(None), beside(Case.state.in_(tuple(ENDED))))
        .order_by(Referral.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=Referral)
    )
    found = session().scalars(query).all()
    for one in found:
        one.ended_at = now()
        record(("case", one.case_id), "referral_ended", by=SYSTEM, at=one.ended_at, referral=one.id)
    return len(found)


def first_receiver(case: Case) -> int | None:
    """首接: who had it when it was first handed over, else who has it now."""
    query = select(Referral.first_receiver_id).where(Referral.case_id == case.id).order_by(Referral.id)
    return session().scalars(query.limit(1)).first() or case.taker_id


def open_of(case_id: int) -> Referral | None:
    query = select(Referral).where(Referral.case_id == case_id, Referral.ended_at.is_(None))
    return session().scalars(query.order_by(Referral.id.desc()).limit(1)).first()


def latest_of(case_id: int) -> Referral | None:
    """The last hand-over, open or not."""
    query = select(Referral).where(Referral.case_id == case_id).order_by(Referral.id.desc())
    return session().scalars(query.limit(1)).first()


def followed_by(person_id: int) -> Sequence[Referral]:
    """What a first receiver has handed over and still follows, oldest first."""
    query = select(Referral).where(Referral.first_receiver_id == person_id, Referral.ended_at.is_(None))
    return session().scalars(query.order_by(Referral.id)).all()


def rulers(one: Referral, case: Case) -> list[int]:
    """Who may rule: those who decide there and are no party; where all of them are, those above."""
    parties = _parties(one)
    near = [person for person in deciding_here(case.community_id) if person not in parties]
    return near or [person for person in above(case.community_id) if person not in parties]


def _parties(one: Referral) -> set[int | None]:
    department = session().get_one(Department, one.department_id)
    own = (one.by_id, one.first_receiver_id, one.disputed_by, department.contact_id)
    return {*own, *people_of(department)}


def _held(referral_id: int) -> tuple[Referral, Case]:
    """The case's row first, as everywhere. Raises NotFound."""
    known = session().get(Referral, referral_id)
    if known is None:
        raise NotFound("referral_not_found")
    query = select(Case).where(Case.id == known.case_id).with_for_update()
    case = session().scalars(query.execution_options(populate_existing=True)).one()
    again = select(Referral).where(Referral.id == referral_id).with_for_update()
    return session().scalars(again.execution_options(populate_existing=True)).one(), case
