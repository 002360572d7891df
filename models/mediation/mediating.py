"""调解 (row 14): a quarrel is given to a mediator, they meet, they agree or not; weeks later somebody
asks whether it was kept.

No step, no letter and no column in the clear holds a word of it; a case that it began with knows that it is
with the mediator.
"""

from datetime import date, datetime

from sqlalchemy import ScalarSelect, case, exists, func, select

from models.base.actor import By
from models.base.clock import local, now
from models.base.links import personal_path
from models.base.orm import public_id, session
from models.base.refusals import Invalid, NotAllowed
from models.duty.overseeing import deciding_here
from models.history import Step, record
from models.mediation import rules
from models.mediation.reading import ABOUT, both_left, held, is_with_mediator, left, sealed
from models.mediation.tables import Mediation, MediationMeeting
from models.outbox.door import tell, withdraw
from models.outbox.letter import DataClass, Lane, Letter
from models.person.arriving import staff_of
from models.person.tables import Staff

PAGE = "/mediations"  # below the desk's link
WITHOUT = ("no_agreement", "to_court", "withdrawn")
GIVEN, CHECK, LEFT = "mediation_given", "mediation_check", "mediation_left"
HANDED_ON = "mediation_handed_on"


def open_one(
    community_id: int,
    kind: str,
    parties: str,
    matter: str,
    began_on: date,
    mediator_id: int,
    by: By,
    *,
    case_id: int | None = None,
) -> Mediation:
    """Gives a quarrel to a mediator, who is told that there is one. `began_on`: since when they quarrel.
    Whether `by` may open one is the caller's to know.

    Raises Invalid, NotAllowed.
    """
    at = now()
    if kind not in rules.kinds():
        raise Invalid("mediation_kind")
    if not parties.strip() or not matter.strip():
        raise Invalid("mediation_words")
    if began_on > local(at).date():
        raise Invalid("mediation_day")
    if staff_of(mediator_id) is None:
        raise Invalid("keeper_unclear")
    if case_id is not None and is_with_mediator(case_id):
        raise NotAllowed("mediation_open")
    key = public_id()
    one = Mediation(
        public_id=key,
        community_id=community_id,
        case_id=case_id,
        kind=kind,
        parties_sealed=sealed(key, "parties", parties.strip()),
        matter_sealed=sealed(key, "matter", matter.strip()),
        began_on=began_on,
        mediator_id=mediator_id,
        opened_by=by.id,
        opened_at=at,
    )
    session().add(one)
    session().flush()
    record((ABOUT, one.id), "mediation_opened", by=by, at=at, mediator=mediator_id)
    if case_id is not None:
        record(("case", case_id), "with_mediator", by=by, at=at)
    if mediator_id != by.id:
        _tell(one, GIVEN, "opened")
    return one


def meet(key: str, at: datetime, note: str, by: By) -> int:
    """They sat together at that time; gives the meeting's number. Raises NotFound, Invalid, NotAllowed."""
    one = _running(key, by)
    if not note.strip():
        raise Invalid("mediation_words")
    if at > now() or local(at).date() < one.began_on:
        raise Invalid("mediation_day")
    query = select(func.count(MediationMeeting.id)).where(MediationMeeting.mediation_id == one.id)
    number = session().execute(query).scalar_one() + 1
    meeting = MediationMeeting(
        mediation_id=one.id,
        number=number,
        at=at,
        note_sealed=sealed(one.public_id, f"note/{number}", note.strip()),
        by_id=by.id,
    )
    session().add(meeting)
    record((ABOUT, one.id), "mediation_met", by=by, at=now(), number=number)
    return number


def agree(key: str, agreement: str, by: By) -> date:
    """They agreed on this; gives the day on which somebody asks whether it was kept.

    Raises NotFound, Invalid, NotAllowed.
    """
    one = _running(key, by)
    if not agreement.strip():
        raise Invalid("mediation_words")
    at = now()
    one.agreement_sealed = sealed(one.public_id, "agreement", agreement.strip())
    one.concluded_at = at
    one.check_on = rules.check_day(local(at).date())
    record((ABOUT, one.id), "mediation_agreed", by=by, at=at)
    return one.check_on


def end(key: str, how: str, by: By) -> None:
    """Without an agreement: no_agreement, to_court, or withdrawn, which is no conclusion. Raises NotFound,
    Invalid, NotAllowed."""
    one = _running(key, by)
    if how not in WITHOUT:
        raise Invalid("mediation_end")
    at = now()
    if how != "withdrawn":
        one.concluded_at = at
    _over(one, how, by, at)


def check(key: str, kept: bool, by: By) -> None:
    """Whether the agreement was kept. That it was broken may be said at once, that it was kept only when its
    day has come. Raises NotFound, NotAllowed."""
    one = held(key, by.id or 0)
    at = now()
    if one.check_on is None or one.ended_at is not None:
        raise NotAllowed("mediation_not_now")
    if kept and local(at).date() < one.check_on:
        raise NotAllowed("mediation_early", day=one.check_on.isoformat())
    one.checked_at, one.was_kept = at, kept
    _over(one, "kept" if kept else "broken", by, at)


