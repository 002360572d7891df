"""点名: calls that wait for my answer, and for those who look on, who has said nothing (row 101). A call is a
notice that everybody answers; it is made where notices are (models/notice/call.py)."""

from typing import Literal

from handlers.api.asking import Ask, missing
from handlers.api.limits import WORK
from handlers.api.routes import Need, Route
from handlers.api.shapes import Asked, Done, Moment, Shape, clock
from models.base.orm import session
from models.base.signed_ids import signed_id
from models.duty.answering import answerer
from models.duty.overseeing import oversees
from models.notice import call
from models.notice.tables import Notice

TABLE = "notices"
MOST = 20
NAMED = 200


class RollcallLine(Shape):
    """`answer`: here, cannot, or null. `until`: how long an answer counts."""

    id: str
    title: str
    text: str
    until: Moment
    answered: bool
    answer: str | None


class Rollcalls(Shape):
    items: list[RollcallLine]


class Roll(Shape):
    """Of those who were called. `silent_names`: colleagues who have said nothing; residents stand in the
    count alone."""

    id: str
    title: str
    here: int
    cannot: int
    silent: int
    silent_names: list[str]


class Answered(Asked):
    answer: Literal["here", "cannot"]


def listed(ask: Ask, given: None) -> Rollcalls:
    """Calls that hold, and that I was sent, the newest first."""
    return Rollcalls(items=[_line(one, ask.me) for one in call.open_calls(ask.me, MOST)])


def shown(ask: Ask, given: None) -> Roll:
    """Who is here, who cannot come, who has said nothing; for who oversees where it was called."""
    notice = session().get(Notice, ask.number(TABLE))
    if notice is None or not notice.is_call or not oversees(ask.me, notice.community_id):
        missing()
    rolls = call.rolls(notice.id).values()
    silent = call.silent(notice.id)
    names = [one.name for person in silent if (one := answerer(person)) is not None]
    return Roll(
        id=signed_id(TABLE, notice.id),
        title=notice.title,
        here=sum(one.coming for one in rolls),
        cannot=sum(one.not_coming for one in rolls),
        silent=sum(one.silent for one in rolls),
        silent_names=names[:NAMED],
    )


def answer(ask: Ask, given: Answered) -> Done:
    """到, or 不能; the last word counts."""
    notice = call.open_call(ask.me, ask.number(TABLE))
    if notice is None:
        missing()
    call.answer(notice, ask.me, given.answer == "here")
    return Done()


def _line(notice: Notice, me: int) -> RollcallLine:
    said = call.answer_of(notice.id, me)
    return RollcallLine(
        id=signed_id(TABLE, notice.id),
        title=notice.title,
        text=notice.body,
        until=clock(call.ends_at(notice)),
        answered=said is not None,
        answer=None if said is None else "here" if said else "cannot",
    )


ROUTES = (
    Route("GET", "/work/rollcalls", Need.STAFF, listed, gives=Rollcalls),
    Route("GET", "/work/rollcalls/<id>", Need.STAFF, shown, gives=Roll),
    Route("POST", "/work/rollcalls/<id>", Need.STAFF, answer, takes=Answered, gives=Done, limit=WORK),
)
