"""Groups of a notice that only hands reach: words to copy, a code as picture and on paper, a tap when it is
done. For the desk, and for the owner of a group his own."""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import qrcode
from flask import Response, request
from qrcode.constants import ERROR_CORRECT_Q
from werkzeug.wrappers import Response as AnyResponse

from handlers import words as wording
from handlers.pages.access import Access
from handlers.pages.audit.exporting import below_console
from handlers.pages.audit.noting import looked
from handlers.pages.desk_facts import picture_of
from handlers.pages.forms import from_our_own_page
from handlers.pages.front import Front, back_to, download, show
from handlers.pages.links import Done, link_of, once_key, only_once
from handlers.pages.notice.receipts import MOST, Look, looking, start_asked
from handlers.wording.filters import link as address
from models.base.actor import By
from models.base.clock import now
from models.base.links import Link
from models.base.refusals import NotFound
from models.duty.answering import answerer
from models.joins.carrying import carried, not_carried
from models.notice import pasting
from models.notice.notice import GROUP_KIND
from models.notice.pasting import Share, ToPaste
from models.notice.tables import Notice
from models.outbox.fates import SECOND_THOUGHTS
from models.outbox.letter import State as Fate

SHOWN = 20  # groups on a page
SHEETS = 200  # in one file from the page; `hemei notice print` has all
VERBS = ("pasted", "not_pasted")
_BOX = 12  # pixels of a module: sharp on any phone and on paper


@dataclass(frozen=True, slots=True)
class GroupSheet:
    """What stands on a printed sheet for one group."""

    group: str
    title: str
    body: str
    signed: str
    kind: str
    url: str
    corrects: bool


Printer = Callable[[Sequence[GroupSheet]], bytes]


def shown(front: Front, access: Access) -> Response:
    link = link_of(access, "notice")
    start = start_asked()
    with front.database.read():
        look = looking(link)
        share = _share(look)
        waiting, pasted = pasting.count(look.notice.id, share)
        facts: dict[str, Any] = {
            "title": look.notice.title,
            "over": look.is_over,
            "waiting": waiting,
            "pasted": pasted,
            "groups": [
                _entry(one, look) for one in pasting.to_paste(look.notice.id, share, start=start, limit=SHOWN)
            ],
            "start": start,
            "next": start + SHOWN if start + SHOWN < waiting + pasted else None,
            "parts": range(1, -(-waiting // SHEETS) + 1),
        }
    return show("notice/groups.html", access=access, **facts)


def picture(front: Front, access: Access, letter: int) -> Response:
    """The group's code as a PNG that is named after notice and group."""
    link = link_of(access, "notice")
    with front.database.read():
        look = looking(link)
        one = pasting.one_to_paste(look.notice.id, _share(look), letter)
        if one is None:
            raise NotFound("page_not_found")
        name, url = f"{look.notice.title}-{one.group}", address(one.facts["path"])
    return download(code_picture(url), "image/png", f"{name}.png")


def sheets(front: Front, printer: Printer, access: Access) -> Response:
    """An A4 sheet for each group that waits, so many in one file."""
    link = link_of(access, "notice")
    part = min(max(1, request.args.get("sheet", default=1, type=int)), MOST // SHEETS)
    with front.database.read():
        look = looking(link)
        made = sheets_of(look.notice, _share(look), start=(part - 1) * SHEETS, limit=SHEETS)
        name = look.notice.title
    if not made:
        raise NotFound("page_not_found")
    looked(front.database, look.visitor, "print", ("page", below_console()), many=len(made))
    return download(printer(made), "application/pdf", f"{name}.pdf")


def sheets_of(notice: Notice, share: Share, *, start: int = 0, limit: int | None = None) -> list[GroupSheet]:
    """For the groups that wait to be told by hand."""
    found = pasting.to_paste(notice.id, share, start=start, limit=limit)
    return [
        GroupSheet(
            one.group,
            notice.title,
            notice.body,
            notice.signed,
            notice.kind,
            address(one.facts["path"]),
            notice.corrects_id is not None,
        )
        for one in found
        if not one.is_pasted
    ]


def act(front: Front, access: Access, letter: int, verb: str) -> AnyResponse:
    """已贴到群里, or that it was a slip of the thumb."""
    from_our_own_page()
    link = link_of(access, "notice")
    if verb not in VERBS:
        raise NotFound("page_not_found")
    done = front.database.write(_done, link, letter, verb, once_key(str(link.person_id)))
    return back_to(f"{access.base}/groups", done.code, **done.facts)


def code_picture(url: str) -> bytes:
    """A PNG with the white around it that a scanner needs."""
    written = io.BytesIO()
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_Q, box_size=_BOX, border=4)
    code.add_data(url)
    code.make_image().save(written)
    return written.getvalue()


def _share(look: Look) -> Share:
    share = look.share
    if share is None:
        raise NotFound("page_not_found")
    return share


def _entry(one: ToPaste, look: Look) -> dict[str, Any]:
    carrier = answerer(one.carried_by) if one.carried_by is not None else None
    return {
        "id": one.letter_id,
        "group": one.group,
        "text": wording.letter(GROUP_KIND, "hand", one.facts).text,
        "qr": picture_of(address(one.facts["path"])),
        "pasted": one.is_pasted,
        "state": one.state,
        "reason": one.reason if one.state != Fate.BY_HAND else None,
        "channel": one.channel,
        "who": carrier.name if carrier else None,
        "at": one.carried_at,
        "may_mark": not look.is_over and _may_mark(look),
        "may_undo": one.carried_at is not None and one.carried_at > now() - SECOND_THOUGHTS,
    }


def _may_mark(look: Look) -> bool:
    return look.decides or not look.oversees


def _done(link: Link, letter: int, verb: str, key: str) -> Done:
    look = looking(link)
    if look.is_over or not _may_mark(look):
        raise NotFound("page_not_found")
    if pasting.one_to_paste(look.notice.id, _share(look), letter) is None:
        raise NotFound("page_not_found")
    by = By.staff(look.visitor.person_id)

    def work() -> Done:
        if verb == "pasted":
            return Done("pasted" if carried(letter, by) else "carried_already", {})
        return Done("not_pasted" if not_carried(letter, by) else "undone_too_late", {})

    return only_once(key, str(link.person_id), f"group_{verb}", work)
