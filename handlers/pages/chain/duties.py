"""/console/duties: what one answers for oneself: rungs, buildings, shifts, leave, and who stands in."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Response
from sqlalchemy import select
from werkzeug.wrappers import Response as AnyResponse

from handlers.pages.access import Access
from handlers.pages.chain import rota as rota_page
from handlers.pages.chain.acting import Work, acted
from handlers.pages.chain.said import moment_said, number_said, person_called
from handlers.pages.chain.sight import staff_of_link
from handlers.pages.forms import typed, words
from handlers.pages.front import Front, show
from handlers.pages.links import Done
from handlers.pages.story import staff_name
from handlers.words import refusal
from models.base.actor import By
from models.base.clock import after, local, now
from models.base.orm import session
from models.base.refusals import Invalid, NotFound, Refused
from models.duty import leave, rota, swaps
from models.duty.answering import kept_by
from models.duty.ladder import chain, posts, rungs
from models.duty.tables import Shift, Swap
from models.person.arriving import Visitor
from models.place.gazetteer import town
from models.place.tables import Grid

AHEAD_DAYS = 28


def shown(
    front: Front,
    access: Access,
    status: int = 200,
    *,
    error: str | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:
    with front.database.read():
        facts = overview(staff_of_link(access))
    return show("chain/duties.html", status, access=access, duties=facts, error=error, typed=typed or {})


def waiting(visitor: Visitor) -> int | None:
    """How many colleagues ask for a swap; everybody with a post has such a page."""
    return len(swaps.waiting_for(visitor.person_id)) if visitor.is_staff else None


def act(front: Front, access: Access, verb: str) -> AnyResponse:
    """Leave and swaps."""
    verbs: dict[str, Callable[[], Work]] = {
        "leave": _leave,
        "back": _back,
        "ask": _ask,
        "agree": lambda: _swap("swap_agreed", swaps.agree),
        "refuse": lambda: _swap("swap_refused", swaps.refuse),
        "take_back": lambda: _swap("swap_taken_back", swaps.take_back),
    }
    if verb not in verbs:
        raise NotFound("page_not_found")

    def again(refused: Refused) -> AnyResponse:
        return shown(front, access, refused.status, error=refusal(refused), typed=typed() | {"verb": verb})

    try:
        work = verbs[verb]()
    except Invalid as refused:  # what was typed cannot be read
        return again(refused)
    return acted(front, access, "duties", f"duties_{verb}", work, again)


def overview(visitor: Visitor) -> dict[str, Any]:
    """For templates/pages/chain/duties.html."""
    me, at = visitor.person_id, now()
    known = chain()
    grids = {one.id: one for one in session().scalars(select(Grid))}
    mine = rota.shifts_between(at, after(days=AHEAD_DAYS), Shift.person_id == me)
    return {
        "name": visitor.staff_name,
        "rungs": [
            {
                "grid": grids[one.grid_id].name,
                "rung": _called(grids[one.grid_id].community_id, one.rung),
                "how": one.how,
                "stand_ins": _stand_ins(one.grid_id, one.rung) if one.how == "away" else [],
                "for": _away(one.grid_id, one.rung) if one.how == "deputy" else [],
                "deputies": [
                    staff_name(term.deputy_id)
                    for term in known.holding(one.grid_id, one.rung, at)
                    if term.person_id == me and term.deputy_id is not None
                ],
            }
            for one in posts(me, at)
        ],
        "buildings": [
            {"estate": spot.estate, "building": spot.building}
            for one in sorted(kept_by(me))
            if (spot := town().spot_of_building(one)) is not None
        ],
        "shifts": [_shift(one) | {"now": one.starts_at <= at, "others": _others(one)} for one in mine],
        "asked": [_swap_facts(one) for one in swaps.waiting_for(me)],
        "asking": [_swap_facts(one) for one in swaps.asked_by(me)],
        "leaves": [
            {
                "id": one.id,
                "since": one.since,
                "until": one.until,
                "reason": one.reason,
                "deputy": staff_name(one.deputy_id),
                "now": one.since <= at,
            }
            for one in leave.leaves_of(me)
        ],
        "days": AHEAD_DAYS,
        "has_rota": rota_page.waiting(visitor) is not None,
    }


def _called(community_id: int, rung: int) -> str:
    names = rungs(community_id)
    return names[rung] if rung < len(names) else str(rung)


def _stand_ins(grid_id: int, rung: int) -> list[str]:
    there = chain().there(grid_id, rung, now())
    return [name for one in there.people if (name := staff_name(one))]


def _away(grid_id: int, rung: int) -> list[str]:
    at, known = now(), chain()
    away = (one.person_id for one in known.holding(grid_id, rung, at) if known.is_away(one.person_id, at))
    return [name for one in away if (name := staff_name(one))]


def _shift(one: Shift) -> dict[str, Any]:
    return {
        "id": one.id,
        "starts": one.starts_at,
        "ends": one.ends_at,
        "days": (local(one.ends_at).date() - local(one.starts_at).date()).days,
        "name": staff_name(one.person_id),
    }


def _others(one: Shift) -> list[dict[str, Any]]:
    """What colleagues might give for it: their shifts ahead in the same rota."""
    same = (Shift.community_id.is_not_distinct_from(one.community_id), Shift.rung == one.rung)
    ahead = rota.shifts_between(now(), after(days=AHEAD_DAYS), *same, Shift.person_id != one.person_id)
    return [_shift(other) for other in ahead if other.starts_at > now()]


def _swap_facts(one: Swap) -> dict[str, Any]:
    given = session().get(Shift, one.for_shift_id) if one.for_shift_id is not None else None
    return {
        "id": one.id,
        "shift": _shift(session().get_one(Shift, one.shift_id)),
        "given": _shift(given) if given is not None else None,
        "to": staff_name(one.to_id),
    }


# Each reads its form and gives what is to be done with it: the transaction has a thread of its own.


def _leave() -> Work:
    since, until = moment_said("since"), moment_said("until")
    deputy, reason = words("deputy", 30), words("reason", 100)

    def work(visitor: Visitor) -> Done:
        me = visitor.person_id
        stands_in = person_called(deputy, visitor.community_id) if deputy else None
        leave.take_leave(me, By.staff(me), since=since, until=until, deputy_id=stands_in, reason=reason)
        return Done("leave_taken", {})

    return work


def _back() -> Work:
    number = number_said("item")

    def work(visitor: Visitor) -> Done:
        leave.come_back(number, By.staff(visitor.person_id))
        return Done("leave_ended", {})

    return work


def _ask() -> Work:
    number, to, given = number_said("item"), words("to", 30), words("given", 12)

    def work(visitor: Visitor) -> Done:
        in_return = int(given) if given.isdecimal() and len(given) < 10 else None
        theirs = session().get(Shift, in_return) if in_return is not None else None
        colleague = theirs.person_id if theirs is not None else person_called(to, visitor.community_id)
        swaps.ask(number, colleague, By.staff(visitor.person_id), in_return=in_return)
        return Done("swap_asked", {"name": staff_name(colleague) or ""})

    return work


def _swap(code: str, verb: Callable[[int, By], bool]) -> Work:
    number = number_said("item")

    def work(visitor: Visitor) -> Done:
        verb(number, By.staff(visitor.person_id))
        return Done(code, {})

    return work
