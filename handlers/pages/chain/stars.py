"""/console/stars: the stars of each quarter that was closed, for overseers with the whole ranking."""

from fractions import Fraction
from typing import Any

from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

from handlers.pages.access import Access
from handlers.pages.chain.acting import acted, excel
from handlers.pages.chain.sight import staff_of_link
from handlers.pages.front import Front, show
from handlers.pages.links import Done
from handlers.wording.indicators import indicator_name
from handlers.words import labels, refusal
from models.appraisal import stars
from models.appraisal.ranking import VOTES
from models.appraisal.tables import StarQuarter
from models.base.actor import By
from models.base.refusals import NotFound, Refused
from models.base.spreadsheet import Value
from models.duty.overseeing import OVERSEEING, speaks_for
from models.indicator.figures import NOTHING, Figure, percent
from models.person.arriving import Visitor
from models.place.gazetteer import town

PAGE = "stars"


def shown(front: Front, access: Access, status: int = 200, *, error: str | None = None) -> Response:
    with front.database.read():
        facts = overview(staff_of_link(access))
    return show("chain/stars.html", status, access=access, page=facts, error=error)


def waiting(visitor: Visitor) -> int | None:
    """How many last quarters this person has still to close: of the own community; of the town, and of its
    communities, for whoever's post is the town's."""
    place, last = visitor.community_id, stars.last_quarter()
    if not speaks_for(visitor.person_id, place):
        return 0
    if place is None:
        return len(stars.unclosed(last))
    if stars.closed(last, place) is not None:
        return 0
    return int(bool(stars.stewards(last, place)))


def close(front: Front, access: Access) -> AnyResponse:
    """Counted before the transaction that writes it, because that takes long."""
    period = stars.last_quarter()

    def again(refused: Refused) -> AnyResponse:
        return shown(front, access, refused.status, error=refusal(refused))

    try:
        with front.database.read():
            visitor = staff_of_link(access)
            place = place_of(visitor)
            stars.may_close(period, place, By.staff(visitor.person_id))
            found = stars.found(period, place)
    except NotFound:
        raise
    except Refused as refused:
        return again(refused)

    def work(visitor: Visitor) -> Done:
        _, is_new = stars.close(period, place, By.staff(visitor.person_id), found)
        return Done("stars_closed" if is_new else "stars_closed_before", {"quarter": period.name})

    return acted(front, access, PAGE, "stars_close", work, again)


def as_excel(front: Front, access: Access) -> Response:
    """The whole ranking of a quarter, and who was left out."""
    with front.database.read():
        visitor = staff_of_link(access)
        row = _chosen(visitor)
        if row is None or OVERSEEING.isdisjoint(visitor.roles):
            raise NotFound("page_not_found")
        words = labels("appraisal_sheets")
        parts = [code for code, _ in row.ranking["rules"]["parts"]]
        lines: list[list[Value]] = [
            [*words["star_headings"], *(_part_name(code) for code in parts)],
            *([one["place"], one["number"], one["name"], _score(one), one["cases"],
               *(_said(one, code) for code in parts)] for one in row.ranking["lines"]),
        ]  # fmt: skip
        out: list[list[Value]] = [
            words["left_headings"],
            *([one["number"], one["name"], one["cases"], words[one["why"]]]
              for one in row.excluded["lines"]),
        ]  # fmt: skip
        title = f"{words['stars']} {row.quarter}"
        return excel(front, access, title, [(words["stars"], lines), (words["left"], out)])


def overview(visitor: Visitor) -> dict[str, Any]:
    """For templates/pages/chain/stars.html."""
    place, row = place_of(visitor), _chosen(visitor)
    last = stars.last_quarter()
    whole = not OVERSEEING.isdisjoint(visitor.roles)
    rules = row.ranking["rules"] if row is not None else None
    return {
        "name": visitor.staff_name,
        "place": town().communities.get(place) if place is not None else None,
        "communities": list(town().communities.items()) if visitor.community_id is None else [],
        "community": place,
        "quarters": [one.quarter for one in stars.all_closed(place)],
        "quarter": row.quarter if row is not None else None,
        "formulas": row.formulas if row is not None else None,
        "rules": rules,
        "parts": [(_part_name(code), weight, code) for code, weight in rules["parts"]] if rules else [],
        "cases_name": indicator_name(rules["cases"]) if rules else None,
        "firsts": [_line(one) for one in stars.firsts(row)] if row is not None else [],
        "others": [_line(one) for one in row.ranking["lines"][row.places :]] if row and whole else [],
        "left": row.excluded["lines"] if row is not None and whole else [],
        "whole": whole,
        "to_close": last.name
        if speaks_for(visitor.person_id, place) and stars.closed(last, place) is None
        else None,
    }


def place_of(visitor: Visitor) -> int | None:
    """The community of the post; of a post of the whole town the one that was chosen."""
    if visitor.community_id is not None:
        return visitor.community_id
    said = request.values.get("community", "")
    known = town().communities
    if said.isascii() and said.isdecimal() and int(said) in known:
        return int(said)
    return next(iter(known)) if len(known) == 1 else None


def _chosen(visitor: Visitor) -> StarQuarter | None:
    known = stars.all_closed(place_of(visitor))
    said = request.args.get("quarter", "")
    return next((one for one in known if one.quarter == said), next(iter(known), None))


def _line(one: dict[str, Any]) -> dict[str, Any]:
    return one | {"score": _score(one), "said": {code: _said(one, code) for code in (*one["parts"], VOTES)}}


def _score(one: dict[str, Any]) -> str:
    return percent(Fraction(*one["score"]), 2)


def _said(one: dict[str, Any], code: str) -> str:
    if code == VOTES:
        return f"{one['votes']}/{one['cast']}" if one["cast"] else NOTHING
    return Figure(code, *one["parts"][code]).written() if code in one["parts"] else NOTHING


def _part_name(code: str) -> str:
    return str(labels("appraisal_sheets")["votes"]) if code == VOTES else indicator_name(code)
