"""What I am told about my data, and what I say to it (X01–X03)."""

from typing import Annotated

import msgspec

from handlers.api.asking import Ask
from handlers.api.errors import not_there
from handlers.api.routes import Need, Route
from handlers.api.shapes import Asked, Moment, Shape, maybe_clock
from handlers.words import labels
from models.client import tokens
from models.consent import consents
from models.consent.consents import BASIC, Standing
from models.joins.coming_in import settle
from models.joins.withdrawing import withdrawn
from models.person.arriving import told_privacy


class ConsentShown(Shape):
    """`state`: due (may be asked now), given, refused (and for thirty days nobody asks again)."""

    kind: str
    version: str
    title: str
    text: str
    required: bool
    state: str
    at: Moment | None


class Consents(Shape):
    items: list[ConsentShown]


class ConsentSaid(Asked):
    """`version`: of the text that was read."""

    version: Annotated[str, msgspec.Meta(min_length=1, max_length=20)]
    given: bool


def shown(ask: Ask, given: None) -> Consents:
    """All notices with their words in force, and where I stand with each."""
    person = ask.caller.visitor.person_id if ask.caller.visitor is not None else None
    return Consents(items=[_shown(ask, one) for one in consents.standings(person)])


def said(ask: Ask, given: ConsentSaid) -> ConsentShown:
    """Yes or no to one of them. The first yes of somebody new is what makes them known; a no after a yes ends
    what hung on it and removes what was kept for it."""
    kind = ask.args["kind"]
    consents.require(kind, given.version)
    caller = ask.caller
    if caller.visitor is None:
        assert caller.newcomer is not None
        if kind != BASIC:
            raise not_there()
        if not given.given:
            return _shown(ask, next(one for one in consents.standings(None) if one.kind == kind))
        new = caller.newcomer
        person = settle(new.way, new.openid, new.unionid)
        tokens.begin(person, new.way, caller.token)
        told_privacy(person)
    else:
        person = caller.visitor.person_id
    consents.answer(person, kind, given.version, given.given)
    if not given.given:
        withdrawn(person, kind)
    return _shown(ask, next(one for one in consents.standings(person) if one.kind == kind))


def _shown(ask: Ask, one: Standing) -> ConsentShown:
    said, house, default = consents.kinds()[one.kind], ask.office.house, labels("api_words")
    text = (
        str(said["text"])
        .strip()
        .format(operator=house.operator or default["operator"], contact=house.contact or default["contact"])
    )
    return ConsentShown(
        kind=one.kind,
        version=one.version,
        title=str(said["title"]),
        text=text,
        required=one.is_required,
        state=one.state,
        at=maybe_clock(one.at),
    )


ROUTES = (
    Route("GET", "/consents", Need.LOGIN, shown, gives=Consents),
    Route("PUT", "/consents/<kind>", Need.LOGIN, said, takes=ConsentSaid, gives=ConsentShown),
)
