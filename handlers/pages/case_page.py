"""/p/<token> of a resident's case, /console/cases/<number>: the story, and the forms of its verbs."""

from collections.abc import Mapping

from flask import Response
from werkzeug.wrappers import Response as AnyResponse

from handlers.house import House
from handlers.pages.access import Access
from handlers.pages.audit.noting import here, who
from handlers.pages.audit.purposes import purpose_said
from handlers.pages.case_ends import ENDS
from handlers.pages.case_facts import Over, case_facts, found_for
from handlers.pages.case_longer import LONGER
from handlers.pages.case_photos import PHOTOS
from handlers.pages.case_verbs import FIELDS, VERBS, Act
from handlers.pages.cases.beside import beside, still_in_list
from handlers.pages.forms import PlaceSaid, from_our_own_page, place_said, typed, uploaded, words
from handlers.pages.front import Front, back_to, show
from handlers.pages.links import Done, link_of, once_key, only_once
from handlers.words import labels, refusal
from models.audit.noting import note
from models.base.actor import By
from models.base.clock import now
from models.base.links import Link
from models.base.refusals import Invalid, NotAllowed, NotFound, Refused
from models.case import reach
from models.case.alarm import alarm_of
from models.case.case import Case
from models.case.choices import open_to
from models.history import record
from models.joins import warning
from models.person.arriving import Visitor

ALL_VERBS = {**VERBS, **LONGER, **ENDS, **PHOTOS}


def shown(
    front: Front,
    access: Access,
    status: int = 200,
    *,
    number_shown: bool = False,
    error: str | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:
    link = link_of(access, "case")
    with front.database.read():
        visitor, case = found_for(link)
        facts = case_facts(case, visitor, number_shown=number_shown) | {"beside": beside(case, visitor)}
    categories = list(labels("categories"))
    return show(
        "case.html", status, access=access, case=facts, categories=categories, error=error, typed=typed or {}
    )


def act(front: Front, access: Access, verb: str) -> AnyResponse:
    """A form of the page: done once, then back to the page."""
    from_our_own_page()
    link = link_of(access, "case")
    if verb not in ALL_VERBS:
        raise NotFound("page_not_found")
    with front.database.read():
        found_for(link)  # before any photo is looked at
    form = {name: words(name, limit) for name, limit in FIELDS.items()}
    try:
        with uploaded(front) as files:
            key = once_key(str(link.person_id))
            done = front.database.write(_done, link, verb, form, files, place_said(), key, front.house)
    except (NotFound, Over):
        raise
    except Refused as refused:
        said = refusal(refused)
        return shown(front, access, refused.status, error=said, typed=typed())
    if not done.fresh:
        front.files.drop(files)
    return back_to(access.base + still_in_list(), done.code, **done.facts)


def call(front: Front, access: Access) -> Response:
    """The number of whoever reported it, to those who may call and say what for; it is written down (X06)."""
    from_our_own_page()
    link = link_of(access, "case")
    try:
        front.database.write(_number_shown, link, purpose_said(), here())
    except (NotAllowed, Invalid) as refused:
        return shown(front, access, refused.status, error=refusal(refused))
    return shown(front, access, number_shown=True)


def _held(link: Link) -> tuple[Visitor, Case]:
    """The case's row ours until the commit; the rights are those for where it lies now."""
    visitor, case = found_for(link)
    return visitor, reach.hold(case.id)


def _done(
    link: Link,
    verb: str,
    form: Mapping[str, str],
    files: list[str],
    place: PlaceSaid,
    key: str,
    house: House,
) -> Done:
    visitor, case = _held(link)

    def work() -> Done:
        moves = open_to(case, visitor, alarm_of(case.id)) | warning.moves(case, visitor)
        code = ALL_VERBS[verb](Act(case, visitor, moves, form, files, place, house))
        return Done(code, {"number": case.number})

    return only_once(key, str(link.person_id), f"case_{verb}", work)


def _number_shown(link: Link, purpose: str, origin: str | None) -> None:
    visitor, case = _held(link)
    if "call" not in open_to(case, visitor, alarm_of(case.id)):
        raise NotAllowed("no_longer_open", number=case.number)
    record(case.about, "number_shown", by=By.staff(link.person_id), at=now())
    note(
        "reveal",
        who(visitor, origin),
        ("case", case.number),
        whom=("person", case.reporter_id) if case.reporter_id is not None else None,
        purpose=purpose,
        facts={"what": "phone", "urgent": int(case.urgency == "emergency")},
    )
