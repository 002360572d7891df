"""What somebody on duty does with cases: the same verbs as in the chat and in the console (row 1)."""

from collections.abc import Sequence
from typing import Annotated

import msgspec
from sqlalchemy import select

from handlers.api.asking import Ask
from handlers.api.case_shapes import CaseLine, CaseShown, case_line, case_shown, moves_of
from handlers.api.errors import wrong
from handlers.api.limits import WORK
from handlers.api.reports import Photos
from handlers.api.routes import Need, Route
from handlers.api.shapes import Asked, Id, Moment, Shape, Text, maybe_clock
from handlers.api.uploads import taken
from handlers.pages.forms import keep_photos
from handlers.words import labels
from models.base.orm import session
from models.base.refusals import NotAllowed
from models.base.signed_ids import number_of, signed_id
from models.case import reach
from models.case.case import Case
from models.joins import today
from models.person.colleagues import colleagues
from models.person.tables import Staff

STAFF = "staff"
MOST = 50


class Todo(Shape):
    """`turns_red_at`: null while its limits stand still. `own`: in these hands, not only below."""

    case: CaseLine
    why: str
    turns_red_at: Moment | None
    late: bool
    own: bool


class Counts(Shape):
    """As the morning's letter says them: of the own work, then of the grids below."""

    offered: int
    held: int
    late: int
    today: int
    below_open: int
    below_late: int
    below_today: int
    whistles: int
    problems: int


class Today(Shape):
    """`more`: how many lines do not stand here."""

    items: list[Todo]
    counts: Counts
    more: int


class Receiver(Shape):
    id: str
    label: str


class Receivers(Shape):
    items: list[Receiver]


class Returned(Asked):
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=300)]


class HandedOn(Asked):
    """`to`: one of the receivers."""

    to: Id
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=300)]


class Progress(Asked):
    """Its people hear of it."""

    text: Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]
    photos: Photos = msgspec.field(default_factory=list)


class Finished(Asked):
    """Photos from before and after; without one of after a reason why there is none."""

    text: Text = ""
    before: Photos = msgspec.field(default_factory=list)
    after: Photos = msgspec.field(default_factory=list)
    no_photo_reason: Annotated[str, msgspec.Meta(max_length=300)] = ""


def waiting(ask: Ask, given: None) -> Today:
    """What waits for me, in the order of the console's page: what is late or turns red today before the rest,
    my own before what lies below."""
    found = today.waiting(ask.me)
    lines = found.lines[:MOST]
    rows = select(Case).where(Case.id.in_([one.case_id for one in lines]))
    cases = {one.id: one for one in session().scalars(rows)}
    return Today(
        items=[
            Todo(
                case=case_line(cases[one.case_id], ask.visitor),
                why=str(labels("work_why")[one.why]),
                turns_red_at=maybe_clock(one.turns_red_at),
                late=one.is_late,
                own=one.own,
            )
            for one in lines
        ],
        counts=Counts(**found.counts),
        more=len(found.lines) - len(lines),
    )


def shown(ask: Ask, given: None) -> CaseShown:
    """One case, with what I may do."""
    return case_shown(reach.of_public(ask.id, ask.visitor), ask.visitor)


def accept(ask: Ask, given: None) -> CaseShown:
    """接单."""
    case = _held(ask)
    case.accept(ask.me)
    return _now(ask, case)


def give_back(ask: Ask, given: Returned) -> CaseLine:
    """退单, with the reason; it goes to the next who answers."""
    case = _held(ask)
    case.give_back(ask.me, given.reason.strip())
    session().flush()
    return case_line(case, ask.visitor)


def receivers(ask: Ask, given: None) -> Receivers:
    """To whom it may be handed on."""
    case = reach.of_public(ask.id, ask.visitor)
    if "transfer" not in moves_of(case, ask.visitor):
        return Receivers(items=[])
    return Receivers(items=[_receiver(one) for one in _others(ask, case)])


def transfer(ask: Ask, given: HandedOn) -> CaseLine:
    """转派 to a colleague."""
    case = _held(ask)
    number = number_of(STAFF, given.to)
    to = next((one for one in _others(ask, case) if one.id == number), None)
    if to is None:
        raise wrong("no_such_colleague", "to", number=case.number)
    case.transfer(ask.me, to.person_id, given.reason.strip())
    session().flush()
    return case_line(case, ask.visitor)


def progress(ask: Ask, given: Progress) -> CaseShown:
    """How far it is: its people hear of it, with photos."""
    case = _held(ask)
    keep_photos(taken(ask.me, given.photos), case.id, "progress", ask.me)
    case.tell_people(ask.me, given.text)
    return _now(ask, case)


def finish(ask: Ask, given: Finished) -> CaseShown:
    """办结: said to be done, with photos from before and after; only the resident's nod closes it."""
    case = _held(ask)
    if case.is_finished_by(ask.me):
        return _now(ask, case)
    if not case.is_worked_on_by(ask.me):
        raise NotAllowed("not_yours_to_finish", number=case.number)
    files = taken(ask.me, [*given.before, *given.after])
    keep_photos(files[: len(given.before)], case.id, "before", ask.me)
    keep_photos(files[len(given.before) :], case.id, "finish", ask.me)
    case.finish(
        ask.me,
        given.text,
        no_photo_reason=given.no_photo_reason,
        silence_days=ask.office.house.silence_days,
    )
    return _now(ask, case)


def _held(ask: Ask) -> Case:
    return reach.of_public(ask.id, ask.visitor, hold=True)


def _now(ask: Ask, case: Case) -> CaseShown:
    session().flush()
    return case_shown(case, ask.visitor)


def _others(ask: Ask, case: Case) -> Sequence[Staff]:
    return colleagues(case.community_id, except_for=ask.me)


def _receiver(one: Staff) -> Receiver:
    known = labels("roles")
    role = next((str(known[code]["label"]) for code in one.roles if code in known), "")
    said = " ".join(part for part in (one.name, role, one.employer) if part)
    return Receiver(id=signed_id(STAFF, one.id), label=said)


_CASE = "/work/cases/<id>"
ROUTES = (
    Route("GET", "/work/today", Need.STAFF, waiting, gives=Today),
    Route("GET", _CASE, Need.STAFF, shown, gives=CaseShown),
    Route("POST", f"{_CASE}/accept", Need.STAFF, accept, gives=CaseShown, once=True, limit=WORK),
    Route(
        "POST",
        f"{_CASE}/return",
        Need.STAFF,
        give_back,
        takes=Returned,
        gives=CaseLine,
        once=True,
        limit=WORK,
    ),
    Route("GET", f"{_CASE}/receivers", Need.STAFF, receivers, gives=Receivers),
    Route(
        "POST",
        f"{_CASE}/transfer",
        Need.STAFF,
        transfer,
        takes=HandedOn,
        gives=CaseLine,
        once=True,
        limit=WORK,
    ),
    Route(
        "POST",
        f"{_CASE}/progress",
        Need.STAFF,
        progress,
        takes=Progress,
        gives=CaseShown,
        once=True,
        limit=WORK,
    ),
    Route(
        "POST",
        f"{_CASE}/finish",
        Need.STAFF,
        finish,
        takes=Finished,
        gives=CaseShown,
        once=True,
        limit=WORK,
    ),
)
