"""/console/enter: somebody calls or comes by. The telephone number first: who that is, what is open of them;
then what it is about: category, place and who will be asked are suggested, and whether it is known already.
What was typed goes by the form alone, because an address would keep it (O1)."""

import re
from dataclasses import replace
from typing import Any

from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

from handlers.house import House
from handlers.pages.access import CONSOLE, Access, case_at
from handlers.pages.audit.noting import looked
from handlers.pages.case_facts import estates
from handlers.pages.cases import facts
from handlers.pages.chain.sight import staff_of_link
from handlers.pages.filing import Report, filed, meaning, placed_by_words
from handlers.pages.forms import (
    PlaceSaid,
    bare_number,
    from_our_own_page,
    keep_photos,
    place_said,
    uploaded,
    words,
)
from handlers.pages.front import Front, back_to, show
from handlers.pages.links import Done, once_key, only_once
from handlers.words import labels, refusal
from models.audit.noting import sought
from models.base.actor import By
from models.base.refusals import Invalid, Refused
from models.case import reach, suggesting
from models.case.calling_in import Known, known_by
from models.case.case import Case
from models.person.arriving import Visitor
from models.place.spot import Spot
from models.understanding import Understanding

SOURCES = ("phone", "walk_in", "patrol")
FIELDS = {
    "source": 10,
    "name": 30,
    "phone": 20,
    "words": 1000,
    "category": 40,
    "urgency": 20,
    "same": 12,
    "who": 2,
}
TELEPHONE = re.compile(r"0?[0-9]{7,12}")
_BLANK = dict.fromkeys(FIELDS, "")


def shown(front: Front, access: Access) -> Response:
    """The empty form."""
    with front.database.read():
        visitor = staff_of_link(access)
        choices = _choices(visitor)
    return show("cases/enter.html", access=access, typed=_BLANK, found=None, choices=choices)


def look(front: Front, access: Access) -> AnyResponse:
    """What is known of what was typed; nothing is kept yet."""
    from_our_own_page()
    form = _form()
    return _looked_at(front, access, form, place_said())


def act(front: Front, access: Access) -> AnyResponse:
    """Files it, or adds it to the case that it is the same as; then to its page."""
    from_our_own_page()
    form, place = _form(), place_said()
    with front.database.read():
        me = staff_of_link(access).person_id
    try:
        with uploaded(front) as files:
            key = once_key(str(me))
            done = front.database.write(_done, access, form, place, files, key, front.house)
    except Refused as refused:
        return _looked_at(front, access, form, place, refused)
    if not done.fresh:
        front.files.drop(files)
    kept = dict(done.facts)
    return back_to(str(kept.pop("path")), done.code, **kept)


def _done(
    access: Access, form: dict[str, str], place: PlaceSaid, files: list[str], key: str, house: House
) -> Done:
    visitor = staff_of_link(access)
    me = visitor.person_id

    def work() -> Done:
        _check(form)
        known = _known(visitor, form)
        person = known.person_id if known is not None and form["who"] == "1" else None
        u, spot = _meant(visitor, form, place, known)
        if form["same"]:
            return _same(form, visitor, person, files)
        if not (form["words"] or files):
            raise Invalid("text_missing")
        if not spot.is_known:
            raise Invalid("place_missing")
        source = form["source"] if form["source"] in SOURCES else SOURCES[0]
        report = Report(
            form["words"], source, form["category"], form["urgency"], form["name"], form["phone"], files
        )
        case = filed(report, u, spot, By.staff(me), person, house)
        return Done("entered", {"number": case.number, "path": case_at(case.id)})

    return only_once(key, str(me), "enter", work)


def _same(form: dict[str, str], visitor: Visitor, person: int | None, files: list[str]) -> Done:
    """One more who met it, or more words where nobody knows who that is."""
    case = reach.find(form["same"], visitor, hold=True)
    by = By.staff(visitor.person_id)
    if person is None or not case.join(person, form["words"], by=by):
        case.add_text(form["words"], by)
    if files:
        keep_photos(files, case.id, "report", visitor.person_id)
    return Done("entered_same", {"number": case.number, "path": case_at(case.id)})


def _looked_at(
    front: Front, access: Access, form: dict[str, str], place: PlaceSaid, refused: Refused | None = None
) -> Response:
    with front.database.read():
        visitor = staff_of_link(access)
        choices = _choices(visitor)
        try:
            if refused is None:
                _check(form)
            found = _found(visitor, form, place)
        except Refused as wrong:
            refused, found = refused or wrong, None
    if form["phone"] and found is not None:
        seen = {"sought": sought(form["phone"])}
        looked(front.database, visitor, "search", ("page", "enter"), facts=seen)
    typed = {**request.form.to_dict(), **form}
    status = refused.status if refused is not None else 200
    error = refusal(refused) if refused is not None else None
    return show(
        "cases/enter.html", status, access=access, typed=typed, found=found, choices=choices, error=error
    )


def _found(visitor: Visitor, form: dict[str, str], place: PlaceSaid) -> dict[str, Any]:
    """For templates/pages/cases/enter.html, below what was typed."""
    known = _known(visitor, form)
    u, spot = _meant(visitor, form, place, known)
    category = form["category"] or u.category
    person = known.person_id if known is not None else None
    theirs = [case for case in reach.open_of(person) if _sees(case, visitor)] if person is not None else []
    same = reach.same_matter(spot, category) if spot.is_known and form["words"] else None
    near = [same] if same is not None and same not in theirs and _sees(same, visitor) else []
    return {
        "known": known._asdict() if known else None,
        "category": category,
        "urgency": form["urgency"] or u.urgency,
        "place": spot.facts(),
        "spot": spot if spot.is_known else None,
        "theirs": facts.rows(theirs, visitor.person_id),
        "same": facts.rows(near, visitor.person_id),
        "goes_to": [one._asdict() for one in suggesting.suggested_for(spot, category)[:2]]
        if spot.is_known
        else [],
    }


def _sees(case: Case, visitor: Visitor) -> bool:
    return reach.maybe(case.number, visitor) is not None


def _known(visitor: Visitor, form: dict[str, str]) -> Known | None:
    return known_by(form["phone"], visitor) if form["phone"] else None


def _meant(
    visitor: Visitor, form: dict[str, str], place: PlaceSaid, known: Known | None
) -> tuple[Understanding, Spot]:
    """The place as chosen, else as said, else where the caller lives."""
    u = meaning(form["words"])
    if place.estate:
        return u, place.spot("staff")
    spot = placed_by_words(u, visitor.community_id)
    if not spot.is_known and known is not None and known.home is not None:
        spot = replace(known.home, how="home")
    return u, spot


def _check(form: dict[str, str]) -> None:
    if form["phone"] and not TELEPHONE.fullmatch(form["phone"]):
        raise Invalid("phone_wrong")


def _form() -> dict[str, str]:
    form = {name: words(name, limit) for name, limit in FIELDS.items()}
    return form | {"phone": bare_number(form["phone"])}


def _choices(visitor: Visitor) -> dict[str, Any]:
    return {"estates": estates(visitor), "categories": list(labels("categories")), "here": f"{CONSOLE}/enter"}
