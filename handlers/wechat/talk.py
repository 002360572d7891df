"""What is neither a fault nor a question: wishes, opinions, small talk."""

from handlers.wechat import reports
from handlers.wechat.answer import Answer, Text
from handlers.wechat.naming import responsible
from handlers.wechat.visit import Visit
from handlers.words import say
from models.base.checkdigit import with_check
from models.enquiry.asking import talk_of
from models.place.spot import Spot
from models.understanding.sureness import ABOUT

MUCH = 8  # characters: who writes more than a greeting that we cannot place is told how to be understood


def kept_for_a_person(visit: Visit) -> Answer:
    """Wishes, errands, proposals: a case, because somebody has to do or decide something."""
    return _filed(visit, visit.locate(visit.meaning).spot)


def opinion(visit: Visit) -> Answer:
    """A judgement with nothing to judge, perhaps of somebody's manner: for the desk, not for the keeper whom
    it may be about (X22)."""
    return _filed(visit, Spot(community_id=visit.locate(visit.meaning).spot.community_id))


def unreadable(visit: Visit) -> Answer | None:
    """What the platform writes in place of a sticker or a card that it does not hand on."""
    return Text(say("chat", kind="unsupported")) if talk_of(visit.text) == "unsupported" else None


def small_talk(visit: Visit) -> Answer:
    """Short. Who wrote more than a greeting that we could not place is told how to say it."""
    kind = talk_of(visit.text)
    if kind == "what" or (kind is None and visit.meaning.confidence < ABOUT and len(visit.text) >= MUCH):
        return Text(say("help"))
    return Text(say("chat", kind=kind))


def _filed(visit: Visit, spot: Spot) -> Answer:
    u = visit.meaning
    case_id, answers = reports.file(visit, u, spot)
    return Text(say("kept_for_a_person", number=with_check(case_id), intent=u.intent, **responsible(answers)))
