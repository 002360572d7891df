"""Questions: an approved answer with its source and how long it holds, or kept for a person (row 88)."""

from datetime import date
from typing import Annotated

import msgspec

from handlers.api.asking import Ask
from handlers.api.errors import wrong
from handlers.api.limits import WORDS
from handlers.api.paging import after, paged
from handlers.api.routes import Need, Route
from handlers.api.shapes import Asked, Moment, Page, Paging, Shape, clock, maybe_clock
from handlers.pages.filing import meaning
from handlers.wechat.naming import who_answers_it
from handlers.words import say
from models.base.clock import local, now
from models.base.signed_ids import signed_id
from models.duty.answering import asked_of
from models.enquiry import keeping
from models.enquiry.asking import topic_asked
from models.enquiry.known import known_answer
from models.enquiry.tables import Enquiry
from models.person.living import homes_said
from models.place.gazetteer import town
from models.place.spot import Spot
from models.understanding.category import FIXED

LIST, TABLE, INTENT = "enquiries", "enquiries", "policy"


class Question(Asked):
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]


class Answer(Shape):
    """`answer` with its `source`, the day it was written and until when it holds; or `kept` for a person,
    and `words` say for whom. What is past its day is never said."""

    answer: str | None
    source: str | None
    as_of: date | None
    valid_until: date | None
    kept: bool
    words: str


class QuestionShown(Shape):
    """`state`: known (answered at once), open, answered, or filed: it became a case."""

    id: str
    text: str
    state: str
    asked_at: Moment
    answer: str | None
    answered_at: Moment | None


def asked(ask: Ask, given: Question) -> Answer:
    """A question about rules or services."""
    text = given.text.strip()
    if not text:
        raise wrong("text_missing", "text")
    spot, u = _where(ask, text), meaning(text)
    found = known_answer(text, community_id=spot.community_id, today=local(now()).date())
    if found is not None:
        keeping.note_known(text, asker=ask.me, intent=INTENT, category=u.category, spot=spot)
        until, as_of = found.valid_until, found.as_of
        words = say("known", answer=found.answer, source=found.source, as_of=as_of.isoformat())
        return Answer(
            answer=found.answer,
            source=found.source,
            as_of=as_of,
            valid_until=until,
            kept=False,
            words=words,
        )
    category = u.category if u.intent in FIXED else topic_asked(text)
    answers = asked_of(spot.community_id, category)
    keeping.keep(text, asker=ask.me, intent=INTENT, category=u.category, spot=spot, answers=answers)
    words = say("kept", how=INTENT, **who_answers_it(answers))
    return Answer(answer=None, source=None, as_of=None, valid_until=None, kept=True, words=words)


def listed(ask: Ask, given: Paging) -> Page[QuestionShown]:
    """What I asked, the newest first, with what came of it."""
    rows = keeping.asked_by(ask.me, before=after(given, LIST), limit=given.limit + 1)
    return paged(rows, given, LIST, lambda one: one.id, _shown)


def _where(ask: Ask, text: str) -> Spot:
    """The place in the words, else the home, else the only community."""
    named = town().locate(Spot.said(meaning(text))).spot
    if named.is_known:
        return named
    homes = homes_said(ask.me)
    communities = town().communities
    only = next(iter(communities)) if len(communities) == 1 else None
    return homes[-1].spot if homes else Spot(community_id=only)


def _shown(one: Enquiry) -> QuestionShown:
    return QuestionShown(
        id=signed_id(TABLE, one.id),
        text=one.text,
        state=one.state,
        asked_at=clock(one.asked_at),
        answer=one.answer,
        answered_at=maybe_clock(one.settled_at if one.answer is not None else None),
    )


ROUTES = (
    Route("POST", "/questions", Need.PERSON, asked, takes=Question, gives=Answer, once=True, limit=WORDS),
    Route("GET", "/questions", Need.PERSON, listed, takes=Paging, gives=Page[QuestionShown]),
)
