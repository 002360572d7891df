"""/console/notices: what is said to many at once is written, watched, and kept for next time."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

from handlers.pages.access import Access, notice_at
from handlers.pages.case_facts import arriving_at_desk
from handlers.pages.forms import from_our_own_page, words
from handlers.pages.front import Front, back_to, show
from handlers.pages.links import Done, link_of, once_key, only_once
from handlers.pages.notice import form as boxes
from handlers.pages.notice import progress as moving
from handlers.pages.notice.files import FORM_BYTES, given
from handlers.pages.notice.form import Typed, number
from handlers.pages.notice.overview_facts import form_facts, must_watch, notices_facts
from handlers.words import refusal
from models.base.actor import By
from models.base.links import Link
from models.base.orm import session
from models.base.refusals import NotFound, Refused
from models.duty.overseeing import DECIDING, speaks_for
from models.notice import enclosed, listing, saved, season
from models.notice import notice as verbs
from models.notice.enclosed import Enclosure
from models.notice.tables import Notice, State
from models.person.arriving import Visitor

FORM_PARTS = 5000  # two fields for each estate of a city


@dataclass(frozen=True, slots=True)
class Task:
    """One form of the page, inside its transaction."""

    visitor: Visitor
    form: Typed
    enclosures: Sequence[Enclosure]
    item: int
    name: str

    @property
    def by(self) -> By:
        return By.staff(self.visitor.person_id)


def shown(front: Front, access: Access) -> Response:
    """With ?draft= or ?corrects= (a notice's number) the form stands open, filled with that one."""
    return _page(front, access)


def progress(front: Front, access: Access) -> Response:
    """/console/notices/progress"""
    link = link_of(access, "desk")
    with front.database.read():
        visitor = arriving_at_desk(link)
        must_watch(visitor)
        return moving.answer(moving.progress(listing.moving(visitor.community_id)))


def act(front: Front, access: Access, task: str) -> AnyResponse:
    """A form of the page: done once, then on to the notice or back."""
    from_our_own_page()
    link = link_of(access, "desk")
    if task not in TASKS:
        raise NotFound("page_not_found")
    with front.database.read():
        _deciding(link)  # before any file is looked at
    request.max_content_length, request.max_form_parts = FORM_BYTES, FORM_PARTS
    form, key = boxes.typed(), once_key(str(link.person_id))
    item, name = number(words("item", 20)) or 0, words("name", 60)
    try:
        with given(front) as enclosures:
            done = front.database.write(_done, link, task, form, enclosures, item, name, key)
    except Refused as refused:
        said = refusal(refused)
        return _page(front, access, refused.status, error=said, typed=form if task == "write" else None)
    if not done.fresh:
        front.files.drop([one.file for one in enclosures])
    facts = dict(done.facts)
    return back_to(str(facts.pop("path", f"{access.base}/notices")), done.code, **facts)


def _page(
    front: Front,
    access: Access,
    status: int = 200,
    *,
    error: str | None = None,
    typed: Typed | None = None,
) -> Response:
    before = number(request.args.get("before", ""))
    with front.database.read():
        visitor = arriving_at_desk(link_of(access, "desk"))
        must_watch(visitor)
        facts = notices_facts(visitor, before)
        typed = typed or _asked_for(visitor)
        form = form_facts(visitor, typed, typed is not None) if facts["deciding"] else None
    return show("notice/overview.html", status, access=access, notices=facts, form=form, error=error)


def _asked_for(visitor: Visitor) -> Typed | None:
    for name, filled in (("draft", boxes.draft_again), ("corrects", boxes.correction_of)):
        key = number(request.args.get(name, ""))
        if key is None:
            continue
        notice = session().get(Notice, key)
        if notice is None or not speaks_for(visitor.person_id, notice.community_id):
            raise NotFound("notice_not_found", number=key)
        if name == "corrects" or notice.state == State.DRAFT:
            return filled(notice, visitor)
    return None


def _deciding(link: Link) -> Visitor:
    visitor = arriving_at_desk(link)
    if not DECIDING & set(visitor.roles):
        raise NotFound("page_not_found")
    return visitor


def _done(
    link: Link,
    task: str,
    form: Typed,
    enclosures: Sequence[Enclosure],
    item: int,
    name: str,
    key: str,
) -> Done:
    mine = Task(_deciding(link), form, enclosures, item, name)
    return only_once(key, str(link.person_id), f"notices_{task}", lambda: TASKS[task](mine))


def write(task: Task) -> Done:
    """A draft, new or changed; its page shows how it reads and who would hear it, before anybody does."""
    form, by = task.form, task.by
    said = boxes.words_said(form)
    audience = boxes.audience_said(form, task.visitor)
    send_at = boxes.moment(form["send_at"])
    key = number(form["draft"])
    if key is not None:
        verbs.revise(verbs.found(key, by), said, audience, by, send_at=send_at)
    else:
        key = verbs.draft(
            said,
            audience,
            by,
            task.visitor.community_id,
            corrects=number(form["corrects"]),
            send_at=send_at,
        )
        enclosed.enclose(verbs.found(key, by), task.enclosures, by, instead=True)
    return Done("notice_drafted", {"path": _path(task, key)})


def rename(task: Task) -> Done:
    saved.rename(saved.found(task.item, task.by), task.name, task.by)
    return Done("audience_renamed", {})


def forget(task: Task) -> Done:
    saved.forget(saved.found(task.item, task.by), task.by)
    return Done("audience_forgotten", {})


def begin(task: Task) -> Done:
    """今天下雪了，现在就发"""
    key = season.bring_forward(season.found(task.item, task.by), task.by)
    return Done("notice_drafted", {"path": _path(task, key)})


def end(task: Task) -> Done:
    season.end(season.found(task.item, task.by), task.by)
    return Done("season_ended", {})


def _path(task: Task, key: int) -> str:
    return notice_at(key)


TASKS: Mapping[str, Callable[[Task], Done]] = {
    "write": write,
    "rename": rename,
    "forget": forget,
    "begin": begin,
    "end": end,
}
