"""A question and its one answer. The verbs write the letters; nothing here is a case or counts as one."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, or_, select, true

from models.base.clock import ago, now
from models.base.links import personal_path
from models.base.orm import put, session
from models.base.refusals import Invalid, NotAllowed, NotFound
from models.duty.answering import Answering, answerer
from models.enquiry.tables import TEXT_LIMIT, Enquiry, State
from models.outbox.door import tell, withdraw
from models.outbox.letter import Lane, Letter
from models.outbox.letter import State as Fate
from models.person.arriving import Visitor, staff_of
from models.place.gazetteer import town
from models.place.spot import Spot

DESKS = frozenset({"community", "street", "admin"})  # whose post answers any question of their community
KNOWN_LASTS = timedelta(days=30)  # what was answered at once, or became a case, is soon forgotten


def keep(
    text: str,
    *,
    asker: int,
    intent: str,
    category: str | None,
    spot: Spot,
    answers: Answering,
    at: datetime | None = None,
) -> int:
    """Keeps a question for those who answer it and tells each of them. Returns its number."""
    key = _put(text, asker, intent, category, spot, State.OPEN, answers, at)
    _tell_answerers(key, text, spot, asker, answers.people)
    return key


def note_known(text: str, *, asker: int, intent: str, category: str | None, spot: Spot) -> int:
    """Remembers a question that was answered at once, so that one word may still bring it before a person."""
    return _put(text, asker, intent, category, spot, State.KNOWN, Answering("known"))


def pass_on(enquiry: Enquiry, answers: Answering) -> None:
    """The answer did not help: a person shall."""
    enquiry.state, enquiry.route = State.OPEN, answers.route
    enquiry.department, enquiry.to_ids = answers.department, list(answers.people)
    _tell_answerers(enquiry.id, enquiry.text, spot_of(enquiry), enquiry.asker_id, answers.people)


def answer(enquiry: Enquiry, by: int, text: str) -> None:
    """A person answers; the asker is told, once. The caller holds the row.

    Raises NotAllowed when it has been answered or needs no answer any more, Invalid without words.
    """
    text = text.strip()[:TEXT_LIMIT]
    if enquiry.state != State.OPEN:
        raise NotAllowed("enquiry_settled", number=str(enquiry.id))
    if not text:
        raise Invalid("enquiry_words_needed", number=str(enquiry.id))
    enquiry.answer, enquiry.answered_by = text, by
    _settle(enquiry, State.ANSWERED)
    staff = answerer(by)
    tell(
        "enquiry_answered",
        enquiry.asker_id,
        about=_about(enquiry),
        occasion="answer",
        number=str(enquiry.id),
        asked=enquiry.text,
        relayed=enquiry.route == "relay",
        answer=text,
        who=staff.name if staff else None,
        role=staff.role if staff else None,
    )


def becomes_case(enquiry: Enquiry) -> None:
    """It was none: it is filed as a case, and nobody has to answer any more."""
    _settle(enquiry, State.FILED)


def hold_for(number: int, visitor: Visitor) -> Enquiry:
    """The question of this number, its row ours, if this person may answer it. Raises NotFound."""
    query = select(Enquiry).where(Enquiry.id == number).with_for_update()
    found = session().scalars(query.execution_options(populate_existing=True)).first()
    if found is None or not may_answer(found, visitor):
        raise NotFound("enquiry_not_found", number=str(number))
    return found


def may_answer(enquiry: Enquiry, visitor: Visitor) -> bool:
    """Who was told of it, or whose post is the community's desk or above."""
    if not visitor.is_staff:
        return False
    if visitor.person_id in enquiry.to_ids:
        return True
    return any(one.role in DESKS and one.watches(enquiry.community_id) for one in visitor.held)


def waiting_for(visitor: Visitor, limit: int = 50) -> Sequence[Enquiry]:
    """What this person may answer, the oldest first."""
    if not visitor.is_staff:
        return ()
    query = select(Enquiry).where(Enquiry.state == State.OPEN)
    if not DESKS & set(visitor.roles):
        # Lists of ids are JSON, which the two databases search in different ways; open ones are few.
        found = session().scalars(query.order_by(Enquiry.id).limit(1000))
        return [one for one in found if visitor.person_id in one.to_ids][:limit]
    if visitor.community_id is not None:
        query = query.where(or_(Enquiry.community_id == visitor.community_id, Enquiry.community_id.is_(None)))
    return session().scalars(query.order_by(Enquiry.id).limit(limit)).all()


