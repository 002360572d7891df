"""All routes of /api/v1, on a blueprint; each says who may come in."""

from collections.abc import Iterable
from functools import cache

import msgspec
from flask import Blueprint, Response

from handlers.api import (
    books,
    cases,
    consenting,
    fees,
    hazards,
    homes,
    me,
    notices,
    people,
    places,
    questions,
    reports,
    rollcalls,
    scenes,
    stations,
    subscriptions,
    uploads,
    visits,
    work,
)
from handlers.api.asking import Office
from handlers.api.document import BASE, document
from handlers.api.errors import JSON
from handlers.api.frame import view_of
from handlers.api.limits import Buckets
from handlers.api.routes import Need, Route
from handlers.guards import guarded

AREAS: tuple[Iterable[Route], ...] = (
    me.ROUTES,
    consenting.ROUTES,
    places.ROUTES,
    uploads.ROUTES,
    reports.ROUTES,
    cases.ROUTES,
    homes.ROUTES,
    scenes.ROUTES,
    subscriptions.ROUTES,
    notices.ROUTES,
    fees.ROUTES,
    books.ROUTES,
    people.ROUTES,
    stations.ROUTES,
    questions.ROUTES,
    hazards.ROUTES,
    work.ROUTES,
    visits.ROUTES,
    rollcalls.ROUTES,
)
ROUTES: tuple[Route, ...] = tuple(route for area in AREAS for route in area)


def blueprint(office: Office) -> Blueprint:
    """The API of one house."""
    made, looks = Blueprint("api", __name__), Buckets()
    for route in ROUTES:
        guard = guarded("public" if route.need is Need.ANYBODY else "token")
        view = guard(view_of(route, office, looks))
        made.add_url_rule(BASE + route.rule, route.name.replace(".", "_"), view, methods=[route.method])

    def openapi() -> Response:
        return Response(_written(office.base_url), content_type=JSON)

    made.add_url_rule(f"{BASE}/openapi.json", "openapi", guarded("public")(openapi))
    return made


@cache
def _written(base_url: str) -> bytes:
    """When first asked for, because to write it takes longer than to make the whole application."""
    return msgspec.json.encode(document(ROUTES, base_url))
