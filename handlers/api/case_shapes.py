"""A case as the program shows it."""

from typing import Annotated, Any

import msgspec
from itsdangerous import BadSignature, URLSafeTimedSerializer

from handlers.api.document import BASE
from handlers.api.places import category_label
from handlers.api.shapes import Moment, Shape, clock, maybe_clock
from handlers.due import due_facts
from handlers.pages.story import story
from handlers.wording.filters import place as said
from handlers.wording.telling import step_line
from handlers.words import labels
from models.base.orm import session
from models.base.privacy import derived
from models.base.signed_ids import number_of, signed_id
from models.case import offering
from models.case.alarm import alarm_of
from models.case.case import Case
from models.case.choices import open_to
from models.case.lifecycle import UNFINISHED, UNTAKEN, State
from models.case.sight import place_for, words_for
from models.duty.answering import answerer
from models.media.item import Item
from models.media.keeping import items_about
from models.person.arriving import Visitor
from models.person.portraits import ABOUT as PORTRAIT
from models.person.portraits import published

PHOTO_SECONDS = 3600
MOVES = {"nod": "nod", "object": "no", "rate": "rate", "add": "more", "leave": "leave"}
STAFF_MOVES = {"accept": "accept", "give_back": "return", "transfer": "transfer", "finish": "finish"}
# Of which step a photo is part: the nearest of these.
_STEPS_OF = {
    "report": ("reported", "added", "objected"),
    "progress": ("told",),
    "before": ("finished",),
    "finish": ("finished",),
    "safe": ("made_safe",),
}


class PhotoShown(Shape):
    """`url`: a path that holds for an hour, for whoever has it. `part`: report, before, progress, finish,
    safe or seen."""

    id: str
    url: str
    part: str
    at: Moment


class Told(Shape):
    """One step of the story. `kind`: a code; `words`: as people read it."""

    at: Moment
    kind: str
    words: str
    photos: list[PhotoShown]


class Who(Shape):
    """Somebody who answers for it. `phone`: the duty phone, never the person's own."""

    name: str
    role: str
    employer: str | None
    phone: str | None


class CaseLine(Shape):
    """A case in a list. `due_at`: what was promised; `asks`: whether it waits for this person's nod."""

    id: str
    number: str
    state: str
    state_label: str
    category: str | None
    category_label: str | None
    urgency: str
    text: str
    place: str
    reported_at: Moment
    due_at: Moment | None
    late: bool
    mine: bool
    asks: bool


class CaseShown(CaseLine):
    """A case with its story. `may`: nod, no, rate, more, withdraw, join, leave; for cadres accept, return,
    transfer, finish, progress."""

    who: Who | None
    photos: list[PhotoShown]
    story: list[Told]
    grade: Annotated[int, msgspec.Meta(ge=1, le=5)] | None
    fellows: int
    may: list[str]


def case_line(case: Case, visitor: Visitor) -> CaseLine:
    return CaseLine(**_line(case, visitor))


def case_shown(case: Case, visitor: Visitor) -> CaseShown:
    """Within a view of the database, for somebody who was found to see it."""
    me = visitor.person_id
    items = [one for one in items_about("case", case.id) if one.kind == "image" and one.state == "kept"]
    shown = [photo_shown(one) for one in items]
    concerned = case.concerned()
    steps = story(case, me, for_staff=visitor.is_staff and me not in concerned)
    of_steps: dict[int, list[PhotoShown]] = {}
    for item, photo in zip(items, shown, strict=True):
        near = [
            (abs((one["at"] - item.at).total_seconds()), place)
            for place, one in enumerate(steps)
            if one["what"] in _STEPS_OF.get(item.purpose, ())
        ]
        if near:
            of_steps.setdefault(min(near)[1], []).append(photo)
    told = [
        Told(at=clock(one["at"]), kind=one["what"], words=line, photos=of_steps.get(place, []))
        for place, one in enumerate(steps)
        if (line := step_line(one))
    ]
    return CaseShown(
        **_line(case, visitor),
        who=_who(case),
        photos=shown,
        story=told,
        grade=case.grade_by(me),
        fellows=max(0, len(concerned) - 1),
        may=moves_of(case, visitor),
    )


def moves_of(case: Case, visitor: Visitor) -> list[str]:
    """What may be done by this person now, as the addresses say it."""
    me, state = visitor.person_id, State(case.state)
    open_now = open_to(case, visitor, alarm_of(case.id))
    found = [name for move, name in (MOVES | STAFF_MOVES).items() if move in open_now]
    if case.taker_id == me and state == State.HANDLING and case.concerned():
        found.append("progress")
    if me in (case.reporter_id, case.proxy_id) and state in UNTAKEN:
        found.append("withdraw")
    if me not in case.concerned() and not visitor.is_staff and state in UNFINISHED:
        found.append("join")
    return found


def photo_shown(item: Item) -> PhotoShown:
    token = _signer().dumps(signed_id("media_items", item.id))
    return PhotoShown(id=item.public_id, url=f"{BASE}/photos/{token}", part=item.purpose, at=clock(item.at))


def photo_behind(token: str) -> Item | None:
    """The photo of a path that was handed out within the last hour."""
    try:
        number = number_of("media_items", str(_signer().loads(token, max_age=PHOTO_SECONDS)))
    except BadSignature:
        return None
    item = session().get(Item, number) if number is not None else None
    if item is not None and item.about_kind == PORTRAIT:  # as long as it is published, and no longer
        return item if item.public_id in published([item.about_id]).values() else None
    return item


def _line(case: Case, visitor: Visitor) -> dict[str, Any]:
    me, due = visitor.person_id, due_facts(case)
    return {
        "id": case.public_id,
        "number": case.number,
        "state": case.state,
        "state_label": str(labels("case_progress")[case.state]),
        "category": case.category,
        "category_label": category_label(case.category),
        "urgency": case.urgency,
        "text": words_for(case, me),
        "place": said(**place_for(case, visitor)),
        "reported_at": clock(case.reported_at),
        "due_at": maybe_clock(due["due_by"]),
        "late": bool(due["late"]),
        "mine": me == case.reporter_id,
        "asks": case.state == State.FINISHED and me in case.concerned(),
    }


def _who(case: Case) -> Who | None:
    """Whoever has it, else the first of those to whom it is offered."""
    people = [case.taker_id] if case.taker_id is not None else list(offering.holders(case.id))
    found = next((one for person in people if person and (one := answerer(person))), None)
    if found is None:
        return None
    role = labels("roles").get(found.role, {})
    return Who(name=found.name, role=str(role.get("label", "")), employer=found.employer, phone=found.phone)


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(derived("api photo"), salt="photo")
