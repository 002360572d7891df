"""My matters: how far each is, and what I say to it. The same verbs as in the chat and on the page."""

from typing import Annotated, Literal

import msgspec
from flask import Response, send_file

from handlers.api.asking import Ask
from handlers.api.case_shapes import CaseLine, CaseShown, case_line, case_shown, moves_of, photo_behind
from handlers.api.errors import not_there, wrong
from handlers.api.limits import PHOTOS, WORDS
from handlers.api.paging import after, paged
from handlers.api.reports import Photos
from handlers.api.routes import Need, Route
from handlers.api.shapes import Asked, Line, Page, Paging, Text
from handlers.api.uploads import taken
from handlers.pages.forms import keep_photos
from models.base.orm import session
from models.base.refusals import NotAllowed
from models.case import reach
from models.case.case import Case

LIST = "cases"


class CasesAsked(Paging):
    """`state`: open or ended; both without it."""

    state: Literal["open", "ended"] | None = None


class Words(Asked):
    text: Text = ""
    photos: Photos = msgspec.field(default_factory=list)


class Grade(Asked):
    """1 and 2 are a no: it is worked on again."""

    grade: Annotated[int, msgspec.Meta(ge=1, le=5)]
    text: Text = ""


class Reason(Asked):
    reason: Annotated[Line, msgspec.Meta(min_length=1)]


class Joined(Asked):
    text: Text = ""


def listed(ask: Ask, given: CasesAsked) -> Page[CaseLine]:
    """My own cases and those I joined, the newest first."""
    ended = None if given.state is None else given.state == "ended"
    before = after(given, LIST)
    rows = reach.of_person(ask.me, ended=ended, before=before, limit=given.limit + 1)
    return paged(rows, given, LIST, lambda one: one.id, lambda one: case_line(one, ask.visitor))


def shown(ask: Ask, given: None) -> CaseShown:
    """One case, with its story and what may be done."""
    return case_shown(reach.of_public(ask.id, ask.visitor), ask.visitor)


def nod(ask: Ask, given: None) -> CaseShown:
    """Yes, it is mended."""
    case = _mine(ask)
    case.nod(ask.by)
    return _now(ask, case)


def no(ask: Ask, given: Words) -> CaseShown:
    """No, it is not mended: whoever did it goes on."""
    case = _mine(ask)
    _with_photos(ask, case, given.photos, "report")
    case.object(ask.by, given.text.strip())
    return _now(ask, case)


def rate(ask: Ask, given: Grade) -> CaseShown:
    """From one to five, once for each time it was said to be mended."""
    case = _mine(ask)
    case.rate(ask.by, given.grade, given.text.strip())
    return _now(ask, case)


def more(ask: Ask, given: Words) -> CaseShown:
    """Words or photos that belong to it."""
    case = _mine(ask)
    text = given.text.strip()
    if not text and not given.photos:
        raise wrong("text_missing", "text")
    if "more" not in moves_of(case, ask.visitor):
        raise NotAllowed("no_longer_open", number=case.number)
    _with_photos(ask, case, given.photos, "report")
    if text:
        case.add_text(text, ask.by)
    else:
        case.add_photos(ask.by, len(given.photos))
    return _now(ask, case)


def withdraw(ask: Ask, given: Reason) -> CaseShown:
    """It was nothing, or is gone; as long as nobody is on the way."""
    case = _mine(ask)
    if "withdraw" not in moves_of(case, ask.visitor):
        raise NotAllowed("no_longer_open", number=case.number)
    case.void(ask.by, given.reason)
    return _now(ask, case)


def join(ask: Ask, given: Joined) -> CaseShown:
    """I have met it too: told of it, and asked, like whoever told it first."""
    case = reach.joinable(public=ask.id)
    if case is None:
        raise not_there()
    case.join(ask.me, given.text.strip())
    return _now(ask, case)


def leave(ask: Ask, given: None) -> CaseLine:
    """I have not, after all."""
    case = _mine(ask)
    line = case_line(case, ask.visitor)
    case.leave(ask.me)
    return line


def photo(ask: Ask, given: None) -> Response:
    """A photo of a case, by a path that was handed out within the hour."""
    item = photo_behind(ask.args["token"])
    file = ask.office.files.path(item.file) if item is not None and item.file else None
    if item is None or file is None or item.state != "kept" or item.content_type != "image/jpeg":
        raise not_there()
    response = send_file(file, mimetype=item.content_type, conditional=False, max_age=0)
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response


def _mine(ask: Ask) -> Case:
    """A case that I see, its row ours."""
    return reach.of_public(ask.id, ask.visitor, hold=True)


def _now(ask: Ask, case: Case) -> CaseShown:
    session().flush()
    return case_shown(case, ask.visitor)


def _with_photos(ask: Ask, case: Case, photos: list[str], purpose: str) -> None:
    keep_photos(taken(ask.me, photos), case.id, purpose, ask.me)


ROUTES = (
    Route("GET", "/cases", Need.PERSON, listed, takes=CasesAsked, gives=Page[CaseLine]),
    Route("GET", "/cases/<id>", Need.PERSON, shown, gives=CaseShown),
    Route("POST", "/cases/<id>/nod", Need.PERSON, nod, gives=CaseShown),
    Route("POST", "/cases/<id>/no", Need.PERSON, no, takes=Words, gives=CaseShown, once=True, limit=WORDS),
    Route("POST", "/cases/<id>/rate", Need.PERSON, rate, takes=Grade, gives=CaseShown, limit=WORDS),
    Route(
        "POST", "/cases/<id>/more", Need.PERSON, more, takes=Words, gives=CaseShown, once=True, limit=WORDS
    ),
    Route("POST", "/cases/<id>/withdraw", Need.PERSON, withdraw, takes=Reason, gives=CaseShown),
    Route("POST", "/cases/<id>/join", Need.PERSON, join, takes=Joined, gives=CaseShown, limit=WORDS),
    Route("POST", "/cases/<id>/leave", Need.PERSON, leave, gives=CaseLine),
    Route("GET", "/photos/<token>", Need.ANYBODY, photo, limit=PHOTOS),
)
