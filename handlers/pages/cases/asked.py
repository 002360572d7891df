"""What stands in the address of the list: filters, words, order, and where a page begins. Whatever cannot be
read there is left out, so that an address that somebody changed by hand shows a list and no error."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

from handlers.words import labels
from models.base.checkdigit import with_check, without_check
from models.base.privacy import MOBILE, phone_in, seal, unseal
from models.case.listing import After
from models.case.listing_terms import ORDERS, STATES, Filters
from models.person.colleagues import called
from models.person.tables import Staff
from models.place.gazetteer import town

Typed = Mapping[str, str]
SOURCES = (
    "chat", "photo", "voice", "door", "work", "behalf", "phone", "walk_in", "patrol", "visit", "page",
    "open311",
)  # fmt: skip
NAMES = (
    "q", "state", "category", "urgency", "community", "estate", "building", "grid", "holder", "rung",
    "overdue", "source", "since", "until", "order", "tel",
)  # fmt: skip
_MOST = 60
_SEALED = "cases.list"
NOBODYS = 0  # no house and no person has this number: what was typed names none
_DAYS = (date(2000, 1, 1), date(2199, 12, 31))  # what both databases can hold with a day to spare


def read(typed: Typed) -> Filters:
    """`typed`: request.args, or what `of` made of an address kept elsewhere."""
    given = {name: typed.get(name, "").strip()[:_MOST] for name in NAMES}
    estate = _key(given["estate"], town().estates)
    building = _building(estate, given["building"])
    found = Filters(
        words=f"{given['q']} {telephone(typed)}".strip(),
        state=given["state"] if given["state"] in STATES else "",
        category=given["category"] if given["category"] in labels("categories") else "",
        urgency=given["urgency"] if given["urgency"] in labels("urgency") else "",
        community_id=_key(given["community"], town().communities),
        estate_id=estate,
        building_id=building,
        grid_id=_key(given["grid"], town().grids),
        holder_id=_holder(given["holder"]),
        rung=min(_whole(given["rung"]) or 0, 9),
        overdue=given["overdue"] == "1",
        source=given["source"] if given["source"] in SOURCES else "",
        since=_day(given["since"]),
        until=_day(given["until"]),
    )
    return replace(found, order=given["order"]) if given["order"] in ORDERS else found


def telephone(typed: Typed) -> str:
    """The number that is looked for, which the address holds sealed."""
    try:
        return unseal(typed.get("tel", ""), _SEALED) or ""
    except ValueError:  # no base64, or too short
        return ""


def sealed(typed: Typed) -> Typed:
    """The same with no telephone number that anybody can read: addresses stand in logs (O1)."""
    words = typed.get("q", "")
    phone = phone_in(words)
    if not phone:
        return typed
    return {**typed, "q": MOBILE.sub(" ", words).strip(), "tel": seal(phone, _SEALED)}


def of(address: str) -> Typed:
    """The list that somebody came from, as it stood behind `?list=`."""
    return dict(parse_qsl(address[:1000]))


def kept(typed: Typed, **changes: str) -> str:
    """The same list as a query, with these changed; what is empty is left out."""
    told = {name: typed.get(name, "").strip()[:_MOST] for name in NAMES} | changes
    return urlencode({name: value for name, value in told.items() if value})


def begins(typed: Typed) -> After | None:
    """Behind which case the page begins; None for the first page."""
    moment, _, number = typed.get("after", "").rpartition("~")
    key = without_check(number)
    if key is None or key > 2**62:
        return None
    if not moment:
        return After(key)
    try:
        return After(key, datetime.fromtimestamp(int(moment) / 1_000_000, UTC))
    except (ValueError, OverflowError, OSError):
        return None


def behind(after: After) -> str:
    """`begins`, the other way round."""
    moment = "" if after.due_at is None else str(round(after.due_at.timestamp() * 1_000_000))
    return f"{moment}~{with_check(after.case_id)}" if moment else with_check(after.case_id)


def _key(given: str, known: Mapping[int, Any]) -> int | None:
    key = _whole(given)
    return key if key in known else None


def _building(estate: int | None, name: str) -> int | None:
    if estate is None or not name:
        return None
    houses = (one for one in town().buildings.values() if one.estate_id == estate)
    return next((one.id for one in houses if one.name == name), NOBODYS)


def _holder(given: str) -> int | None:
    """By name or 工号; of several of one name nobody's, because it must be said better."""
    found: list[Staff] = list(called(given, None)) if given else []
    if not given:
        return None
    return found[0].person_id if len(found) == 1 else NOBODYS


def _whole(given: str) -> int | None:
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 10 else None


def _day(given: str) -> date | None:
    try:
        found = date.fromisoformat(given) if given else None
    except ValueError:
        return None
    return found if found is not None and _DAYS[0] <= found <= _DAYS[1] else None
