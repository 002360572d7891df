"""派单: finding who answers for a case and putting it before them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update

from models.base.actor import SYSTEM
from models.base.orm import put, session
from models.case.tables import Offer
from models.duty.answering import Answering, answering, duty_persons
from models.history import record
from models.outbox.door import tell
from models.outbox.letter import Lane, Letter
from models.outbox.letter import State as Fate
from models.place.spot import Spot

# how people hear of an offer
LETTERS = ("case_dispatched", "case_returned", "case_filed_nobody", "case_objected")
HEARD = (*LETTERS, "case_emergency", "case_reopened")


def find(spot: Spot, category: str | None, *, except_for: frozenset[int] = frozenset()) -> Answering:
    """Keeper, else grid worker, else the category's department, else the community's desk, else nobody."""
    return answering(spot, category, except_for=except_for)


def offer(
    case_id: int,
    answers: Answering,
    *,
    facts: dict[str, Any],
    at: datetime,
    occasion: str,
    note: str | None = None,
    returned_by: str | None = None,
) -> None:
    """Opens an offer to each of these people and tells them. With nobody, those above hear of it (row 17).

    `note` is what the one before said about it; `returned_by` names who gave it back.
    """
    about = ("case", case_id)
    lane = Lane.EMERGENCY if facts["urgency"] == "emergency" else Lane.ANSWER
    people = list(answers.people)
    kind = "case_dispatched"
    if answers.route == "desk":
        kind = "case_returned" if returned_by else "case_filed_nobody"
    elif answers.route == "objected":
        kind = "case_objected"
    what = "dispatched" if people else "nobody_found"
    step = record(about, what, by=SYSTEM, at=at, route=answers.route, to=people)
    said = {"note": note, "reason": note, "by": returned_by, **facts}
    for person in people:
        put(Offer, case_id=case_id, person_id=person, role=answers.route, offered_at=at)
        tell(kind, person, about=about, occasion=occasion, lane=lane, **said)
    if not people:
        # Nobody is asked, so there is no offer; street and admins may take it or hand it on.
        for person in duty_persons(None):
            tell("case_filed_nobody", person, about=about, occasion=f"nobody{step}", lane=lane, **said)


def call_off(
    case_id: int,
    former: Iterable[int],
    taker: int | None,
    why: str,
    *,
    facts: dict[str, Any],
    occasion: str,
    **more: Any,
) -> None:
    """Tells whoever worked on it, and those who have read of it, that it is not theirs any more.

    `why` is moved (the place or the matter was put right), withdrawn, disowned or merged. Who was offered it
    and has not been told yet needs no telling: those letters are withdrawn.
    """
    query = select(Letter.to_id).where(
        Letter.about_kind == "case",
        Letter.about_id == case_id,
        Letter.kind.in_(HEARD),
        Letter.to_kind == "person",
        Letter.state.not_in([Fate.WAITING, Fate.WITHDRAWN]),
    )
    heard = set(former) & set(session().scalars(query))
    for person in sorted(heard | ({taker} if taker is not None else set())):
        tell("case_called_off", person, about=("case", case_id), occasion=occasion, why=why, **more, **facts)


def holders(case_id: int) -> list[int]:
    """Who may accept it now."""
    query = select(Offer.person_id).where(Offer.case_id == case_id, Offer.ended_at.is_(None))
    return list(session().scalars(query))


def is_offered(case_id: int, person_id: int) -> bool:
    return person_id in holders(case_id)


def returned_by(case_id: int) -> frozenset[int]:
    """Who had it and gave it back: it does not go to them again by itself."""
    query = select(Offer.person_id).where(Offer.case_id == case_id, Offer.ended_how == "returned")
    return frozenset(session().scalars(query))


def note_offer(case_id: int, person_id: int, role: str, at: datetime) -> None:
    """Somebody steps in who was not asked: the offer stands for it."""
    put(Offer, case_id=case_id, person_id=person_id, role=role, offered_at=at)


def note_return(case_id: int, person_id: int, at: datetime) -> None:
    """The one who had accepted gave it back."""
    statement = update(Offer).where(
        Offer.case_id == case_id, Offer.person_id == person_id, Offer.ended_how == "accepted"
    )
    session().execute(statement.values(ended_at=at, ended_how="returned"))


def end(case_id: int, how: str, *, at: datetime, person_id: int | None = None) -> None:
    """Ends the open offers of a case, or one person's."""
    statement = update(Offer).where(Offer.case_id == case_id, Offer.ended_at.is_(None))
    if person_id is not None:
        statement = statement.where(Offer.person_id == person_id)
    session().execute(statement.values(ended_at=at, ended_how=how))


def count(case_id: int) -> int:
    """How many offers there were: the occasion of the next letter."""
    return session().execute(select(func.count(Offer.id)).where(Offer.case_id == case_id)).scalar_one()
