"""/console: what waits, a form for callers and finds, and what a desk settles."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import Response
from werkzeug.wrappers import Response as AnyResponse

from handlers.house import House
from handlers.pages.access import Access, case_at
from handlers.pages.case_facts import arriving_at_desk, found
from handlers.pages.desk_facts import desk_facts
from handlers.pages.filing import Report, filed, meaning, placed_by_words, ring
from handlers.pages.forms import PlaceSaid, bare_number, from_our_own_page, place_said, typed, uploaded, words
from handlers.pages.front import Front, back_to, show
from handlers.pages.links import Done, link_of, once_key, only_once
from handlers.words import refusal
from models import praise
from models.base.actor import By
from models.base.links import Link
from models.base.refusals import Invalid, NotAllowed, NotFound, Refused
from models.case import reach
from models.case.listening import written_down
from models.duty.overseeing import DECIDING
from models.enquiry import keeping
from models.joins.carrying import carried, sent_again
from models.joins.turning import enquiry_was_case
from models.media.keeping import item_of
from models.person.arriving import Visitor

SOURCES = ("phone", "walk_in", "patrol")
FIELDS = {
    "source": 10, "name": 30, "phone": 20, "words": 1000, "category": 40, "urgency": 20, "item": 40,
}  # fmt: skip
_TELEPHONE = re.compile(r"0?[0-9]{7,12}")


@dataclass(frozen=True, slots=True)
class Task:
    """One form of a desk, inside its transaction."""

    visitor: Visitor
    form: Mapping[str, str]
    place: PlaceSaid
    files: list[str]
    house: House

    @property
    def by(self) -> By:
        return By.staff(self.visitor.person_id)

    def only_for_deciding(self) -> None:
        if not DECIDING & set(self.visitor.roles):
            raise NotAllowed("no_longer_open")

    @property
    def item(self) -> int:
        given = self.form["item"]
        return int(given) if given.isdecimal() and len(given) < 18 else 0


def staff_arriving(link: Link) -> Visitor:
    """Raises NotFound for whoever has no post (any more)."""
    visitor = arriving_at_desk(link)
    if not visitor.is_staff:
        raise NotFound("page_not_found")
    return visitor


def shown(
    front: Front,
    access: Access,
    status: int = 200,
    *,
    error: str | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:
    with front.database.read():
        facts = desk_facts(staff_arriving(link_of(access, "desk")), front.house)
    return show("desk.html", status, access=access, desk=facts, error=error, typed=typed or {})


def act(front: Front, access: Access, task: str) -> AnyResponse:
    """A form of the desk's page: done once, then back, or on to the new case."""
    from_our_own_page()
    link = link_of(access, "desk")
    if task not in TASKS:
        raise NotFound("page_not_found")
    with front.database.read():
        staff_arriving(link)
    form = {name: words(name, limit) for name, limit in FIELDS.items()}
    try:
        with uploaded(front) as files:
            key = once_key(str(link.person_id))
            done = front.database.write(_done, link, task, form, place_said(), files, key, front.house)
    except NotFound:
        raise
    except Refused as refused:
        said = refusal(refused)
        return shown(front, access, refused.status, error=said, typed=typed() | {"task": task})
    if not done.fresh:
        front.files.drop(files)
    facts = dict(done.facts)
    return back_to(str(facts.pop("path", access.base)), done.code, **facts)


def _done(
    link: Link,
    task: str,
    form: Mapping[str, str],
    place: PlaceSaid,
    files: list[str],
    key: str,
    house: House,
) -> Done:
    visitor = staff_arriving(link)
    mine = Task(visitor, form, place, files, house)
    return only_once(key, str(link.person_id), f"desk_{task}", lambda: TASKS[task](mine))


def enter(task: Task) -> Done:
    """For a caller, a walk-in, or what a patrol finds (row 2)."""
    form = task.form
    phone = bare_number(form["phone"])
    report = Report(
        form["words"],
        form["source"] if form["source"] in SOURCES else SOURCES[0],
        form["category"],
        form["urgency"],
        form["name"],
        phone,
        task.files,
    )
    if not report.says_something:
        raise Invalid("text_missing")
    if phone and not _TELEPHONE.fullmatch(phone):
        raise Invalid("phone_wrong")
    u = meaning(report.text)
    spot = task.place.spot("staff") if task.place.estate else placed_by_words(u, task.visitor.community_id)
    if not spot.is_known:
        raise Invalid("place_missing")
    case = filed(report, u, spot, task.by, None, task.house)
    path = case_at(case.id)
    return Done("entered", {"number": case.number, "path": path})


def heard(task: Task) -> Done:
    """A voice was listened to; its words and place go into the case."""
    item = item_of(task.form["item"])
    if item is None or item.about_kind != "case":
        raise NotFound("media_not_found")
    case = reach.hold(found(item.about_id, task.visitor).id)
    text = task.form["words"]
    u = meaning(text)
    spot = task.place.spot("staff") if task.place.estate else placed_by_words(u, case.community_id)
    written_down(case, item.public_id, task.by, text, u, spot if spot.is_known else None)
    ring(case, u, task.house)
    return Done("heard", {"number": case.number})


def praise_checked(task: Task) -> Done:
    task.only_for_deciding()
    praise.check(task.item, task.visitor.person_id, task.visitor.community_id)
    return Done("praise_checked", {})


def told_by_hand(task: Task) -> Done:
    return Done("carried" if carried(task.item, task.by) else "carried_already", {})


def send_again(task: Task) -> Done:
    sent_again(task.item, task.by)
    return Done("again", {})


def answer(task: Task) -> Done:
    """What a resident asked is answered: one reply goes back, once."""
    enquiry = keeping.hold_for(task.item, task.visitor)
    keeping.answer(enquiry, task.visitor.person_id, task.form["words"])
    return Done("answered", {})


def file(task: Task) -> Done:
    """What a resident asked is something to be done."""
    case = enquiry_was_case(keeping.hold_for(task.item, task.visitor), task.by)
    path = case_at(case.id)
    return Done("entered", {"number": case.number, "path": path})


TASKS: Mapping[str, Callable[[Task], Done]] = {
    "enter": enter,
    "heard": heard,
    "praise": praise_checked,
    "carried": told_by_hand,
    "again": send_again,
    "answer": answer,
    "file": file,
}
