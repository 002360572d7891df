"""The form of a new notice: what it says and for whom, as a desk typed it."""

import re
from collections.abc import Mapping
from typing import Any

from models.base.refusals import Invalid
from models.notice.audience import Audience
from models.notice.notice import Words
from models.notice.tables import BODY_LIMIT, Kind
from models.person.arriving import Visitor
from models.place.gazetteer import EstatePlace, town

FIELDS = {
    "title": 80,
    "body": BODY_LIMIT + 200,
    "signed": 60,
    "kind": 20,
    "to": 20,
    "role": 30,
    "call": 5,
    "buildings": 300,
}
_BETWEEN = re.compile(r"[\s,，、;；]+")
_UNIT = re.compile(r"[-－—]")


def words_said(form: Mapping[str, str]) -> Words:
    """Unchecked: the verb says what is wrong with them."""
    kind = form["kind"] if form["kind"] in set(Kind) else Kind.ORDINARY
    return Words(form["title"], form["body"], form["signed"], Kind(kind), is_call=bool(form["call"]))


def audience_said(form: Mapping[str, str], visitor: Visitor) -> Audience:
    """`to` is an estate's number, empty for the whole community; `buildings` "3、5、7-2": 7-2 is a unit.

    Raises Invalid for what the town does not have, and for buildings of no estate.
    """
    places = town()
    said: dict[str, Any] = {"roles": [form["role"]]} if form["role"] else {}
    if not form["to"]:
        if form["buildings"]:
            raise Invalid("place_missing")
        mine = visitor.community_id
        names = list(places.communities.values()) if mine is None else [places.communities[mine]]
        return Audience.of(said | {"communities": names})
    estate = places.estates.get(int(form["to"])) if form["to"].isdecimal() and len(form["to"]) < 12 else None
    if estate is None or visitor.community_id not in (None, estate.community_id):
        raise Invalid("place_missing")
    doors = [_door(estate, one) for one in _BETWEEN.split(form["buildings"]) if one]
    if not doors:
        return Audience.of(said | {"estates": [estate.name]})
    return Audience.of(
        said
        | {
            "buildings": [one for one in doors if len(one) == 2],
            "units": [one for one in doors if len(one) == 3],
        }
    )


def _door(estate: EstatePlace, said: str) -> tuple[str, ...]:
    return (estate.name, *_UNIT.split(said, maxsplit=1))
