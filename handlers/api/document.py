"""The OpenAPI document (3.1), made from the table of routes and their types: there is no second truth."""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import msgspec

from handlers.api.errors import Trouble
from handlers.api.frame import KEY
from handlers.api.routes import Need, Route
from models.base.resources import resource

TITLE, VERSION, BASE = "hemei", "1", "/api/v1"
Named = Mapping[Any, dict[str, Any]]  # each type, as the document names it
_NAMES = "#/components/schemas/{name}"
_STATUSES = {
    400: "the request is no request of HTTP",
    401: "no token, or one that is over",
    403: "consent_needed, place_consent_needed, phone_needed or home_needed",
    404: "not there, or not yours to see",
    405: "not this method",
    409: "not now",
    413: "too large",
    415: "of another type",
    422: "cannot be used; `field` says what",
    429: "too often; Retry-After says when",
    503: "not now; Retry-After says when",
}


@cache
def examples() -> dict[str, dict[str, Any]]:
    """ "POST /reports" → `asks` and others, as templates/api/examples.toml has them."""
    return tomllib.loads(resource("api/examples.toml").read_text(encoding="utf-8"))


def document(routes: Sequence[Route], base_url: str) -> dict[str, Any]:
    """For GET /api/v1/openapi.json."""
    types = [one for route in routes for one in (route.takes, route.gives) if one is not None]
    # because two types of one name get longer names only where they are named together
    made, schemas = msgspec.json.schema_components([*types, Trouble], ref_template=_NAMES)
    named = dict(zip([*types, Trouble], made, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        paths.setdefault(BASE + route.path, {})[route.method.lower()] = _operation(route, named)
    return {
        "openapi": "3.1.0",
        "info": {"title": TITLE, "version": VERSION},
        "servers": [{"url": base_url}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(route: Route, named: Named) -> dict[str, Any]:
    made: dict[str, Any] = {
        "operationId": route.name,
        "summary": route.summary,
        "tags": [route.name.partition(".")[0]],
        "parameters": [*_in_path(route), *_in_query(route), *_in_header(route)],
        "responses": {
            str(route.status): {"description": "done", "content": _answer(route, named)},
            **{str(code): _trouble(why, named) for code, why in _STATUSES.items()},
        },
        "security": [] if route.need is Need.ANYBODY else [{"token": []}],
        "x-need": route.need.value,
        "x-limit": {"burst": route.counted.burst, "then_every_seconds": route.counted.every.total_seconds()},
    }
    if body := _body(route, named):
        made["requestBody"] = body
    return made


def _answer(route: Route, named: Named) -> dict[str, Any]:
    if route.gives is None:
        return {route.media: {"schema": {"type": "string", "format": "binary"}}}
    return {"application/json": {"schema": named[route.gives]}}


def _trouble(why: str, named: Named) -> dict[str, Any]:
    return {"description": why, "content": {"application/json": {"schema": named[Trouble]}}}


def _body(route: Route, named: Named) -> dict[str, Any] | None:
    if route.raw:
        schema = {"type": "string", "format": "binary", "maxLength": route.raw}
        return {"required": True, "content": {"application/octet-stream": {"schema": schema}}}
    if route.takes is None or route.method == "GET":
        return None
    content: dict[str, Any] = {"schema": named[route.takes]}
    if asks := examples().get(route.key, {}).get("asks"):
        content["example"] = asks
    return {"required": True, "content": {"application/json": content}}


def _in_path(route: Route) -> Iterable[dict[str, Any]]:
    shown = examples().get(route.key, {}).get("path", {})
    for name in route.names:
        schema = {"type": "string", "minLength": 1, "maxLength": 100}
        made: dict[str, Any] = {"name": name, "in": "path", "required": True, "schema": schema}
        yield made | ({"example": shown[name]} if name in shown else {})


def _in_query(route: Route) -> Iterable[dict[str, Any]]:
    if route.method != "GET" or route.takes is None:
        return
    shown = examples().get(route.key, {}).get("query", {})
    for one in msgspec.structs.fields(route.takes):
        schema = _inline(one.type)
        made: dict[str, Any] = {
            "name": one.encode_name,
            "in": "query",
            "required": one.required,
            "schema": schema,
        }
        yield made | ({"example": shown[one.name]} if one.name in shown else {})


def _in_header(route: Route) -> Iterable[dict[str, Any]]:
    if route.once:
        schema = {"type": "string", "minLength": 8, "maxLength": 64, "pattern": "^[ -~]+$"}
        yield {"name": KEY, "in": "header", "required": False, "schema": schema}
    if route.raw:
        schema = {"type": "integer", "minimum": 0}
        yield {"name": "Upload-Offset", "in": "header", "required": True, "schema": schema}


def _inline(kind: Any) -> dict[str, Any]:
    """Of something that stands in a query: never an object."""
    schema = msgspec.json.schema(kind)
    return {name: value for name, value in schema.items() if not re.match(r"\$", name)}
