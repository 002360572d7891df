"""What the list of cases shows of each, and what may be chosen above it."""

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote

from sqlalchemy import select

from handlers import words
from handlers.due import due_facts
from handlers.pages.access import case_at
from handlers.pages.audit.masks import masked_place
from handlers.pages.case_facts import estates
from handlers.pages.cases import asked
from handlers.pages.chain.sight import grids_seen
from models.base.orm import session
from models.base.privacy import without_phones
from models.case.case import Case
from models.case.listing import Page
from models.case.listing_terms import ORDERS, STATES
from models.case.tables import Offer
from models.duty.answering import answerer
from models.duty.ladder import most_rungs
from models.duty.overseeing import overseen
from models.person.arriving import Visitor
from models.place.gazetteer import town
from models.place.tables import Grid


def rows(cases: Sequence[Case], me: int, address: str = "") -> list[dict[str, Any]]:
    """For `me`, who reads the room of what is theirs to go to and of nothing else. `address`: the query of
    the list, so that a case knows where its reader came from."""
    offered = _offered([case.id for case in cases])
    came = f"?list={quote(address, safe='')}" if address else ""
    return [
        {
            "id": case.id,
            "number": case.number,
            "path": case_at(case.id) + came,
            "place": _place(case, me in (case.taker_id, *offered.get(case.id, ()))),
            "category": case.category,
            "urgency": case.urgency,
            "state": case.state,
            "round": case.round,
            "rung": case.rung,
            "source": case.source,
            "text": without_phones(case.text),
            "reported_at": case.reported_at,
            "holders": _names([case.taker_id] if case.taker_id else offered.get(case.id, [])),
            **due_facts(case),
        }
        for case in cases
    ]


def choices(visitor: Visitor) -> dict[str, Any]:
    """What the fields above the list offer this person."""
    theirs = overseen(visitor)
    grids = grids_seen(visitor)
    named = session().execute(select(Grid.id, Grid.name).where(Grid.id.in_(grids)).order_by(Grid.name))
    communities = [
        {"id": key, "name": name}
        for key, name in town().communities.items()
        if theirs is None or key in theirs
    ]
    return {
        "states": list(STATES),
        "categories": list(words.labels("categories")),
        "urgencies": list(words.labels("urgency")),
        "communities": communities if len(communities) > 1 else [],
        "estates": estates(visitor),
        "grids": [{"id": row.id, "name": row.name} for row in named],
        "rungs": list(range(1, most_rungs())),
        "sources": asked.SOURCES,
        "orders": ORDERS,
    }


def counted(page: Page, address: asked.Typed) -> dict[str, Any]:
    """How many there are, and the addresses of the page after this one and of the first."""
    return {
        "count": page.count,
        "more": page.more,
        "is_cut": page.is_cut,
        "next": asked.kept(address, after=asked.behind(page.next)) if page.next else None,
        "first": asked.kept(address) if address.get("after") else None,
    }


def _place(case: Case, goes_there: bool) -> dict[str, Any]:
    where = case.spot.facts()
    return where if goes_there else masked_place(where)


def _offered(cases: Iterable[int]) -> dict[int, list[int]]:
    query = select(Offer.case_id, Offer.person_id).where(Offer.case_id.in_(cases), Offer.ended_at.is_(None))
    found: dict[int, list[int]] = {}
    for case, person in session().execute(query.order_by(Offer.id)):
        found.setdefault(case, []).append(person)
    return found


def _names(people: Iterable[int]) -> list[str]:
    return [found.name for person in people if (found := answerer(person)) is not None]
