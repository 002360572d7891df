"""What GET requests asks for: which, where, of which time, how many."""

from datetime import datetime, timedelta

from flask import request

from handlers.open311 import services
from handlers.open311.errors import Trouble, sentence, trouble
from handlers.open311.moments import moment_in
from models.base.clock import now
from models.base.refusals import NotFound
from models.board.places import community_at
from models.partner.reading import CLOSED_, OPEN_, Asked
from models.place.datum import to_gcj
from models.place.gazetteer import town

SPAN = timedelta(days=90)
MOST = 1000  # requests in one answer, which is also what nobody asked otherwise gets
DEEPEST = 100_000  # pages are counted off one by one
MOST_IDS = 100
RADIUS, FARTHEST = 500, 10_000  # metres
STATUSES = frozenset({OPEN_, CLOSED_})


def several(name: str) -> list[str]:
    """Values with commas between, said once or more often; empty ones are none."""
    parts = (part.strip() for said in request.args.getlist(name) for part in said.split(","))
    return [part for part in parts if part]


def flag(name: str) -> bool:
    said = request.args.get(name, "").strip().lower()
    if said not in ("", "true", "false"):
        raise trouble(400, "flag_wrong", field=name)
    return said == "true"


def ids() -> list[str]:
    found = several("service_request_id")
    if len(found) > MOST_IDS:
        raise trouble(400, "ids_many", most=MOST_IDS)
    return found


def jurisdiction(said: str) -> int | None:
    """A community, by its number or name; None for the whole town. Needs a session. Raises Trouble."""
    if not said.strip():
        return None
    try:
        return community_at(said.strip()).id
    except NotFound:
        raise trouble(404, "jurisdiction_unknown", said=said.strip()[:40]) from None


def asked() -> Asked:
    """Needs a session. Raises Trouble with everything that is wrong, or the first thing that is not there."""
    community = jurisdiction(request.args.get("jurisdiction_id", ""))
    codes = tuple(services.known(code) for code in dict.fromkeys(several("service_code")))
    wrong: list[str] = []
    start, end = _window(wrong)
    statuses = set(several("status"))
    if not statuses <= STATUSES:
        wrong.append(sentence("status_wrong"))
    page_size = _number("page_size", MOST, MOST, wrong)
    page = _number("page", 1, DEEPEST, wrong)
    if not wrong and page * page_size > DEEPEST:
        wrong.append(sentence("page_deep"))
    estates = _near(wrong)
    if wrong:
        raise Trouble(400, *wrong)
    only = next(iter(statuses)) if len(statuses) == 1 else None
    return Asked(start, end, page_size, page, codes, only, community, estates)


def _window(wrong: list[str]) -> tuple[datetime, datetime]:
    """The last 90 days; 90 days from the one end that is said."""
    found = {}
    for name in ("start_date", "end_date"):
        said = request.args.get(name, "").strip()
        found[name] = moment_in(said) if said else None
        if said and found[name] is None:
            wrong.append(sentence("date_wrong", field=name))
    start, end = found["start_date"], found["end_date"]
    if end is None:
        end = start + SPAN if start is not None else now()
    if start is None:
        start = end - SPAN
    if start > end:
        wrong.append(sentence("span_backward"))
    elif end - start > SPAN:
        wrong.append(sentence("span_long", days=SPAN.days))
    return start, end


def _number(name: str, otherwise: int, most: int, wrong: list[str]) -> int:
    said = request.args.get(name, "").strip()
    if not said:
        return otherwise
    if said.isascii() and said.isdecimal() and len(said) <= 9 and 1 <= int(said) <= most:
        return int(said)
    wrong.append(sentence("number_wrong", field=name, least=1, most=most))
    return otherwise


def _near(wrong: list[str]) -> tuple[int, ...] | None:
    """The estates around a point, where one is said."""
    latitude, longitude = request.args.get("lat", ""), request.args.get("long", "")
    if not latitude.strip() and not longitude.strip():
        return None
    point = point_in(latitude, longitude, wrong)
    radius = _number("radius", RADIUS, FARTHEST, wrong)
    if point is None:
        return None
    return tuple(estate.id for estate, _ in town().near(*to_gcj(*point), within=radius))


def point_in(latitude: str, longitude: str, wrong: list[str]) -> tuple[float, float] | None:
    """(longitude, latitude) of WGS 84; what is not one is added to `wrong`."""
    if not latitude.strip() or not longitude.strip():
        wrong.append(sentence("point_half"))
        return None
    try:
        east, north = float(longitude), float(latitude)
    except ValueError:
        east = north = float("nan")
    if not (-180 <= east <= 180 and -90 <= north <= 90):
        wrong.append(sentence("point_wrong"))
        return None
    return east, north
