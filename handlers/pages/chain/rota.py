"""/console/rota: who is on duty in the next fourteen days, the hours without anybody first (row 104)."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import Response
from sqlalchemy import select
from werkzeug.wrappers import Response as AnyResponse

from handlers.pages.access import Access
from handlers.pages.chain.acting import acted, excel, once_more
from handlers.pages.chain.said import day_said, number_said
from handlers.pages.chain.sight import staff_of_link
from handlers.pages.forms import words
from handlers.pages.front import Front, show
from handlers.pages.links import Done
from handlers.pages.story import staff_name
from handlers.words import labels
from models.base.actor import By
from models.base.clock import local, now
from models.base.orm import session
from models.base.refusals import Invalid, NotFound
from models.base.spreadsheet import Value
from models.duty import rota
from models.duty.ladder import chain, rungs
from models.duty.overseeing import DECIDING, OVERSEEING, watches
from models.duty.patterns import read
from models.duty.rota import AHEAD, Gap
from models.duty.tables import Shift
from models.duty.weeks import planned
from models.person.arriving import Visitor
from models.person.colleagues import colleague
from models.place.gazetteer import town
from models.place.tables import Community

PATTERN = 2000  # characters
MOST_WEEKS = 53
TOWN = 0  # as a form names the town's own rota


def shown(
    front: Front,
    access: Access,
    status: int = 200,
    *,
    error: str | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:
    with front.database.read():
        facts = overview(_sight(access))
    return show("chain/rota.html", status, access=access, rota=facts, error=error, typed=typed or {})


def waiting(visitor: Visitor) -> int | None:
    """How many hours' gaps there are, for whoever may fill them; None for who has no rota to look at."""
    seen = _seen(visitor)
    if not seen and DECIDING.isdisjoint(visitor.roles):
        return None
    return 0 if DECIDING.isdisjoint(visitor.roles) else len(_gaps(seen))


def as_excel(front: Front, access: Access) -> Response:
    """The shifts of the page, and the hours without anybody."""
    with front.database.read():
        heads, facts = labels("chain_sheets"), overview(_sight(access))
        shifts: list[list[Value]] = [heads["shift_headings"]]
        gaps: list[list[Value]] = [heads["gap_headings"]]
        for one in facts["rotas"]:
            where = [one["community"] or heads["town"], one["rung"]]
            for day in one["days"]:
                for shift in day["shifts"]:
                    hours = [_minute(shift["starts"]), _minute(shift["ends"])]
                    away = heads["away"] if shift["away"] else None
                    shifts.append([*where, day["weekday"], *hours, shift["name"], away])
            gaps += [[*where, _minute(gap.starts_at), _minute(gap.ends_at)] for gap in one["gaps"]]
        return excel(front, access, heads["rota"], [(heads["rota"], shifts), (heads["gaps"], gaps)])


def act(front: Front, access: Access, verb: str) -> AnyResponse:
    """A pattern is entered, or one shift struck out."""
    if verb == "set":
        work = _set()
    elif verb == "strike":
        number = number_said("shift")

        def work(visitor: Visitor) -> Done:
            rota.strike_out(number, By.staff(visitor.person_id))
            return Done("shift_struck", {})
    else:
        raise NotFound("page_not_found")

    again = once_more(shown, front, access)
    return acted(front, access, "rota", f"rota_{verb}", work, again)


def _set() -> Any:
    community, rung, weeks = number_said("community") or None, number_said("rung"), number_said("weeks")
    first, lines = day_said("since", after=False), words("pattern", PATTERN).splitlines()
    replace = bool(words("replace", 5))

    def work(visitor: Visitor) -> Done:
        if first is None or not 1 <= weeks <= MOST_WEEKS:
            raise Invalid("day_wrong")
        known = community is None or community in town().communities
        if not known or (community is not None and not watches(visitor.community_id, community)):
            raise NotFound("page_not_found")

        def person(number: str) -> int | None:
            found = colleague(number, community)
            return found.person_id if found is not None else None

        day = local(first).date()
        shifts = planned(read(lines, person), day, day + timedelta(days=7 * weeks - 1))
        came, went = rota.enter(community, rung, shifts, By.staff(visitor.person_id), replace=replace)
        return Done("rota_set", {"came": came, "went": went})

    return work


def overview(visitor: Visitor) -> dict[str, Any]:
    """For templates/pages/chain/rota.html."""
    at = now()
    seen = _seen(visitor)
    found = _gaps(seen)
    names = {one.id: one.name for one in session().scalars(select(Community).order_by(Community.id))}
    deciding = not DECIDING.isdisjoint(visitor.roles)
    mine = [key for key in names if watches(visitor.community_id, key)]
    return {
        "name": visitor.staff_name,
        "deciding": deciding,
        "days": AHEAD.days,
        "rotas": [
            {
                "community": names.get(community or TOWN),
                "rung": _called(community, rung, at),
                "gaps": [one for one in found if (one.community_id, one.rung) == (community, rung)],
                "days": _days(_shifts(community, rung, at), at),
            }
            for community, rung in seen
        ],
        "gaps": len(found),
        "communities": [{"id": key, "name": names[key]} for key in mine],
        "town": visitor.community_id is None,
        "rungs": list(enumerate(rungs(visitor.community_id if visitor.community_id else None, at))),
        "today": local(at).date(),
    }


def _sight(access: Access) -> Visitor:
    visitor = staff_of_link(access)
    if waiting(visitor) is None:
        raise NotFound("page_not_found")
    return visitor


def _minute(at: datetime) -> str:
    return f"{local(at):%Y-%m-%d %H:%M}"


def _seen(visitor: Visitor) -> list[tuple[int | None, int]]:
    """The rotas of the own community and the town's own; of all for who belongs to none."""
    if not visitor.is_staff:
        return []
    all_of_them = visitor.community_id is None and not OVERSEEING.isdisjoint(visitor.roles)
    mine = {None, visitor.community_id}
    return [one for one in rota.rotas() if all_of_them or one[0] in mine]


def _gaps(seen: Sequence[tuple[int | None, int]]) -> list[Gap]:
    return [one for one in rota.gaps() if (one.community_id, one.rung) in seen]


def _shifts(community: int | None, rung: int, at: datetime) -> Sequence[Shift]:
    which = (Shift.community_id.is_not_distinct_from(community), Shift.rung == rung)
    return rota.shifts_between(at, at + AHEAD, *which)


def _days(shifts: Sequence[Shift], at: datetime) -> list[dict[str, Any]]:
    """By the day on which they begin."""
    found: dict[Any, list[dict[str, Any]]] = {}
    for one in shifts:
        found.setdefault(local(one.starts_at).date(), []).append(
            {
                "id": one.id,
                "name": staff_name(one.person_id),
                "starts": one.starts_at,
                "ends": one.ends_at,
                "next_day": local(one.ends_at).date() > local(one.starts_at).date(),
                "now": one.starts_at <= at < one.ends_at,
                "away": chain().is_away(one.person_id, max(at, one.starts_at)),
            }
        )
    names = labels("times")["weekdays"]
    return [
        {"day": day, "weekday": names[day.weekday()], "shifts": several} for day, several in found.items()
    ]


def _called(community: int | None, rung: int, at: datetime) -> str:
    names = rungs(community, at)
    return names[rung] if rung < len(names) else str(rung)
