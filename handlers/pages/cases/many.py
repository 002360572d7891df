"""/console/cases/many: one action for many cases, looked at first, then done in portions."""

from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

from handlers.pages.access import Access
from handlers.pages.cases import asked, facts
from handlers.pages.chain.acting import acted
from handlers.pages.chain.sight import staff_of_link
from handlers.pages.forms import from_our_own_page, words
from handlers.pages.front import Front, show
from handlers.pages.links import Done, once_key
from handlers.words import refusal
from models.base.checkdigit import without_check
from models.base.privacy import blind
from models.base.refusals import Refused
from models.case import bulk, listing
from models.duty.answering import answerer
from models.person.arriving import Visitor

AT_ONCE = 20  # done before the page is shown; `hemei work` goes on


def look(front: Front, access: Access) -> AnyResponse:
    """The form below the list: nothing is done yet."""
    from_our_own_page()
    picked = request.form.getlist("case")[: bulk.MOST]
    which, typed = words("which", 10), asked.of(request.query_string.decode("utf-8", "replace"))
    verb, to, reason = words("verb", 20), words("to", 30), words("reason", 300)
    try:
        with front.database.read():
            visitor = staff_of_link(access)
            wish = bulk.wish(verb, to, reason, visitor.community_id)
            chosen = (
                listing.numbers(visitor, asked.read(typed), bulk.MOST)
                if which == "all"
                else [
                    number for one in picked if (number := without_check(one)) is not None and number < 2**62
                ]
            )
            seen = bulk.look(visitor, chosen, wish)
    except Refused as refused:
        return _not_so(access, typed, refused)
    key = blind(once_key(str(visitor.person_id)), "bulk")[:22]  # the same for a copy of the form

    def work(visitor: Visitor) -> Done:
        bulk.keep(key, visitor, seen, wish)
        return Done("bulk_looked", {})

    def again(refused: Refused) -> AnyResponse:
        return _not_so(access, typed, refused)

    return acted(front, access, f"cases/many/{key}", "cases_many_look", work, again)


def act(front: Front, access: Access, key: str) -> AnyResponse:
    """Begins what was looked at. The first portion is done at once, each case in its own transaction."""

    def work(visitor: Visitor) -> Done:
        begun = bulk.begin(bulk.of(key, visitor.person_id))
        return Done("bulk_begun" if begun else "bulk_begun_already", {})

    def again(refused: Refused) -> AnyResponse:
        return show("cases/many_not.html", refused.status, access=access, error=refusal(refused), address="")

    answer = acted(front, access, f"cases/many/{key}", "cases_many", work, again)
    if answer.status_code == 303:
        number = _number(front, access, key)
        for _ in range(AT_ONCE):
            if not front.database.write(bulk.do_one, number):
                break
    return answer


def _number(front: Front, access: Access, key: str) -> int:
    with front.database.read():
        return bulk.of(key, staff_of_link(access).person_id).id


def _not_so(access: Access, typed: asked.Typed, refused: Refused) -> Response:
    address = asked.kept(typed)
    return show("cases/many_not.html", refused.status, access=access, error=refusal(refused), address=address)


def shown(front: Front, access: Access, key: str) -> Response:
    """What would be done, or how far it is."""
    with front.database.read():
        visitor = staff_of_link(access)
        one = bulk.of(key, visitor.person_id)
        to = answerer(one.to_id) if one.to_id is not None else None
        found = bulk.cases_of(one)
        rows = facts.rows([case for _, case in found], visitor.person_id)
        many = {
            "key": one.public_id,
            "verb": one.verb,
            "to": to.name if to else None,
            "reason": one.reason,
            "begun": one.begun_at is not None,
            "ended": one.ended_at is not None,
            "counts": bulk.counts(one),
            "rows": [
                row | {"bulk": line.state, "why": _said(line.why, row["number"])}
                for row, (line, _) in zip(rows, found, strict=True)
            ],
        }
    return show("cases/many.html", access=access, many=many)


def _said(why: str | None, number: str) -> str:
    return refusal(Refused(why, number=number)) if why else ""
