"""/console/whistles/<number>: one whistle, with what it wants of whoever looks, and its forms."""

from collections.abc import Callable, Mapping
from functools import partial

from flask import Response
from werkzeug.wrappers import Response as AnyResponse

from handlers.pages.access import Access
from handlers.pages.chain.acting import Work, acted, once_more
from handlers.pages.chain.said import moment_said, number_said
from handlers.pages.chain.sight import staff_of_link
from handlers.pages.chain.whistle_facts import SHOWN, page
from handlers.pages.forms import keep_photos, uploaded, words
from handlers.pages.front import Front, show
from handlers.pages.links import Done, sent_medium
from models.base.orm import session
from models.base.refusals import Invalid, NotFound
from models.media.keeping import item_of
from models.person.arriving import Visitor
from models.whistle import answering, ending, scoring
from models.whistle.rights import sees
from models.whistle.tables import Whistle


def opened(
    front: Front,
    access: Access,
    number: int,
    status: int = 200,
    *,
    error: str | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:
    with front.database.read():
        visitor = staff_of_link(access)
        facts = page(_seen(number, visitor), visitor)
    return show("chain/whistle.html", status, access=access, whistle=facts, error=error, typed=typed or {})


def medium(front: Front, access: Access, number: int, public: str) -> Response:
    """A photo of the scene, for those who were called to it."""
    with front.database.read():
        whistle = _seen(number, staff_of_link(access))
        item = item_of(public)
        if item is None or (item.about_kind, item.about_id) != ("case", whistle.case_id):
            raise NotFound("media_not_found")
        if item.purpose not in SHOWN:
            raise NotFound("media_not_found")
        return sent_medium(front, item)


def act(front: Front, access: Access, number: int, verb: str) -> AnyResponse:
    """A form of one whistle."""
    if verb not in VERBS:
        raise NotFound("page_not_found")
    with front.database.read():
        _seen(number, staff_of_link(access))

    again = once_more(opened, front, access, number)
    kept: list[str] = []
    try:
        work = VERBS[verb](number)
        with uploaded(front) as files:

            def with_photos(visitor: Visitor) -> Done:
                done = work(visitor)
                keep_photos(files, session().get_one(Whistle, number).case_id, "whistle", visitor.person_id)
                kept[:] = files
                return done

            answer = acted(front, access, f"whistles/{number}", f"whistle_{verb}", with_photos, again)
            front.files.drop([one for one in files if one not in kept])
            return answer
    except Invalid as refused:  # what was typed or sent cannot be read
        return again(refused)


def _seen(number: int, visitor: Visitor) -> Whistle:
    whistle = session().get(Whistle, number)
    if whistle is None or not sees(visitor.person_id, whistle):
        raise NotFound("page_not_found")
    return whistle


# Each reads its form and gives what is to be done with it: the transaction has a thread of its own.


def _answer(number: int, *, comes: bool) -> Work:
    department, reason = number_said("department"), words("reason", 300)

    def work(visitor: Visitor) -> Done:
        answering.answer(number, department, visitor.person_id, comes, reason)
        return Done("whistle_yes" if comes else "whistle_no", {})

    return work


def _arrive(number: int) -> Work:
    department, at = number_said("department"), moment_said("at")

    def work(visitor: Visitor) -> Done:
        first = answering.arrive(number, department, visitor.person_id, at)
        return Done("whistle_here" if first else "whistle_here_already", {})

    return work


def _over(number: int, verb: Callable[[int, int, str], bool]) -> Work:
    said = words("words", 1000)

    def work(visitor: Visitor) -> Done:
        return Done("whistle_over" if verb(number, visitor.person_id, said) else "whistle_over_already", {})

    return work


def _justify(number: int) -> Work:
    justified, note = words("justified", 3), words("note", 300)
    if justified not in ("yes", "no"):
        raise Invalid("grade_range")

    def work(visitor: Visitor) -> Done:
        scoring.justify(number, visitor.person_id, justified == "yes", note)
        return Done("whistle_scored", {})

    return work


def _grade(number: int) -> Work:
    department, grade = number_said("department"), number_said("grade")

    def work(visitor: Visitor) -> Done:
        scoring.grade(number, department, visitor.person_id, grade)
        return Done("whistle_scored", {})

    return work


VERBS: Mapping[str, Callable[[int], Work]] = {
    "yes": partial(_answer, comes=True),
    "no": partial(_answer, comes=False),
    "here": _arrive,
    "end": partial(_over, verb=ending.end),
    "off": partial(_over, verb=ending.call_off),
    "justify": _justify,
    "grade": _grade,
}
