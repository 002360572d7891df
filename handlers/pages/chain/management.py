"""/console/chain/management: who manages how many buildings, the share month by month, its target."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

from handlers.drawing.target import drawn
from handlers.pages.access import Access
from handlers.pages.case_facts import estates
from handlers.pages.chain.acting import Work, acted, excel, once_more
from handlers.pages.chain.said import day_said
from handlers.pages.chain.sight import staff_of_link
from handlers.pages.forms import place_said, words
from handlers.pages.front import Front, show
from handlers.pages.links import Done
from handlers.wording.rows import row
from handlers.words import labels
from models.base.actor import By
from models.base.clock import local, now
from models.base.refusals import Invalid, NotAllowed, NotFound, Refused
from models.base.resources import table
from models.base.spreadsheet import Value
from models.duty.overseeing import DECIDING, OVERSEEING, decides
from models.grid import keepers, management
from models.grid.management import RULES, UNSAID
from models.person.arriving import Visitor
from models.place.gazetteer import town

PAGE = "chain/management"
_PERCENT = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,2})?[%％]?", re.ASCII)
SHARES = ("introduced", "covered")


def shown(
    front: Front,
    access: Access,
    status: int = 200,
    *,
    error: str | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:
    with front.database.read():
        facts = overview(_sight(access), request.args.get("share", ""))
    return show("chain/management.html", status, access=access, managed=facts, error=error, typed=typed or {})


def waiting(visitor: Visitor) -> int | None:
    """Buildings about which nobody has said anything, for whoever may; None for who oversees nothing."""
    if OVERSEEING.isdisjoint(visitor.roles):
        return None
    if DECIDING.isdisjoint(visitor.roles):
        return 0
    return management.count(visitor.community_id, local(now()).date()).models[UNSAID]


def act(front: Front, access: Access, verb: str) -> AnyResponse:
    """The model of an estate's buildings or of one of them; the target."""
    verbs = {"say": _say, "aim": _aim}
    if verb not in verbs:
        raise NotFound("page_not_found")

    again = once_more(shown, front, access)
    try:
        work = verbs[verb]()
    except Refused as refused:
        return again(refused)
    return acted(front, access, PAGE, f"management_{verb}", work, again)


def as_excel(front: Front, access: Access) -> Response:
    """The sums, every building, the months."""
    with front.database.read():
        visitor = _sight(access)
        community, today = visitor.community_id, local(now()).date()
        titles, names = labels("management_sheets"), _names()
        found = management.count(community, today)
        sums: list[Sequence[Value]] = [
            titles["sums"],
            *(row(names[code], several) for code, several in found.models.items()),
            [titles["sum"], sum(found.models.values())],
            [titles["register"], found.register],
        ]
        models = management.on(today)
        buildings: list[Sequence[Value]] = [
            titles["buildings"],
            *(
                row(one.community, one.estate, one.building, names[models.get(one.building_id, UNSAID)])
                for one in keepers.kept(community)
            ),
        ]
        months: list[Sequence[Value]] = [titles["months"]]
        for share in SHARES:
            for one in management.trend(community, share, today):
                over, under = one.rate or (None, None)
                months.append([names[share], one.month, over, under])
    return excel(front, access, titles["file"], zip(titles["sheets"], (sums, buildings, months), strict=True))


def overview(visitor: Visitor, chosen: str) -> dict[str, Any]:
    """For templates/pages/chain/management.html. `chosen`: the rate that is drawn."""
    community, today = visitor.community_id, local(now()).date()
    share = chosen if chosen in SHARES else SHARES[0]
    found = management.count(community, today)
    months = management.trend(community, share, today)
    return {
        "name": visitor.staff_name,
        "deciding": not DECIDING.isdisjoint(visitor.roles),
        "models": [(code, several) for code, several in found.models.items() if several or code == UNSAID],
        "register": found.register,
        "total": sum(found.models.values()),
        "share": share,
        "shares": [
            {"code": code, "rate": found.rate(code), "models": table(RULES)["rates"][code]["models"]}
            for code in SHARES
        ],
        "months": months,
        "drawing": drawn(months, management.target(community, today)),
        "codes": list(table("labels/management.toml")),
        "estates": estates(visitor),
        "today": today,
    }


def _sight(access: Access) -> Visitor:
    visitor = staff_of_link(access)
    if OVERSEEING.isdisjoint(visitor.roles):
        raise NotFound("page_not_found")
    return visitor


def _names() -> dict[str, str]:
    return {code: str(entry["label"]) for code, entry in labels("management").items()} | dict(
        labels("management_words")
    )


def _say() -> Work:
    place, model, since = place_said(), words("model", 30), _day("since")

    def work(visitor: Visitor) -> Done:
        spot = place.spot("staff")
        if spot.estate_id is None or not decides(visitor.person_id, spot.community_id):
            raise NotAllowed("grid_not_yours")
        if spot.building_id is not None:
            buildings = [spot.building_id]
        else:
            buildings = [one.id for one in town().buildings_of(spot.estate_id)]
        said = dict.fromkeys(buildings, model)
        return Done("management_said", {"count": management.say(said, since, visitor.person_id)})

    return work


def _aim() -> Work:
    share, by_date = _share(words("share", 10)), _day("by")

    def work(visitor: Visitor) -> Done:
        management.aim(visitor.community_id, share, by_date, By.staff(visitor.person_id))
        return Done("management_aimed", {})

    return work


def _day(name: str) -> date:
    said = day_said(name, after=False)
    if said is None:
        raise Invalid("day_wrong")
    return said.date()


def _share(said: str) -> Fraction:
    """Of a percentage: 85 or 85.5."""
    if not _PERCENT.fullmatch(said):
        raise Invalid("share_wrong")
    return Fraction(said.rstrip("%％")) / 100
