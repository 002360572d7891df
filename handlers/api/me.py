"""Who I am to the house: logging in and out, what it knows of me, my telephone."""

from typing import Annotated

import msgspec

from handlers.api.asking import Ask
from handlers.api.limits import LOGINS, PHONES
from handlers.api.routes import Need, Route, Runs, also_put
from handlers.api.shapes import Asked, Done, Moment, Shape, clock
from handlers.wording.filters import place
from models.base.clock import now
from models.base.orm import session
from models.base.privacy import masked_phone, unseal
from models.base.refusals import NotAllowed
from models.base.signed_ids import signed_id
from models.client import settings, tokens
from models.consent import consents
from models.joins.coming_in import let_in, phone_proved
from models.outbox.address import Channel
from models.person.arriving import Visitor, rides, visitor_of
from models.person.living import Residence, homes_said
from models.person.proving import mark_of
from models.person.tables import Person

Code = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class LoginAsked(Asked):
    """What wx.login gave."""

    code: Code


class PhoneAsked(Asked):
    """What the button getPhoneNumber gave; another code than that of the login."""

    code: Code


class Settings(Asked):
    """What is left out stays as it is. `elder`: large type; `rider`: delivers, and reports what is in the
    way."""

    elder: bool | None = None
    rider: bool | None = None


class HomeShown(Shape):
    """`state`: bound (proved), waiting (said, and nobody has looked yet). `mark`: what whoever waits reads
    out to who is to confirm it; null for a home that is bound."""

    id: str
    label: str
    estate: str
    building: str
    unit: str | None
    room: str | None
    state: str
    since: Moment
    mark: str | None


class Me(Shape):
    """`roles`: resident, rider, cadre; `posts`: codes of what a cadre is; `consents_due`: what must be
    answered before anything else."""

    name: str | None
    phone: str | None
    roles: list[str]
    posts: list[str]
    homes: list[HomeShown]
    elder: bool
    consents_due: list[str]


class LoggedIn(Shape):
    """`expires_at`: unless it is used before then, which begins its time anew."""

    token: str
    expires_at: Moment
    me: Me


def login(ask: Ask, given: LoginAsked) -> LoggedIn:
    """A token for whoever the platform says it is; of somebody new nothing is kept before they agree."""
    who = ask.office.platform.who(given.code)

    def work() -> LoggedIn:
        token, person = let_in(Channel.MINI, who.openid, who.unionid)
        if person is None:
            return LoggedIn(token=token, expires_at=clock(now() + tokens.NEWCOMER_LASTS), me=_nobody())
        visitor = visitor_of(person, Channel.MINI)
        assert visitor is not None
        return LoggedIn(token=token, expires_at=clock(now() + tokens.LASTS), me=me_of(visitor))

    return ask.office.database.write(work)


def logout(ask: Ask, given: None) -> Done:
    """Ends this token. A newcomer's, of which nothing is kept, ends by itself within the hour."""
    if ask.caller.newcomer is None:
        tokens.end(ask.caller.token)
    return Done()


def shown(ask: Ask, given: None) -> Me:
    """What is known of me, my telephone masked."""
    return me_of(ask.visitor) if ask.caller.has_consented else _nobody()


def changed(ask: Ask, given: Settings) -> Me:
    """How it looks, and whether I am a rider."""
    if given.elder is not None:
        settings.set_elder(ask.me, given.elder)
    if given.rider is not None:
        rides(ask.me, given.rider)
    return me_of(ask.visitor)


def phone(ask: Ask, given: PhoneAsked) -> Me:
    """My telephone, as the platform has proved it; another record of mine with the same number is joined."""
    with ask.office.database.read():
        openid = ask.openid
    if openid is None or ask.caller.way != Channel.MINI:
        raise NotAllowed("phone_only_mini")
    number = ask.office.platform.phone(given.code, openid)

    def work() -> Me:
        person = phone_proved(ask.me, number)
        visitor = visitor_of(person, Channel.MINI)
        assert visitor is not None
        return me_of(visitor)

    return ask.office.database.write(work)


def me_of(visitor: Visitor) -> Me:
    """Within a view of the database."""
    person = session().get_one(Person, visitor.person_id)
    number = unseal(person.phone_sealed, f"people.phone/{person.public_id}") if person.phone_sealed else None
    roles = ["resident"]
    roles += ["rider"] if person.is_rider else []
    roles += ["cadre"] if visitor.is_staff else []
    due = [one.kind for one in consents.standings(person.id) if one.is_required and one.state != "given"]
    return Me(
        name=visitor.staff_name,
        phone=masked_phone(number) if number else None,
        roles=roles,
        posts=sorted({one.role for one in visitor.held}) if visitor.is_staff else [],
        homes=[home_shown(one) for one in homes_said(person.id)],
        elder=settings.is_elder(person.id),
        consents_due=due,
    )


def home_shown(one: Residence) -> HomeShown:
    return HomeShown(
        id=signed_id("homes", one.home_id),
        label=place(**one.spot.facts()),
        estate=one.spot.estate or "",
        building=one.spot.building or "",
        unit=one.spot.unit,
        room=one.spot.room,
        state="bound" if one.is_proven else "waiting",
        since=clock(one.since),
        mark=None if one.is_proven else mark_of(one.home_id),
    )


def _nobody() -> Me:
    due = [one.kind for one in consents.standings(None) if one.is_required]
    return Me(name=None, phone=None, roles=[], posts=[], homes=[], elder=False, consents_due=due)


ROUTES = (
    Route(
        "POST", "/login", Need.ANYBODY, login, takes=LoginAsked, gives=LoggedIn, limit=LOGINS, runs=Runs.ALONE
    ),
    Route("POST", "/logout", Need.LOGIN, logout, gives=Done),
    Route("GET", "/me", Need.LOGIN, shown, gives=Me),
    *also_put(Route("PATCH", "/me", Need.PERSON, changed, takes=Settings, gives=Me)),
    Route("POST", "/me/phone", Need.PERSON, phone, takes=PhoneAsked, gives=Me, limit=PHONES, runs=Runs.ALONE),
)
