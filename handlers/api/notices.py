"""What was posted to me: reading it is its receipt, and a call asks for an answer."""

from typing import Any

from flask import Response

from handlers.api.asking import Ask, missing
from handlers.api.case_shapes import PhotoShown, photo_shown
from handlers.api.document import BASE
from handlers.api.paging import after, paged
from handlers.api.routes import Need, Route, Runs
from handlers.api.shapes import Moment, Page, Paging, Shape, clock, maybe_clock
from handlers.pages.notice.files import sent_file
from handlers.words import labels
from models.base.signed_ids import signed_id
from models.media.item import Item
from models.notice import call, enclosed, own, reading
from models.notice.tables import ENDED, Notice, State

LIST, TABLE = "notices", "notices"


class NoticeLine(Shape):
    """`state`: told, or withdrawn, which holds no more. `kind`: ordinary, urgent, emergency."""

    id: str
    title: str
    kind: str
    kind_label: str
    state: str
    sent_at: Moment
    read: bool


class Attachment(Shape):
    """`url`: a path below the server's, for whoever holds the token."""

    id: str
    name: str
    url: str


class NoticeShown(NoticeLine):
    """`asks_confirm`: everybody who was told is called on to answer; `coming`: what this person said, null
    for nothing; `corrected_by`: the title of the notice that puts this one right."""

    text: str
    signed: str
    valid_until: Moment | None
    corrected_by: str | None
    photos: list[PhotoShown]
    attachments: list[Attachment]
    asks_confirm: bool
    confirmed: bool
    coming: bool | None


def listed(ask: Ask, given: Paging) -> Page[NoticeLine]:
    """Notices that were sent to me, the newest first, with whether I have read them."""
    rows = own.told_to(ask.me, before=after(given, LIST), limit=given.limit + 1)
    read = own.read_by(ask.me, [one.id for one in rows])
    return paged(rows, given, LIST, lambda one: one.id, lambda one: _line(one, one.id in read))


def shown(ask: Ask, given: None) -> NoticeShown:
    """One of them; the first look marks it read."""
    database = ask.office.database
    with database.read():
        notice = _mine(ask)
        is_first = not reading.has_opened(notice.id, "person", ask.me)
        answer = _shown(notice, ask, read=True)
    if is_first:
        database.write(reading.opened, ask.number(TABLE), "person", ask.me)
    return answer


def confirm(ask: Ask, given: None) -> NoticeShown:
    """I have read it; where it calls on people: I come."""
    notice = _mine(ask)
    if notice.is_call:
        call.answer(notice, ask.me, True)
    else:
        reading.opened(notice.id, "person", ask.me)
    return _shown(notice, ask, read=True)


def cannot(ask: Ask, given: None) -> NoticeShown:
    """I cannot come, where it calls on people."""
    notice = _mine(ask)
    call.answer(notice, ask.me, False)
    return _shown(notice, ask, read=True)


def attachment(ask: Ask, given: None) -> Response:
    """A file that came with a notice of mine."""
    notice = _mine(ask)
    return sent_file(ask.office.files, enclosed.one_of(notice, ask.args["file"]))


def _mine(ask: Ask) -> Notice:
    return own.told(ask.me, ask.number(TABLE)) or missing()


def _line(notice: Notice, read: bool) -> NoticeLine:
    return NoticeLine(**_facts(notice, read))


def _facts(notice: Notice, read: bool) -> dict[str, Any]:
    return {
        "id": signed_id(TABLE, notice.id),
        "title": notice.title,
        "kind": notice.kind,
        "kind_label": str(labels("notice_kinds")[notice.kind]),
        "state": "withdrawn" if State(notice.state) in ENDED else "told",
        "sent_at": clock(notice.starts_at or notice.created_at),
        "read": read,
    }


def _shown(notice: Notice, ask: Ask, *, read: bool) -> NoticeShown:
    files = list(enclosed.shown(notice))
    answer = call.answer_of(notice.id, ask.me) if notice.is_call else None
    return NoticeShown(
        **_facts(notice, read),
        text=notice.body,
        signed=notice.signed,
        valid_until=maybe_clock(notice.valid_until),
        corrected_by=reading.correction_of(notice.id),
        photos=[photo_shown(one) for one in files if one.purpose == enclosed.PICTURE],
        attachments=[_attachment(notice, one) for one in files if one.purpose == enclosed.ATTACHMENT],
        asks_confirm=call.open_call(ask.me, notice.id) is not None,
        confirmed=answer is not None,
        coming=answer,
    )


def _attachment(notice: Notice, item: Item) -> Attachment:
    url = f"{BASE}/notices/{signed_id(TABLE, notice.id)}/files/{item.public_id}"
    return Attachment(id=item.public_id, name=item.name or "", url=url)


ROUTES = (
    Route("GET", "/notices", Need.PERSON, listed, takes=Paging, gives=Page[NoticeLine]),
    Route("GET", "/notices/<id>", Need.PERSON, shown, gives=NoticeShown, runs=Runs.ALONE),
    Route("POST", "/notices/<id>/confirm", Need.PERSON, confirm, gives=NoticeShown),
    Route("POST", "/notices/<id>/cannot", Need.PERSON, cannot, gives=NoticeShown),
    Route("GET", "/notices/<id>/files/<file>", Need.PERSON, attachment, media="application/octet-stream"),
)
