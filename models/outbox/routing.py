"""By which ways a letter may go, in which order: pure rules over rows; no database, no clock of its own."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any, Protocol

from models.base.clock import local
from models.outbox.address import Channel
from models.outbox.budget import Allowance
from models.outbox.letter import Lane


class Way(StrEnum):
    """How a channel is used; a channel may have several."""

    WORK = "work"  # WeCom app message, as a card where the kind has one
    CARD = "card"  # change of a WeCom card
    MINI = "mini"  # mini-program subscription message
    TEMPLATE = "template"  # service account template message
    CHAT = "chat"  # service account customer-service message
    ROBOT = "robot"
    CUSTOMER_GROUP = "customer_group"
    SMS = "sms"  # only letters that name it as their channel
    CALL = "call"


CHANNEL = {
    Way.WORK: Channel.WORK,
    Way.CARD: Channel.WORK,
    Way.MINI: Channel.MINI,
    Way.TEMPLATE: Channel.OFFICIAL,
    Way.CHAT: Channel.OFFICIAL,
    Way.ROBOT: Channel.ROBOT,
    Way.CUSTOMER_GROUP: Channel.CUSTOMER_GROUP,
    Way.SMS: Channel.SMS,
    Way.CALL: Channel.CALL,
}
GATEWAY = "gateway"
BY_PHONE = (Way.SMS, Way.CALL)
PLATFORM = {
    way: GATEWAY if way in BY_PHONE else channel if channel in ("official", "mini") else "work"
    for way, channel in CHANNEL.items()
}
_ORDER = {  # as whom somebody is spoken to → what is tried first
    "staff": (Way.WORK, Way.MINI, Way.TEMPLATE, Way.CHAT),
    "resident": (Way.MINI, Way.TEMPLATE, Way.CHAT, Way.WORK),
}
DIGEST_KIND = "group_digest"
_MISSED_DIGEST = timedelta(hours=50)  # a letter that no digest of two evenings took goes by itself
_WINDOW_MARGIN = timedelta(seconds=15)


class AddressRow(Protocol):
    @property
    def id(self) -> int: ...
    @property
    def channel(self) -> str: ...
    @property
    def value(self) -> str: ...
    @property
    def dead_reason(self) -> str | None: ...
    @property
    def window_until(self) -> datetime | None: ...
    @property
    def window_left(self) -> int: ...


class LetterRow(Protocol):
    @property
    def kind(self) -> str: ...
    @property
    def to_kind(self) -> str: ...
    @property
    def lane(self) -> str: ...
    @property
    def via(self) -> str | None: ...
    @property
    def tried(self) -> list[str]: ...
    @property
    def way(self) -> str | None: ...
    @property
    def uncertain(self) -> int: ...
    @property
    def uncertain_at(self) -> datetime | None: ...
    @property
    def created_at(self) -> datetime: ...
    @property
    def not_after(self) -> datetime | None: ...
    @property
    def changes(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class Option:
    """One way to one address."""

    way: Way
    address_id: int
    value: str
    template_id: str | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """What is set up, and the rules of the place."""

    channels: frozenset[str]  # platforms that are on: official, mini, work, gateway
    audience: Callable[[str], str]  # kind → staff | resident | group
    speaks: Callable[[str, str], bool]  # whether a kind has words for a way
    knows: Callable[[str], bool] = lambda _kind: True  # whether a kind has words at all
    official_templates: Mapping[str, str] = field(default_factory=dict)  # kind → template id
    mini_templates: Mapping[str, str] = field(default_factory=dict)
    senders: Callable[[Sequence[int]], Mapping[int, str]] = lambda _groups: {}  # group → its owner's userid
    phones: Callable[[Sequence[int]], Mapping[int, str]] = lambda _people: {}  # colleague → telephone
    # (kind, what its letters are about) → those about which there is nothing to say any more
    overtaken: Callable[[str, Collection[int]], Collection[int]] = lambda _kind, _about: ()
    quiet_from: time = time(21, 0)
    quiet_until: time = time(8, 0)
    digest_at: time = time(19, 30)
    allowance: Allowance = Allowance()  # noqa: RUF009 - frozen
    quota: Mapping[str, int] = field(default_factory=dict)  # way → messages a day
    pace: Mapping[str, Any] = field(default_factory=dict)  # way → burst, seconds
    key_seconds: Mapping[str, int] = field(default_factory=dict)  # way → how long its key holds
    lease: timedelta = timedelta(seconds=60)  # longer than a send and its token may take together


def options(
    letter: LetterRow,
    addresses: Sequence[AddressRow],
    consents: Mapping[tuple[int, str], int],
    rules: Rules,
    at: datetime,
) -> list[Option]:
    """Every way that is open now, best first. `consents` is (address, template) → messages left.

    A try whose outcome nobody knows binds the letter to its way, because by another it might arrive twice.
    """
    open_ways = _group_ways(letter) if letter.to_kind == "group" else _person_ways(letter, rules)
    found = []
    for way in open_ways:
        if way in letter.tried or (letter.uncertain and letter.way != way):
            continue
        if letter.via not in (None, CHANNEL[way]) or PLATFORM[way] not in rules.channels:
            continue
        if way != Way.CARD and not rules.speaks(letter.kind, way):
            continue
        for address in addresses:
            if address.channel == CHANNEL[way] and address.value and not address.dead_reason:
                option = _option(way, letter, address, consents, rules, at)
                if option:
                    found.append(option)
    return found


def _group_ways(letter: LetterRow) -> tuple[Way, ...]:
    return (Way.ROBOT, Way.CUSTOMER_GROUP)


def _person_ways(letter: LetterRow, rules: Rules) -> tuple[Way, ...]:
    if letter.changes is not None:
        return (Way.CARD,)
    if letter.via in BY_PHONE:
        return (Way(letter.via),)
    return _ORDER["staff" if rules.audience(letter.kind) == "staff" else "resident"]


def _option(
    way: Way,
    letter: LetterRow,
    address: AddressRow,
    consents: Mapping[tuple[int, str], int],
    rules: Rules,
    at: datetime,
) -> Option | None:
    if way == Way.TEMPLATE:
        template = rules.official_templates.get(letter.kind)
        return Option(way, address.id, address.value, template) if template else None
    if way == Way.MINI:
        template = rules.mini_templates.get(letter.kind)
        allowed = template is not None and consents.get((address.id, template), 0) > 0
        return Option(way, address.id, address.value, template) if allowed else None
    if way == Way.CHAT:
        until = address.window_until
        is_open = until is not None and until > at + _WINDOW_MARGIN and address.window_left > 0
        return Option(way, address.id, address.value) if is_open else None
    return Option(way, address.id, address.value)


def why_not(letter: LetterRow, addresses: Sequence[AddressRow]) -> str:
    """The reason, a code of labels/fates.toml, when no way is open."""
    if letter.changes is not None:
        return "no_code"
    usable = [one for one in addresses if one.value and letter.via in (None, one.channel)]
    if letter.to_kind == "group" and not usable:
        return "by_hand"
    if not usable:
        return "no_address"
    if not all(one.dead_reason for one in usable):
        return "no_way"
    # of a group's one address it is worth saying
    return usable[0].dead_reason or "no_way" if letter.to_kind == "group" else "dead_address"


def waits_until(letter: LetterRow, rules: Rules, at: datetime) -> datetime | None:
    """Notices and news rest at night; answers, keepers' cards and emergencies never do. None when it may go
    now."""
    if letter.lane not in (Lane.URGENT, Lane.NEWS):
        return None
    return morning(rules.quiet_from, rules.quiet_until, at)


def morning(start: time, end: time, at: datetime) -> datetime | None:
    """When the quiet hours end in which this moment lies; None when it lies in none."""
    clock = local(at).time()
    quiet = start <= clock or clock < end if start > end else start <= clock < end
    return _next(end, at) if quiet else None


def digest_time(letter: LetterRow, option: Option, rules: Rules, at: datetime) -> datetime | None:
    """Small news to a customer group waits for the evening digest: a group takes about one message a day.
    None for what would be over by then: it takes the day's message for itself."""
    if option.way != Way.CUSTOMER_GROUP or letter.kind == DIGEST_KIND or letter.lane != Lane.NEWS:
        return None
    if at - letter.created_at > _MISSED_DIGEST:
        return None
    digest = after_digest(rules.digest_at, at)
    return None if letter.not_after is not None and letter.not_after <= digest else digest


def after_digest(clock: time, at: datetime) -> datetime:
    """When the next digest that is gathered at `clock` has surely taken what waits for it."""
    return _next(clock, at) + timedelta(minutes=20)


def _next(clock: time, at: datetime) -> datetime:
    here = local(at)
    today = here.replace(hour=clock.hour, minute=clock.minute, second=0, microsecond=0)
    return (today if today > here else today + timedelta(days=1)).astimezone(at.tzinfo)


def has_key(way: Way | str | None, uncertain_at: datetime | None, rules: Rules, at: datetime) -> bool:
    """Whether the platform still recognises a repetition of what we tried first at `uncertain_at`."""
    seconds = rules.key_seconds.get(str(way), 0)
    return bool(seconds) and (uncertain_at is None or at - uncertain_at < timedelta(seconds=seconds))
