"""/console/groups: chats that are no building's yet, what is wrong with groups, all of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

from handlers.house import House
from handlers.pages.access import Access
from handlers.pages.audit.exporting import below_console
from handlers.pages.audit.noting import looked
from handlers.pages.case_facts import estates
from handlers.pages.desk import staff_arriving
from handlers.pages.forms import PlaceSaid, from_our_own_page, place_said, typed, words
from handlers.pages.front import Front, back_to, download, show
from handlers.pages.links import Done, link_of, once_key, only_once
from handlers.pages.story import staff_name
from handlers.words import refusal
from models.base import ticks
from models.base.actor import By
from models.base.clock import now
from models.base.links import Link
from models.base.orm import session
from models.base.refusals import NotFound, Refused
from models.duty.overseeing import DECIDING, OVERSEEING, decides, oversees
from models.outbox.address import Channel, owner_of
from models.person.arriving import Visitor
from models.place.chats import LISTED
from models.place.gazetteer import town
from models.place.join_ways import way_of
from models.place.tables import BuildingGroup
from models.town import groups as verbs
from models.town import registry
from models.town.registry import Registered, Unbound

SHOWN, MOST = 50, 10_000
UNBOUND_SHOWN = 20
FIELDS = {"chat": 64, "group": 20}


@dataclass(frozen=True, slots=True)
class JoinSheet:
    """What stands on the sheet by which neighbours join a group; `picture` is the platform's code, a PNG."""

    group: str
    estate: str
    building: str | None
    picture: bytes


JoinPrinter = Callable[[JoinSheet], bytes]


@dataclass(frozen=True, slots=True)
class Task:
    """One form of the page, inside its transaction."""

    by: By
    form: Mapping[str, str]
    place: PlaceSaid


