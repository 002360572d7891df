"""The form of a notice: what it says, when and for whom, as a desk typed it; and a notice typed into it."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from flask import request
from sqlalchemy import select

from handlers.pages.forms import words
from models.base.clock import SHANGHAI, local
from models.base.orm import session
from models.base.refusals import Invalid, NotFound
from models.base.resources import table
from models.notice import saved
from models.notice.audience import Audience, teams
from models.notice.notice import Words
from models.notice.tables import BODY_LIMIT, Kind, Notice
from models.person.arriving import Visitor
from models.place.gazetteer import EstatePlace, Town, town
from models.place.tables import Community

TEXTS = {
    "title": 80, "body": BODY_LIMIT + 200, "signed": 60, "kind": 20, "call": 5,
    "send_at": 25, "valid_from": 25, "valid_until": 25,
    "saved": 20, "draft": 20, "corrects": 20, "unread_of": 20,
}  # fmt: skip
TICKED = ("everywhere", "district", "street", "community", "estate", "tag", "role", "team")
_PLACES = ("everywhere", "district", "street", "community", "estate")
_DOORS = "buildings-"  # and an estate's number: only these buildings of it
_DOORS_LIMIT = 300
_MOST_DIGITS = 9
_BETWEEN = re.compile(r"[\s,，、;；]+")
_UNIT = re.compile(r"[-－—]")

Typed = dict[str, Any]  # the texts by name, lists of what was ticked, and `buildings` by an estate's number


def blank() -> Typed:
    return dict.fromkeys(TEXTS, "") | {name: [] for name in TICKED} | {"kind": Kind.ORDINARY, "buildings": {}}


def typed() -> Typed:
    """The form of this request."""
    return (
        {name: words(name, limit) for name, limit in TEXTS.items()}
        | {name: request.form.getlist(name) for name in TICKED}
        | {
            "buildings": {
                name.removeprefix(_DOORS): said
                for name in request.form
                if name.startswith(_DOORS) and (said := words(name, _DOORS_LIMIT))
            }
        }
    )


def number(said: str) -> int | None:
    """Of a notice, an estate or an audience, as a hidden field carries it."""
    return int(said) if said.isascii() and said.isdigit() and len(said) <= _MOST_DIGITS else None


def words_said(form: Typed) -> Words:
    """Unchecked: the verb says what is wrong with them. Raises Invalid for times that are none."""
    kind = form["kind"] if form["kind"] in set(Kind) else Kind.ORDINARY
    return Words(
        form["title"],
        form["body"],
        form["signed"],
        Kind(kind),
        is_call=bool(form["call"]),
        valid_from=moment(form["valid_from"]),
        valid_until=moment(form["valid_until"]),
    )


def moment(said: str) -> datetime | None:
    """Of a datetime-local field, by the wall clock of Shanghai. Raises Invalid."""
    if not said:
        return None
    try:
        return datetime.fromisoformat(said).replace(tzinfo=SHANGHAI)
    except ValueError:
        raise Invalid("notice_hour_unclear") from None


def audience_said(form: Typed, visitor: Visitor) -> Audience:
    """Whom the boxes mean. A community's desk that ticks no place means all of its community; the town's says
    so with a box of its own.

    Raises Invalid for what the town does not have, and for an audience that was kept with others beside it.
    """
    chosen = {name: form[name] for name in TICKED if form[name]}
    if form["saved"]:
        if chosen or form["buildings"]:
            raise Invalid("audience_two_ways")
        return _kept(form["saved"], visitor)
    places = town()
    said: dict[str, Any] = {
        "districts": form["district"],
        "streets": form["street"],
        "communities": form["community"],
        "tags": form["tag"],
        "roles": form["role"],
        "teams": form["team"],
        **_estates(form, visitor, places),
    }
    if form["everywhere"]:
        said["communities"] = sorted(places.communities.values())
    elif visitor.community_id is not None and not form["buildings"] and not set(_PLACES) & set(chosen):
        said["communities"] = [places.communities[visitor.community_id]]
    audience = Audience.of(said)
    unread_of = number(form["unread_of"])
    return audience if unread_of is None else replace(audience, unread_of=unread_of)


def _kept(key: str, visitor: Visitor) -> Audience:
    for one in saved.of_desk(visitor.community_id):
        if str(one.id) == key:
            return Audience.of(one.audience)
    raise NotFound("audience_not_found")


def _estates(form: Typed, visitor: Visitor, places: Town) -> dict[str, Any]:
    """Whole estates, and the buildings and units of those beside which some are written."""
    whole, doors = [], []
    for key in dict.fromkeys([*form["estate"], *form["buildings"]]):
        estate = places.estates.get(number(key) or 0)
        if estate is None or visitor.community_id not in (None, estate.community_id):
            raise Invalid("place_missing")
        some = [_door(estate, one) for one in _BETWEEN.split(form["buildings"].get(key, "")) if one]
        doors += some
        if not some:
            whole.append(estate.name)
    return {
        "estates": whole,
        "buildings": [one for one in doors if len(one) == 2],
        "units": [one for one in doors if len(one) == 3],
    }


def _door(estate: EstatePlace, said: str) -> tuple[str, ...]:
    """ "3", "3号楼", "7-2" and "7号楼2单元"."""
    endings = table("labels/workbook.toml")["suffixes"]
    building, unit = said, ""
    for ending in endings["building"]:
        if ending in said:
            building, _, unit = said.partition(ending)
            break
    else:
        building, *rest = _UNIT.split(said, maxsplit=1)
        unit = "".join(rest)
    unit = _UNIT.sub("", unit)
    for ending in endings["unit"]:
        unit = unit.removesuffix(ending)
    return (estate.name, building, unit) if unit else (estate.name, building)


def typed_of(notice: Notice, visitor: Visitor) -> Typed:
    """The form filled with what a notice says and whom, without its hour."""
    form = blank() | {
        "title": notice.title,
        "body": notice.body,
        "signed": notice.signed,
        "kind": notice.kind,
        "call": "yes" if notice.is_call else "",
        "valid_from": _field(notice.valid_from),
        "valid_until": _field(notice.valid_until),
    }
    return form | _typed_audience(Audience.of(notice.audience), visitor, notice.community_id)


def draft_again(notice: Notice, visitor: Visitor) -> Typed:
    """As `typed_of`, to change the draft itself."""
    return typed_of(notice, visitor) | {
        "draft": str(notice.id),
        "send_at": _field(notice.send_at),
        "corrects": str(notice.corrects_id or ""),
    }


def correction_of(notice: Notice, visitor: Visitor) -> Typed:
    """As `typed_of`, to put right what this one said: everybody hears it who heard the first."""
    return typed_of(notice, visitor) | {"corrects": str(notice.id), "unread_of": ""}


def _field(at: datetime | None) -> str:
    return f"{local(at):%Y-%m-%dT%H:%M}" if at is not None else ""


def _typed_audience(audience: Audience, visitor: Visitor, community_id: int | None) -> Typed:
    places = town()
    doors: dict[str, list[str]] = {}
    for estate, *door in (*audience.buildings, *audience.units):
        for one in places.estates_named(estate, community_id)[:1]:
            doors.setdefault(str(one.id), []).append("-".join(door))
    estates = [one.id for name in audience.estates for one in places.estates_named(name, community_id)[:1]]
    communities, everywhere = list(audience.communities), False
    if visitor.community_id is not None:
        communities = []  # because no box ticked means the desk's own
    elif set(communities) == set(places.communities.values()):
        communities, everywhere = [], True
    return {
        "everywhere": ["yes"] if everywhere else [],
        "district": list(audience.districts),
        "street": list(audience.streets),
        "community": communities,
        "estate": [*map(str, estates), *doors],
        "buildings": {estate: " ".join(some) for estate, some in doors.items()},
        "tag": list(audience.tags),
        "role": list(audience.roles),
        "team": list(audience.teams),
        "unread_of": str(audience.unread_of or ""),
    }


def audience_facts(said: Audience) -> dict[str, Any]:
    """For templates/pages/notice/_audience.html: places in the order from large to small."""
    return {
        "names": [*said.districts, *said.streets, *said.communities, *said.estates],
        "doors": [*said.buildings, *said.units],
        "tags": said.tags,
        "roles": said.roles,
        "teams": said.teams,
        "unread": said.unread_of is not None,
    }


def offered(visitor: Visitor) -> Mapping[str, Any]:
    """What the form has boxes for: what lies in the visitor's community, in the town where there is none."""
    places, mine = town(), visitor.community_id
    estates = [one for one in places.estates.values() if mine in (None, one.community_id)]
    here = {one.id for one in estates}
    tags = {tag for one in estates for tag in one.tags}
    tags |= {tag for one in places.buildings.values() if one.estate_id in here for tag in one.tags}
    return {
        "is_town": mine is None,
        **(_above() if mine is None else {"districts": [], "streets": [], "communities": []}),
        "estates": [{"id": str(one.id), "name": one.name, "community": one.community} for one in estates],
        "tags": sorted(tags),
        "teams": sorted(teams(mine)),
        "roles": list(table("labels/roles.toml")),
        "saved": [{"id": str(one.id), "name": one.name} for one in saved.of_desk(mine)],
    }


def _above() -> dict[str, list[str]]:
    rows = session().execute(select(Community.name, Community.street, Community.district)).all()
    return {
        "districts": sorted({row.district for row in rows if row.district}),
        "streets": sorted({row.street for row in rows if row.street}),
        "communities": sorted(row.name for row in rows),
    }
