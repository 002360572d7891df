"""Where a request may name a thing by its id, and the spellings in which an id is tried there."""

from collections.abc import Iterator
from random import Random
from typing import Any, NamedTuple, get_args
from urllib.parse import quote

import msgspec

from handlers.api.document import BASE
from handlers.api.door import ROUTES
from handlers.api.routes import Route
from handlers.api.shapes import Id, Paging
from handlers.me.door import PAGES
from models.base.checkdigit import with_check
from models.base.signed_ids import signed_id

# What stands in a field, by its name; "" for what is everybody's: places, doors.
FIELDS = {
    "bill_ids": "/bills", "photos": "/uploads", "before": "/uploads", "after": "/uploads", "to": "/staff",
    "home_id": "/homes", "door": "", "place_id": "", "building_id": "", "estate_id": "",
}  # fmt: skip
FIELDS_THERE = {("/work/visits", "home_id"): "/households"}
# Parts of addresses of which the right ones are everybody's, or of whoever knows them.
EVERYBODYS = ("/books/months", "/books/lines", "/people", "/stations", "/consents", "/photos", "/scenes")
KNOWN = ("/cases/<id>/join",)
TABLES = {
    "/bills": "bills", "/receipts": "payments", "/orders": "pay_orders", "/homes": "homes",
    "/homes/requests": "homes", "/notices": "notices", "/work/rollcalls": "notices",
    "/households": "households", "/staff": "staff",
}  # fmt: skip


class Thing(NamedTuple):
    """`said`: its id; `number`: of its row."""

    said: str
    number: int


class Slot(NamedTuple):
    """Where a request takes an id. `place`: path, query, body, or token, which stands for the caller's."""

    method: str
    path: str
    place: str
    name: str
    kind: str
    route: Route | None = None
    is_known: bool = False  # whoever knows the right one may
    many: bool = False


def slots() -> list[Slot]:
    """Of all routes there are. Raises KeyError for one of which nobody has said here what stands there."""
    found = []
    for route in ROUTES:
        at, shown = route.rule.partition("<")[0].rstrip("/"), BASE + route.path
        for name in route.names:
            kind = "/files" if name == "file" else "" if at.startswith(EVERYBODYS) else at
            found.append(Slot(route.method, shown, "path", name, kind, route, route.rule in KNOWN))
        place = "query" if route.method == "GET" else "body"
        fields = msgspec.structs.fields(route.takes) if route.takes is not None else ()
        for one in fields:
            many = one.type is not Id and any(part == list[Id] for part in parts(one.type))
            if any(part is Id for part in parts(one.type)):
                kind = FIELDS_THERE.get((route.rule, one.encode_name)) or FIELDS[one.encode_name]
                found.append(Slot(route.method, shown, place, one.encode_name, kind, route, many=many))
        if route.takes is not None and issubclass(route.takes, Paging):
            found.append(Slot("GET", shown, "query", "cursor", "cursor", route, True))
    for rule in PAGES:
        if "<id>" in rule:
            kind = rule.removeprefix("/me").removesuffix("/<id>")
            found.append(Slot("GET", rule.replace("<", "{").replace(">", "}"), "path", "id", kind))
            found.append(Slot("GET", rule.replace("<id>", "{id}"), "token", "id", kind))
        else:
            found.append(Slot("GET", rule, "query", "cursor", "cursor", None, True))
    found += [
        Slot("GET", f"{BASE}{kind}/{{id}}", "token", "id", kind)
        for kind in ("/cases", "/bills", "/notices", "/orders", "/receipts", "/uploads")
    ]
    return found


def parts(kind: Any) -> Iterator[Any]:
    """A type and what it is made of; an annotated one is a whole."""
    yield kind
    if kind is not Id:
        for part in get_args(kind):
            yield from parts(part)


def spellings(thing: Thing, kind: str, dice: Random) -> list[str]:
    """Nearly this id, and never itself."""
    said, n = thing.said, thing.number
    at = dice.randrange(1, len(said) - 1)
    near = [n + 1, n - 1, n + 10, -n, f"0{n}", f"{n}.0", f"{n:x}", with_check(n), with_check(n + 1)]
    tables = set(TABLES.values()) | {"cases", "media_items", "cursor/cases"}
    found = [
        said.swapcase(), said.upper(), said.lower(), said + said, f"{said},{said}", f"[{said}]", f'"{said}"',
        f"{said}\0", f"\0{said}", f"{said}%00", f" {said}", f"{said} ", f"{said}\n", said[:-1], said[1:],
        f"{said}=", f"{said}/.", f"../{said}", f"{said}.json", f"{said};1", f"{said}#", f"{said}?id=1",
        f"{said}' OR '1'='1", quote(quote(f"/{said}", safe=""), safe=""), "%", "*", "_" * len(said),
        said[::-1], f"\ufeff{said}",
        "".join(chr(ord(one) + 0xFEE0) for one in said), said.replace("-", "+").replace("_", "/"),
        *(said[:at] + other + said[at + 1 :] for other in dice.sample("0123456789AZaz_-", 4)),
        str(n), *map(str, near), *(signed_id(one, n) for one in tables - {TABLES.get(kind)}),
    ]  # fmt: skip
    return [one for one in found if one.strip() != said.strip() and one]
