"""/p/<token>/vote: a resident votes for a steward of the own grid, once a quarter. Nobody reads for whom."""

from typing import Any

from flask import Response
from werkzeug.wrappers import Response as AnyResponse

from handlers.pages.access import Access
from handlers.pages.forms import from_our_own_page, words
from handlers.pages.front import Front, back_to, show
from handlers.pages.links import link_of, once_key
from handlers.words import refusal
from models.appraisal import stars
from models.base.orm import session
from models.base.refusals import Invalid, NotFound, Refused
from models.duty.answering import answerer
from models.place.tables import Grid

KINDS = ("fees", "case")  # the links that residents hold


def shown(front: Front, access: Access, status: int = 200, *, error: str | None = None) -> Response:
    with front.database.read():
        facts = overview(link_of(access, *KINDS).person_id)
    return show("vote.html", status, access=access, page=facts, error=error)


def vote(front: Front, access: Access) -> AnyResponse:
    from_our_own_page()
    me = link_of(access, *KINDS).person_id
    said = words("steward", 12)
    try:
        once_key(str(me))  # not kept: a vote is known again by its hash, and nothing names the voter
        if not said.isascii() or not said.isdecimal():
            raise Invalid("vote_grid")
        fresh = front.database.write(stars.vote, me, int(said))
    except NotFound:
        raise
    except Refused as refused:
        return shown(front, access, refused.status, error=refusal(refused))
    return back_to(f"{access.base}/vote", "voted" if fresh else "voted_before")


def overview(person_id: int) -> dict[str, Any]:
    """For templates/pages/vote.html."""
    found = stars.may_be_voted_for(person_id)
    known = [(steward, grid, answerer(steward)) for steward, grid in found.items()]
    names = {grid: session().get_one(Grid, grid).name for grid in set(found.values())}
    places = {session().get_one(Grid, grid).community_id for grid in set(found.values())}
    newest = [rows[0] for place in sorted(places) if (rows := stars.all_closed(place))]
    return {
        "quarter": stars.this_quarter().name,
        "has_voted": stars.has_voted(person_id),
        "stewards": [
            {"id": steward, "name": one.name, "role": one.role, "grid": names[grid]}
            for steward, grid, one in known
            if one is not None
        ],
        "stars": [
            {"quarter": row.quarter, "names": [one["name"] for one in stars.firsts(row)]} for row in newest
        ],
    }