def hand_on(key: str, mediator_id: int, by: By) -> None:
    """To another mediator, who is told; the one before reads it no more, unless who opened it. Raises
    NotFound, Invalid, NotAllowed."""
    one = held(key, by.id or 0)
    if one.ended_at is not None:
        raise NotAllowed("mediation_not_now")
    _hand_on(one, mediator_id, by)


def find_another(key: str, mediator_id: int, by: By) -> None:
    """Of one that both have left, by whoever decides there, who reads no word of it: so to somebody else.
    Raises NotFound, Invalid, NotAllowed."""
    one = left(key, by.id or 0)
    if mediator_id == by.id:
        raise NotAllowed("mediation_not_to_self")
    _hand_on(one, mediator_id, by)


def _hand_on(one: Mediation, mediator_id: int, by: By) -> None:
    if staff_of(mediator_id) is None:
        raise Invalid("keeper_unclear")
    if mediator_id == one.mediator_id:
        return
    one.mediator_id = mediator_id
    withdraw((ABOUT, one.id), GIVEN, CHECK, LEFT)
    number = record((ABOUT, one.id), HANDED_ON, by=by, at=now(), mediator=mediator_id)
    if mediator_id != by.id:
        _tell(one, GIVEN, f"step{number}")


def ask_one() -> bool:
    """Asks one mediator whose agreement has its day, or who opened it where the mediator has left; whether
    there was any to ask. Once, and again whoever it was handed back to."""
    mediates = exists().where(Staff.person_id == Mediation.mediator_id, Staff.active)
    who = case((mediates, Mediation.mediator_id), else_=Mediation.opened_by)
    has_post = exists().where(Staff.person_id == who, Staff.active)
    handed_on = _handed_on()
    asked = (
        select(Letter.id)
        .where(Letter.about_kind == ABOUT, Letter.about_id == Mediation.id, Letter.kind == CHECK)
        .where(Letter.to_kind == "person", Letter.to_id == who)
        .where(Letter.created_at >= func.coalesce(handed_on, Mediation.opened_at))
    )
    query = (
        select(Mediation, who, handed_on)
        .where(Mediation.ended_at.is_(None), Mediation.check_on <= local(now()).date())
        .where(has_post, ~asked.exists())
        .order_by(Mediation.id)
        .limit(1)
    )
    row = session().execute(query.with_for_update(skip_locked=True, of=Mediation)).first()
    if row is None:
        return False
    since: datetime | None = row[2]
    _tell(row[0], CHECK, f"check.{since.isoformat()}" if since else "check", to=row[1])
    return True


def tell_left(most: int = 50) -> int:
    """Letters to whoever decides there about those that both have left, so that nobody waits for a mediator
    who is gone; how many. Once each, and again when whoever got it since has left too."""
    told = (
        select(Letter.id)
        .where(Letter.about_kind == ABOUT, Letter.about_id == Mediation.id, Letter.kind == LEFT)
        .where(Letter.created_at >= func.coalesce(_handed_on(), Mediation.opened_at))
    )
    query = select(Mediation).where(both_left(), ~told.exists()).order_by(Mediation.id).limit(most)
    many = 0
    for one in session().scalars(query.with_for_update(skip_locked=True, of=Mediation)):
        for person in deciding_here(one.community_id):
            _tell(one, LEFT, f"left.{now().isoformat()}", to=person)
            many += 1
    return many


def _handed_on() -> ScalarSelect[datetime]:
    """When a mediation last went to another mediator."""
    return (
        select(func.max(Step.at))
        .where(Step.about_kind == ABOUT, Step.about_id == Mediation.id, Step.what == HANDED_ON)
        .scalar_subquery()
    )


def _running(key: str, by: By) -> Mediation:
    one = held(key, by.id or 0)
    if one.concluded_at is not None or one.ended_at is not None:
        raise NotAllowed("mediation_not_now")
    return one


def _over(one: Mediation, how: str, by: By, at: datetime) -> None:
    one.ended_at, one.ended_how = at, how
    record((ABOUT, one.id), "mediation_ended", by=by, at=at, how=how)
    withdraw((ABOUT, one.id), GIVEN, CHECK, LEFT)
    if one.case_id is not None:
        record(("case", one.case_id), "mediation_over", by=by, at=at)


def _tell(one: Mediation, kind: str, occasion: str, *, to: int | None = None) -> None:
    """That there is one, and where; the page says which. To its mediator, or to the other of the two."""
    reader = to if to is not None else one.mediator_id
    path = personal_path("desk", reader) + PAGE
    tell(
        kind,
        reader,
        about=(ABOUT, one.id),
        occasion=occasion,
        data_class=DataClass.SENSITIVE,
        lane=Lane.NEWS,
        path=path,
    )
