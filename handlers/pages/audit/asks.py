"""/console/exports: lists of more people than one may take out alone; who asks, who agrees (A11)."""

from collections.abc import Callable, Iterable
from typing import Any

from flask import Response
from werkzeug.wrappers import Response as AnyResponse

from handlers.pages.access import CONSOLE, Access
from handlers.pages.audit.noting import here, who
from handlers.pages.chain.acting import acted, once_more
from handlers.pages.chain.sight import staff_of_link
from handlers.pages.forms import words
from handlers.pages.front import Front, show
from handlers.pages.links import Done
from handlers.pages.story import staff_name
from models.audit.tables import ExportAsk
from models.base.actor import By
from models.base.refusals import NotFound
from models.joins import taking_out
from models.person.arriving import Visitor

PAGE = "exports"


def shown(
    front: Front, access: Access, status: int = 200, *, error: str | None = None, typed: Any = None
) -> Response:
    with front.database.read():
        visitor = staff_of_link(access)
        by = By.staff(visitor.person_id)
        facts = {
            "name": visitor.staff_name,
            "waiting": _listed(taking_out.to_settle(by)),
            "own": _listed(taking_out.asked_by(by)),
        }
    return show("audit/asks.html", status, access=access, exports=facts, error=error)


def waiting(visitor: Visitor) -> int | None:
    """How many wait for this person's word; None where there are none and none were asked for."""
    by = By.staff(visitor.person_id)
    found = len(taking_out.to_settle(by))
    return found if found or taking_out.asked_by(by) else None


def ask(front: Front, access: Access) -> AnyResponse:
    """A second person is asked for a list; where its rows stand, whoever asks has seen before."""
    what, path, reason = words("what", 60), words("list", 500), words("reason", 200)
    many = words("many", 9)
    if (
        not many.isascii()
        or not many.isdecimal()
        or path.startswith(("/", "\\"))
        or ":" in path.partition("?")[0]
    ):
        raise NotFound("page_not_found")
    origin = here()

    def work(visitor: Visitor) -> Done:
        asking = who(visitor, origin)
        if len(visitor.looks_at()) > 1:  # such a list may hold all parts, so nobody of one alone agrees to it
            asking = asking._replace(community_id=None)
        taking_out.ask(what, path, int(many), reason, asking)
        return Done("export_asked", {})

    return acted(front, access, PAGE, "export_ask", work, once_more(shown, front, access))


def settle(front: Front, access: Access, public: str, verb: str) -> AnyResponse:
    """The second person's word."""
    verbs: dict[str, bool] = {"agree": True, "refuse": False}
    if verb not in verbs:
        raise NotFound("page_not_found")
    origin = here()

    def work(visitor: Visitor) -> Done:
        taking_out.settle(public, who(visitor, origin), agree=verbs[verb])
        return Done("export_agreed" if verbs[verb] else "export_refused", {})

    again: Callable[..., AnyResponse] = once_more(shown, front, access)
    return acted(front, access, PAGE, f"export_{verb}", work, again)


def _listed(several: Iterable[ExportAsk]) -> list[dict[str, Any]]:
    return [
        {
            "id": one.public_id,
            "who": staff_name(one.by_id),
            "path": f"{CONSOLE}/{one.path}",
            "what": one.path.partition("?")[0],
            "many": one.many,
            "reason": one.reason,
            "at": one.asked_at,
            "settled": one.agreed,
            "second": staff_name(one.settled_by),
            "taken": one.taken_at,
        }
        for one in several
    ]