def shown(
    front: Front,
    access: Access,
    status: int = 200,
    *,
    error: str | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:
    said = "".join(filter(str.isprintable, request.args.get("q", ""))).strip()[:40]
    start = min(max(0, request.args.get("from", default=0, type=int)), MOST)
    with front.database.read():
        visitor = _watching(link_of(access, "desk"))
        facts = _facts(visitor, front.house, said, start)
    return show("groups.html", status, access=access, error=error, typed=typed or {}, **facts)


def act(front: Front, access: Access, verb: str) -> AnyResponse:
    """A form of the page: done once, then back."""
    from_our_own_page()
    link = link_of(access, "desk")
    if verb not in VERBS:
        raise NotFound("page_not_found")
    form = {name: words(name, limit) for name, limit in FIELDS.items()}
    key = once_key(str(link.person_id))
    try:
        done = front.database.write(_done, link, verb, form, place_said(), key)
    except NotFound as refused:
        if refused.code == "page_not_found":
            raise
        return shown(front, access, refused.status, error=refusal(refused))
    except Refused as refused:
        return shown(front, access, refused.status, error=refusal(refused), typed=typed())
    return back_to(f"{access.base}/groups", done.code, **done.facts)


def picture(front: Front, access: Access, group: int) -> Response:
    """The code for joining a group, as a PNG that is named after it."""
    with front.database.read():
        sheet = _sheet(link_of(access, "desk"), group)
    return download(sheet.picture, "image/png", f"{sheet.group}.png", inline="inline" in request.args)


def sheet(front: Front, printer: JoinPrinter, access: Access, group: int) -> Response:
    """The same on an A4 page."""
    with front.database.read():
        link = link_of(access, "desk")
        found, visitor = _sheet(link, group), staff_arriving(link)
    looked(front.database, visitor, "print", ("page", below_console()))
    return download(printer(found), "application/pdf", f"{found.group}.pdf")


def _watching(link: Link) -> Visitor:
    visitor = staff_arriving(link)
    if not OVERSEEING & set(visitor.roles):
        raise NotFound("page_not_found")
    return visitor


def _facts(visitor: Visitor, house: House, said: str, start: int) -> dict[str, Any]:
    at, community = now(), visitor.community_id
    found = registry.registered(community, at, said=said, start=start, limit=SHOWN + 1)
    strays = registry.unbound(community)
    here = {"q": said} if said else {}
    return {
        "deciding": bool(DECIDING & set(visitor.roles)),
        "unbound": [_unbound(one) for one in strays[:UNBOUND_SHOWN]],
        "more_unbound": max(0, len(strays) - UNBOUND_SHOWN),
        "troubled": [_entry(one, house) for one in registry.troubled(community, at, house.group_limit)],
        "totals": registry.totals(community, house.group_allowance, at)._asdict(),
        "groups": [_entry(one, house) for one in found[:SHOWN]],
        "estates": estates(visitor),
        "sought": said,
        "before": urlencode(here | {"from": max(0, start - SHOWN)}) if start else None,
        "next": urlencode(here | {"from": start + SHOWN}) if len(found) > SHOWN else None,
        "limit": house.group_limit,
        "reserve": house.group_allowance.reserve,
    }


def _unbound(one: Unbound) -> dict[str, Any]:
    spot = one.suggestion()
    return {
        "chat": one.chat_id,
        "name": one.name,
        "owner": _owner(one.owner_userid),
        "members": one.members,
        "estate": spot.estate_id,
        "building": spot.building if spot.building_id is not None else None,
        "place": spot.facts(),
    }


def _entry(one: Registered, house: House) -> dict[str, Any]:
    places, at = town(), now()
    estate = places.estates.get(one.estate_id)
    building = places.buildings.get(one.building_id) if one.building_id is not None else None
    allowance = house.group_allowance
    return {
        "id": one.id,
        "name": one.name,
        "chat": one.value,
        "estate": estate.name if estate else None,
        "building": building.name if building else None,
        "channel": one.channel,
        "owner": _owner(one.owner_userid) or (staff_name(one.owner) if one.owner is not None else None),
        "last_at": one.last_at,
        "members": one.members,
        "is_nearly_full": one.is_nearly_full(house.group_limit),
        "gone": one.gone,
        "owner_left": one.owner_left,
        "trouble": one.trouble,
        "takes_urgent": allowance.left(one.used, at, urgent=True) > 0,
        "takes_news": allowance.left(one.used, at, urgent=False) > 0,
        "code": {"is_there": one.code[0], "why": one.code[1]} if one.code else None,
    }


def _owner(userid: str | None) -> str | None:
    """By name, where it is one of us."""
    person = owner_of(Channel.WORK, userid) if userid else None
    return staff_name(person) if person is not None else None


def _done(link: Link, verb: str, form: Mapping[str, str], place: PlaceSaid, key: str) -> Done:
    visitor = _watching(link)
    task = Task(By.staff(visitor.person_id), form, place)
    return only_once(key, str(link.person_id), f"groups_{verb}", lambda: VERBS[verb](task))


def _bind(task: Task) -> Done:
    spot = task.place.spot("staff")
    assert spot.estate_id is not None  # because a place without an estate was refused
    group = verbs.bind(task.form["chat"], spot.estate_id, spot.building, task.by)
    return Done("group_bound", {"name": group.name})


def _unbind(task: Task) -> Done:
    verbs.unbind(task.form["chat"], task.by)
    return Done("group_unbound", {})


def _code(task: Task) -> Done:
    given = task.form["group"]
    verbs.want_code(int(given) if given.isdecimal() and len(given) < 18 else 0, task.by)
    return Done("group_code_wanted", {})


def _read(task: Task) -> Done:
    if not decides(task.by.id, None):
        raise NotFound("page_not_found")
    ticks.leave(LISTED)
    return Done("groups_read_again", {})


VERBS: Mapping[str, Callable[[Task], Done]] = {
    "bind": _bind,
    "unbind": _unbind,
    "code": _code,
    "read": _read,
}


def _sheet(link: Link, key: int) -> JoinSheet:
    visitor = _watching(link)
    group = session().get(BuildingGroup, key)
    way = way_of(key)
    if group is None or way is None or way.picture is None:
        raise NotFound("page_not_found")
    if not oversees(visitor.person_id, group.estate.community_id):
        raise NotFound("page_not_found")
    building = group.building.name if group.building is not None else None
    return JoinSheet(group.name, group.estate.name, building, way.picture)
