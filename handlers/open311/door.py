"""/open311/v2: GeoReport v2 (wiki.open311.org/GeoReport_v2, Service_Discovery), for programs of others."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

from flask import Blueprint, Response, request

from handlers.database import Database
from handlers.guards import Guard, guarded
from handlers.house import House
from handlers.open311 import asking, services, telling
from handlers.open311.answers import TYPES, answer, named_format
from handlers.open311.errors import Trouble, trouble
from handlers.open311.gate import Gate
from handlers.open311.posting import reported
from handlers.open311.report import sent
from handlers.words import labels
from models.partner.reading import listed, named, own_listed
from models.partner.sending import sent_as

HERE = "/open311/v2"
SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
LONGEST_ID = 64
BODY = 128 * 1024


class Desk(NamedTuple):
    """What all views share."""

    database: Database
    house: House
    gate: Gate
    base_url: str
    is_test: bool


def blueprint(database: Database, house: House, base_url: str, *, is_test: bool) -> Blueprint:
    """`is_test`: nothing that is reported here is acted upon."""
    desk = Desk(database, house, Gate(database), base_url.rstrip("/"), is_test)
    made = Blueprint("open311", __name__)
    for guard, rule, name, view, method in _routes():
        made.add_url_rule(rule, name, guarded(guard)(partial(view, desk)), methods=[method])
    made.register_error_handler(Trouble, Trouble.response)
    return made


def _routes() -> Iterator[tuple[Guard, str, str, Callable[..., Response], str]]:
    suffix = "<any(xml, json):suffix>"
    for name, view in (("discovery", discovery), ("services", service_list), ("requests", request_list)):
        yield "public", f"{HERE}/{name}", name, view, "GET"
        yield "public", f"{HERE}/{name}.{suffix}", f"{name}_as", view, "GET"
    yield "public", f"{HERE}/services/<code>", "service", service, "GET"
    yield "public", f"{HERE}/requests/<number>", "request", one_request, "GET"
    yield "public", f"{HERE}/tokens/<token>", "token", token_said, "GET"
    yield "partner", f"{HERE}/requests", "report", report, "POST"
    yield "partner", f"{HERE}/requests.{suffix}", "report_as", report, "POST"


def speaks_for(path: str) -> bool:
    """Whether what goes wrong there is said in the specification's shape."""
    return path == HERE or path.startswith(f"{HERE}/")


def discovery(desk: Desk, suffix: str = "") -> Response:
    words, operator, contact = labels("open311"), desk.house.operator, desk.house.contact
    known = "" if operator and contact else "_unknown"
    facts = {"operator": operator, "contact": contact}
    found = {
        "changeset": services.changeset(),
        "contact": words[f"contact{known}"].format(**facts),
        "key_service": words[f"key_service{known}"].format(**facts),
        "endpoints": [
            {
                "specification": SPECIFICATION,
                "url": f"{desk.base_url}{HERE}",
                "changeset": services.changeset(),
                "type": "test" if desk.is_test else "production",
                "formats": [one.partition(";")[0] for one in TYPES.values()],
            }
        ],
    }
    return answer("discovery", found, public=True)


def service_list(desk: Desk, suffix: str = "") -> Response:
    _jurisdiction(desk)
    return services.listed()


def service(desk: Desk, code: str) -> Response:
    _jurisdiction(desk)
    return services.defined(named_format(code)[0])


def request_list(desk: Desk, suffix: str = "") -> Response:
    """Those that were named, which overrides the rest; else a page of everybody's, or of the sender's own."""
    holder = desk.gate.reader()
    own, extended, ids = asking.flag("own"), asking.flag("extensions"), asking.ids()
    if own and holder is None:
        raise trouble(403, "key_missing")
    reader = holder if holder is not None and holder.may("read") else None
    if own and reader is None:
        raise trouble(403, "key_reports_only")
    with desk.database.read():
        if ids:
            cases = named(ids, reader)
        else:
            asked = asking.asked()
            cases = own_listed(asked, reader) if own and reader is not None else listed(asked)
        found = [telling.told(one, extended=extended) for one in cases]
    return answer("service_requests", found, public=holder is None)


def one_request(desk: Desk, number: str) -> Response:
    holder = desk.gate.reader()
    extended = asking.flag("extensions")
    said = named_format(number)[0]
    reader = holder if holder is not None and holder.may("read") else None
    with desk.database.read():
        asking.jurisdiction(request.args.get("jurisdiction_id", ""))
        cases = named([said], reader) if len(said) <= LONGEST_ID else []
        found = [telling.told(one, extended=extended) for one in cases]
    if not found:
        raise trouble(404, "request_unknown")
    return answer("service_requests", found, public=holder is None)


def token_said(desk: Desk, token: str) -> Response:
    """No report is answered by a token, because each has its id at once. What stands for one is the sender's
    own Idempotency-Key: whoever lost an answer finds the request by it, without sending it again."""
    holder = desk.gate.reader()
    said = named_format(token)[0]
    with desk.database.read():
        asking.jurisdiction(request.args.get("jurisdiction_id", ""))
        public_id = sent_as(holder, said) if holder is not None and len(said) <= LONGEST_ID else None
    if public_id is None:
        raise trouble(404, "token_unknown")
    return answer("service_requests", [{"service_request_id": public_id, "token": said}])


def report(desk: Desk, suffix: str = "") -> Response:
    # a form that is no multipart is held back by nothing else, and its fields are read all at once
    request.max_content_length = BODY
    if (request.content_length or 0) > BODY:
        raise trouble(413, "body_long", most=BODY // 1024)
    request.get_data()  # kept, because its fields do not show in what letters it was written
    holder = desk.gate.sender()
    said = sent()
    found: dict[str, Any] = desk.database.write(reported, said, holder, desk.house)
    return answer("service_requests", [found])


def _jurisdiction(desk: Desk) -> None:
    """Raises Trouble for one that is not there; services are the same in all."""
    said = request.args.get("jurisdiction_id", "")
    if said.strip():
        with desk.database.read():
            asking.jurisdiction(said)
