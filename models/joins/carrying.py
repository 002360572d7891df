"""What a desk does about a letter that did not arrive by itself: it tells it by hand, or sends it once more.

Only letters about cases, questions and groups that this desk decides about; any other is as if settled.
"""

from models.base.actor import By
from models.base.clock import now
from models.base.orm import session
from models.base.refusals import NotAllowed
from models.case.case import Case
from models.duty.overseeing import decides
from models.enquiry.tables import Enquiry
from models.history import record
from models.outbox import fates
from models.outbox.letter import Letter
from models.place.tables import BuildingGroup


def carried(letter_id: int, by: By) -> bool:
    """已贴到群里, or told by telephone. False when it did not wait for that (any more).

    Raises NotAllowed: letter_not_open.
    """
    letter = _of_desk(letter_id, by)
    at = now()
    try:
        fates.carried(letter_id, at)
    except NotAllowed:
        return False
    about = ("letter", letter_id)
    if letter.about_kind is not None and letter.about_id is not None:
        about = (letter.about_kind, letter.about_id)
    record(about, "told_by_hand", by=by, at=at, letter=letter_id)
    return True


def sent_again(letter_id: int, by: By) -> None:
    """A dead letter goes once more, by all ways. Raises NotAllowed: letter_not_open."""
    _of_desk(letter_id, by)
    fates.again(letter_id, now())


def _of_desk(letter_id: int, by: By) -> Letter:
    letter = session().get(Letter, letter_id)
    if letter is None or not _decides(by, letter):
        raise NotAllowed("letter_not_open", letter=letter_id)
    return letter


def _decides(by: By, letter: Letter) -> bool:
    if letter.to_kind == "group":
        group = session().get_one(BuildingGroup, letter.to_id)
        return decides(by.id, group.estate.community_id)
    if letter.about_kind == "enquiry":
        return decides(by.id, session().get_one(Enquiry, letter.about_id).community_id)
    if letter.about_kind != "case":
        return False
    return decides(by.id, session().get_one(Case, letter.about_id).community_id)
