"""/console/homes: who says to live where, against the register: confirmed with what was seen, or refused."""

from collections.abc import Mapping

from flask import Response
from werkzeug.wrappers import Response as AnyResponse

from handlers.pages.access import Access
from handlers.pages.chain.acting import acted, once_more
from handlers.pages.chain.said import number_said
from handlers.pages.chain.sight import staff_of_link
from handlers.pages.forms import words
from handlers.pages.front import Front, show
from handlers.pages.links import Done
from models.base.refusals import NotFound
from models.duty.overseeing import DECIDING
from models.joins import binding_homes
from models.person.arriving import Visitor

PAGE = "homes"


def shown(
    front: Front,
    access: Access,
    status: int = 200,
    *,
    error: str | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:
    with front.database.read():
        visitor = _desk(access)
        waiting = binding_homes.waiting(visitor.person_id)
        facts = {
            "waiting": [one._asdict() for one in waiting],
            "more": max(0, binding_homes.count(visitor.person_id) - len(waiting)),
            "seen": binding_homes.seen(),
        }
    return show("people/homes.html", status, access=access, page=facts, error=error, typed=typed or {})


def act(front: Front, access: Access, verb: str) -> AnyResponse:
    home, seen, why = number_said("item"), words("seen", 20), words("why", 200)

    def confirm(visitor: Visitor) -> Done:
        binding_homes.confirm(home, visitor.person_id, seen)
        return Done("home_bound", {})

    def refuse(visitor: Visitor) -> Done:
        binding_homes.refuse(home, visitor.person_id, why)
        return Done("home_refused", {})

    verbs = {"confirm": confirm, "refuse": refuse}
    if verb not in verbs:
        raise NotFound("page_not_found")
    return acted(front, access, PAGE, f"homes_{verb}", verbs[verb], once_more(shown, front, access))


def _desk(access: Access) -> Visitor:
    visitor = staff_of_link(access)
    if DECIDING.isdisjoint(visitor.roles):
        raise NotFound("page_not_found")
    return visitor