def all_of(state: str | None = None) -> Iterator[Enquiry]:
    """Every question, the oldest first; in one state, if it is named."""
    query = select(Enquiry).order_by(Enquiry.id).execution_options(yield_per=500)
    return iter(session().scalars(query if state is None else query.where(Enquiry.state == state)))


def open_of(asker: int, limit: int = 3) -> Sequence[Enquiry]:
    """This person's questions that nobody has answered yet, newest first."""
    return _of(asker, Enquiry.state == State.OPEN, limit)


def asked_by(asker: int, *, before: int | None = None, limit: int = 20) -> Sequence[Enquiry]:
    """This person's questions, the newest first; those with a smaller number than `before`."""
    return _of(asker, Enquiry.id < before if before is not None else true(), limit)


def latest_of(
    asker: int, *, minutes: int, states: Sequence[State] = (State.KNOWN, State.OPEN)
) -> Enquiry | None:
    """The newest question of somebody's in these minutes, of those that were answered at once or wait."""
    found = _of(asker, and_(Enquiry.state.in_(states), Enquiry.asked_at >= ago(minutes=minutes)), 1)
    return found[0] if found else None


def unheard_of(asker: int, limit: int = 1) -> Sequence[tuple[Enquiry, Letter]]:
    """Answers that no way carried to this person, who is here now."""
    query = (
        select(Enquiry, Letter)
        .join(Letter, (Letter.about_kind == "enquiry") & (Letter.about_id == Enquiry.id))
        .where(
            Enquiry.asker_id == asker,
            Letter.kind == "enquiry_answered",
            Letter.state.in_([Fate.FAILED, Fate.UNKNOWN]),
        )
        .order_by(Enquiry.id.desc())
        .limit(limit)
    )
    return [(enquiry, letter) for enquiry, letter in session().execute(query)]


def spot_of(enquiry: Enquiry) -> Spot:
    """Where the asker meant, as far as it was known."""
    if enquiry.building_id is not None:
        found = town().spot_of_building(enquiry.building_id)
    else:
        found = town().spot_of_estate(enquiry.estate_id) if enquiry.estate_id is not None else None
    return found or Spot(community_id=enquiry.community_id)


def forget_old() -> bool:
    """Removes what was answered at once or became a case more than thirty days ago."""
    old = now() - KNOWN_LASTS
    done = session().execute(
        delete(Enquiry).where(Enquiry.state.in_([State.KNOWN, State.FILED]), Enquiry.asked_at < old)
    )
    return bool(done.rowcount)  # type: ignore[attr-defined]


def _of(asker: int, which: ColumnElement[bool], limit: int) -> Sequence[Enquiry]:
    query = select(Enquiry).where(Enquiry.asker_id == asker, which).order_by(Enquiry.id.desc())
    return session().scalars(query.limit(limit)).all()


def _put(
    text: str,
    asker: int,
    intent: str,
    category: str | None,
    spot: Spot,
    state: State,
    answers: Answering,
    at: datetime | None = None,
) -> int:
    return put(
        Enquiry,
        text=text.strip()[:TEXT_LIMIT],
        asker_id=asker,
        intent=intent,
        category=category,
        route=answers.route,
        department=answers.department,
        to_ids=list(answers.people),
        state=state,
        asked_at=at or now(),
        community_id=spot.community_id,
        estate_id=spot.estate_id,
        building_id=spot.building_id,
    )


def _tell_answerers(key: int, text: str, spot: Spot, asker: int, people: Sequence[int]) -> None:
    colleague = staff_of(asker)
    facts: dict[str, Any] = {
        "number": str(key),
        "text": text[:TEXT_LIMIT],
        "by": colleague.name if colleague else None,
        "estate": spot.estate,
        "building": spot.building,
        "unit": spot.unit,
    }
    for person in people:
        path = personal_path("desk", person)
        # A question is no emergency: it rests at night.
        tell(
            "enquiry_kept",
            person,
            about=("enquiry", key),
            occasion="kept",
            lane=Lane.NEWS,
            path=path,
            **facts,
        )


def _settle(enquiry: Enquiry, state: State) -> None:
    enquiry.state, enquiry.settled_at = state, now()
    withdraw(_about(enquiry), "enquiry_kept")


def _about(enquiry: Enquiry) -> tuple[str, int]:
    return ("enquiry", enquiry.id)
