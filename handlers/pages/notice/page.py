"""A notice as whoever it is for reads it, and as its desk agrees to it or ends it."""

from collections.abc import Callable
from typing import Any

from flask import Response
from werkzeug.wrappers import Response as AnyResponse

from handlers.house import House
from handlers.pages.access import Access
from handlers.pages.case_facts import arriving
from handlers.pages.forms import from_our_own_page
from handlers.pages.front import Front, back_to, show
from handlers.pages.links import Done, link_of, once_key, only_once
from handlers.pages.notice import call
from handlers.pages.notice.desk import VERBS, desk_facts
from handlers.pages.notice.fees import of_group, of_person
from handlers.pages.notice.files import change, files_facts, weighed
from handlers.pages.notice.receipts import receipts_facts
from handlers.pages.notice.sight import seen as sight_of
from handlers.words import refusal
from models.base.actor import By
from models.base.clock import now
from models.base.links import Link
from models.base.orm import session
from models.base.refusals import NotFound, Refused
from models.notice import notice as verbs
from models.notice import reading, warning
from models.notice.tables import Notice, State


def by_group(front: Front, code: str) -> Response | None:
    """/q/<code> of a group; None when it is no notice's. The first opening is the group's receipt."""
    with front.database.read():
        found = reading.by_code(code)
        if found is None:
            return None
        facts = _facts(found[0]) | {"fees": of_group(*found)}
        receipt = (found[0].id, "group", found[1])
        is_first = not reading.has_opened(*receipt)
    if is_first:
        front.database.write(reading.opened, *receipt)
    shown: dict[str, Any] = {
        "notice": weighed(front, facts),
        "desk": None,
        "called": None,
        "silent": None,
        "receipts": None,
    }
    return show("notice/page.html", here=f"/q/{code}", access=None, **shown)


def shown(front: Front, access: Access, status: int = 200, *, error: str | None = None) -> Response:
    """The page behind a letter. Whoever was sent it and opens it has read it."""
    link = link_of(access, "notice")
    with front.database.read():
        # because a herd opens it again and again, and only the first time is written down
        seen = None if _is_receipt(link) else _by_person(link, front.house)
    facts = seen or front.database.write(_received, link, front.house)
    facts["notice"] = weighed(front, facts["notice"])
    return show("notice/page.html", status, here=access.base, access=access, error=error, **facts)


def act(front: Front, access: Access, verb: str) -> AnyResponse:
    """What its desk does with it, done once; or the answer to a call."""
    from_our_own_page()
    link = link_of(access, "notice")
    if verb not in VERBS and verb not in call.VERBS:
        raise NotFound("page_not_found")
    key = once_key(str(link.person_id))
    return _answered(front, access, lambda: front.database.write(_done, link, verb, key, front.house))


def change_files(front: Front, access: Access, public: str | None = None) -> AnyResponse:
    """Its desk adds pictures and attachments to a draft, or takes one out."""
    from_our_own_page()
    link = link_of(access, "notice")
    return _answered(front, access, lambda: change(front, link, public))


def _answered(front: Front, access: Access, work: Callable[[], Done]) -> AnyResponse:
    try:
        done = work()
    except NotFound:
        raise
    except Refused as refused:
        return shown(front, access, refused.status, error=refusal(refused))
    facts = dict(done.facts)
    return back_to(str(facts.pop("path", access.base)), done.code, **facts)


def _is_receipt(link: Link) -> bool:
    """Whether this opening is the person's first of a notice that was sent to that person."""
    known = reading.has_opened(link.key, "person", link.person_id)
    return not known and reading.was_told(link.key, link.person_id)


def _received(link: Link, house: House) -> dict[str, Any]:
    seen = _by_person(link, house)
    reading.opened(link.key, "person", link.person_id)
    return seen


def _by_person(link: Link, house: House) -> dict[str, Any]:
    notice, visitor, decides_it, is_desk = sight_of(link)
    return {
        "notice": _facts(notice) | {"fees": of_person(notice, visitor.person_id)},
        "desk": desk_facts(notice, visitor, decides_it, house) if is_desk else None,
        "receipts": receipts_facts(notice, visitor),
        **call.call_facts(notice, visitor.person_id),
    }


def _facts(notice: Notice) -> dict[str, Any]:
    corrected = session().get(Notice, notice.corrects_id) if notice.corrects_id is not None else None
    return {
        "number": notice.id,
        "title": notice.title,
        "paragraphs": paragraphs(notice.body),
        "signed": notice.signed,
        "kind": notice.kind,
        "state": notice.state,
        "at": notice.starts_at or notice.created_at,
        "valid_from": notice.valid_from,
        "valid_until": notice.valid_until,
        "is_past": notice.valid_until is not None and notice.valid_until < now(),
        # what was for staff alone is not named to everybody
        "corrects": corrected.title
        if corrected is not None and (verbs.is_public(corrected) or not verbs.is_public(notice))
        else None,
        "corrected_by": reading.correction_of(notice.id),
        "danger": _danger(notice),
        "files": files_facts(notice),
    }


def _danger(notice: Notice) -> str | None:
    """Of a warning: `stands` or `cleared`."""
    if notice.warns_of_case is not None and notice.state in (State.GOING, State.TOLD):
        return "stands"
    return "cleared" if warning.is_cleared(notice) else None


def paragraphs(body: str) -> list[dict[str, Any]]:
    """An empty line parts paragraphs; lines that begin with "- " are a list."""
    found: list[dict[str, Any]] = []
    for block in body.split("\n\n"):
        lines = [line.strip() for line in block.split("\n") if line.strip()]
        items = [line[2:] for line in lines if line.startswith("- ")]
        if rest := [line for line in lines if not line.startswith("- ")]:
            found.append({"lines": rest, "items": []})
        if items:
            found.append({"lines": [], "items": items})
    return found


def _done(link: Link, verb: str, key: str, house: House) -> Done:
    by = By.staff(arriving(link.person_id).person_id)
    if verb in call.VERBS:
        return call.answered(link, verb)
    notice = verbs.found(link.key, by)

    def work() -> Done:
        return VERBS[verb](notice, by, house)

    return only_once(key, str(link.person_id), f"notice_{verb}", work)
