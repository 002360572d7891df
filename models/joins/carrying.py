"""What a desk does about a letter that did not arrive by itself: it tells it by hand, or sends it once more.

Only letters about cases, questions, notices and groups that this desk decides about; any other is as if
settled. Whoever keeps a building or holds a rung of its grid has told those who live there of a notice, too,
and the owner of a group has pasted what waits for it.
"""

from sqlalchemy import select

from models.base.actor import By
from models.base.clock import now
from models.base.orm import session
from models.base.refusals import NotAllowed
from models.case.case import Case
from models.duty.answering import houses_of
from models.duty.overseeing import decides
from models.enquiry.tables import Enquiry
from models.history import Step, record
from models.notice.audience import LETTER_KINDS
from models.notice.tables import Notice, State
from models.outbox import fates
from models.outbox.letter import Letter
from models.person.arriving import staff_of
from models.person.tables import Home
from models.place.gazetteer import town
from models.place.tables import BuildingGroup


def carried(letter_id: int, by: By) -> bool:
    """已贴到群里, told at the door or by telephone. False when it did not wait for that (any more).

    Raises NotAllowed: letter_not_open.
    """
    letter = _carrier(letter_id, by)
    at = now()
    try:
        was = fates.carried(letter_id, at, by.id)
    except NotAllowed:
        return False
    record(_about(letter), "told_by_hand", by=by, at=at, letter=letter_id, was=list(was))
    return True


def not_carried(letter_id: int, by: By) -> bool:
    """A slip of the thumb, taken back within ten minutes by whoever may say that it was told. False when it
    does not stand so (any more).

    Raises NotAllowed: letter_not_open.
    """
    letter = _carrier(letter_id, by)
    at = now()
    kind, key = _about(letter)
    query = select(Step.facts).where(Step.about_kind == kind, Step.about_id == key)
    recent = query.where(Step.what == "told_by_hand", Step.at > at - fates.SECOND_THOUGHTS)
    told = session().execute(recent.order_by(Step.id.desc())).scalars()
    was = next((one.get("was") for one in told if one["letter"] == letter_id), None)
    if was is None:
        return False
    try:
        fates.not_carried(letter_id, fates.Was(*was), at)
    except NotAllowed:
        return False
    record((kind, key), "not_told_by_hand", by=by, at=at, letter=letter_id)
    return True


def sent_again(letter_id: int, by: By) -> None:
    """As `let_go_again`, for whoever decides about it. Raises NotAllowed: letter_not_open."""
    letter = session().get(Letter, letter_id)
    if letter is None or not _decides(by, letter):
        raise NotAllowed("letter_not_open", letter=letter_id)
    let_go_again(letter_id)


def let_go_again(letter_id: int) -> None:
    """A dead letter goes once more, by all ways. Raises NotAllowed: letter_not_open, also where its notice
    does not hold any more."""
    letter = session().get(Letter, letter_id)
    if letter is None or _is_over(letter):
        raise NotAllowed("letter_not_open", letter=letter_id)
    fates.again(letter_id, now())


def _carrier(letter_id: int, by: By) -> Letter:
    letter = session().get(Letter, letter_id)
    if letter is None or not (_decides(by, letter) or _looks_after(by, letter) or _owns(by, letter)):
        raise NotAllowed("letter_not_open", letter=letter_id)
    return letter


def _is_over(letter: Letter) -> bool:
    if letter.about_kind != "notice":
        return False
    return session().get_one(Notice, letter.about_id).state in (State.STOPPED, State.WITHDRAWN)


def _about(letter: Letter) -> tuple[str, int]:
    if letter.about_kind is not None and letter.about_id is not None:
        return (letter.about_kind, letter.about_id)
    return ("letter", letter.id)


def _decides(by: By, letter: Letter) -> bool:
    if letter.to_kind == "group":
        group = session().get_one(BuildingGroup, letter.to_id)
        return decides(by.id, group.estate.community_id)
    if letter.about_kind == "enquiry":
        return decides(by.id, session().get_one(Enquiry, letter.about_id).community_id)
    if letter.about_kind == "notice":
        return any(decides(by.id, one) for one in _communities(letter))
    if letter.about_kind != "case":
        return False
    return decides(by.id, session().get_one(Case, letter.about_id).community_id)


def _looks_after(by: By, letter: Letter) -> bool:
    """Whether somebody was told of a notice by who answers for the building where that person lives."""
    if letter.about_kind != "notice" or letter.kind not in LETTER_KINDS:
        return False
    return by.id is not None and not houses_of(by.id).isdisjoint(_homes(letter))


def _owns(by: By, letter: Letter) -> bool:
    """Whether it is for a group of which this person, still of the staff, is the owner."""
    if letter.to_kind != "group" or by.id is None or staff_of(by.id) is None:
        return False
    return session().get_one(BuildingGroup, letter.to_id).owner_id == by.id


def _communities(letter: Letter) -> set[int | None]:
    """Where the person lives, because of the town's notice each desk tells its own; else whose it is."""
    places = town()
    homes = (places.buildings[one] for one in _homes(letter) if one in places.buildings)
    found: set[int | None] = {places.estates[one.estate_id].community_id for one in homes}
    return found or {session().get_one(Notice, letter.about_id).community_id}


def _homes(letter: Letter) -> list[int]:
    query = select(Home.building_id).where(Home.person_id == letter.to_id, Home.until.is_(None))
    return list(session().scalars(query))
