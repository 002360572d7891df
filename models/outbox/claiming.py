"""Letters are taken by senders: under a lease, with a fencing number, each with its way already chosen."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, cast

from sqlalchemy import Row, Table, bindparam, select, text, update

from models.base.clock import local
from models.base.orm import session
from models.base.prepared import Prepared
from models.outbox import routing
from models.outbox.address import Address, Channel, Consent
from models.outbox.budget import Slots
from models.outbox.letter import OVER, Lane, Letter, State
from models.outbox.meters import Meters
from models.outbox.routing import BY_PHONE, CHANNEL, DIGEST_KIND, PLATFORM, AddressRow, Option, Rules, Way

_SOON = timedelta(seconds=2)
_SECRET = (Way.ROBOT, *BY_PHONE)  # a robot's key and somebody's number are not kept with the letter


@dataclass(frozen=True, slots=True)
class Errand:
    """A letter in a sender's hands."""

    id: int
    kind: str
    fence: int
    way: Way
    address: str
    address_id: int
    template_id: str | None
    facts: Mapping[str, Any]
    about: tuple[str, int] | None
    to: tuple[str, int]
    lane: str
    created_at: datetime
    attempts: int  # with this one
    uncertain: int
    uncertain_at: datetime | None
    tried: tuple[str, ...]
    key: str  # the same for every try: 32 characters
    task_id: str | None
    response_code: str | None
    sender: str | None  # who confirms a customer group's message
    slot_day: date | None = None  # whose slot of the customer groups it holds

    @property
    def platform(self) -> str:
        return PLATFORM[self.way]

    @property
    def chats(self) -> list[str]:
        """The customer groups that hear it."""
        return list(self.facts.get("chat_ids") or [self.address])


@dataclass(frozen=True, slots=True)
class _Telephone:
    """What a number has of an address. Its `id` is below 0, because no row stands behind it."""

    id: int
    channel: str
    value: str
    dead_reason: None = None
    window_until: None = None
    window_left: int = 0


@dataclass(frozen=True, slots=True)
class Claim:
    """What a sender got; `touched` counts also letters that wait longer or go by hand."""

    errands: list[Errand]
    touched: int


def claim(
    want: int,
    rules: Rules,
    at: datetime,
    *,
    shut: Mapping[str, datetime],
    news: int,
    in_doubt_first: bool = False,
) -> Claim:
    """Takes up to `want` letters whose time has come, the most urgent first.

    `shut` names platforms that do not answer, and until when nothing is sent there. At most `news` of the
    letters are from the lane of news: the rest of the slots is kept for what cannot wait. A platform that is
    down is probed with letters whose outcome is in doubt already: `in_doubt_first`, in turn.
    """
    rows: list[Row[Any]] = []
    for lane in Lane:
        free = min(want - len(rows), news if lane == Lane.NEWS else want)
        if free > 0:
            query = _IN_DOUBT_FIRST if in_doubt_first else _IN_TURN
            rows += session().connection().execute(query, {"lane": lane, "at": at, "most": free}).all()
    if not rows:
        return Claim([], 0)
    return _Decision(rows, rules, at, shut).carried_out()


def anything_waiting(at: datetime, *, news: bool = True) -> bool:
    """A cheap look, without a lock; without `news` at what is more urgent."""
    lanes = [lane for lane in Lane if news or lane != Lane.NEWS]
    connection = session().connection()
    return any(connection.execute(_ANY, {"lane": lane, "at": at}).scalar() for lane in lanes)


_letters = cast(Table, Letter.__table__)
_c = _letters.c
_WAITING = text("state = 'waiting'")  # written out, because only so a partial index serves it on SQLite
_TAKEN = Prepared(
    update(_letters)
    .where(_c.id == bindparam("b_id"))
    .values(
        state=State.TAKEN,
        reason=None,
        **{
            name: bindparam(f"b_{name}", type_=_c[name].type)
            for name in ("fence", "attempts", "lease_until", "channel", "way", "address", "task_id")
        },
        response_code=bindparam("b_response_code", type_=_c.response_code.type),
    )
)
_PUT_BY = Prepared(
    update(_letters)
    .where(_c.id == bindparam("b_id"))
    .values(
        **{
            name: bindparam(f"b_{name}", type_=_c[name].type)
            for name in ("state", "not_before", "reason", "settled_at")
        }
    )
)

_DUE = (
    select(
        *(
            _c[name]
            for name in (
                "id", "key", "kind", "about_kind", "about_id", "to_kind", "to_id", "facts", "lane", "via",
                "way", "tried", "changes", "fence", "attempts", "uncertain", "uncertain_at", "reason",
                "created_at", "not_before", "not_after", "task_id", "response_code",
            )
        )
    )
    .where(_WAITING, _c.lane == bindparam("lane"), _c.not_before <= bindparam("at"))
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)  # fmt: skip
_IN_TURN = _DUE.order_by(_c.not_before, _c.id)
_IN_DOUBT_FIRST = _DUE.order_by((_c.uncertain > 0).desc(), _c.not_before, _c.id)
_ANY = select(_c.id).where(_WAITING, _c.lane == bindparam("lane"), _c.not_before <= bindparam("at")).limit(1)


class _Decision:
    """What happens to each of the letters that were picked."""

    def __init__(
        self, rows: Sequence[Row[Any]], rules: Rules, at: datetime, shut: Mapping[str, datetime]
    ) -> None:
        self._rows, self._rules, self._at, self._shut = rows, rules, at, shut
        self._addresses = _addresses({(row.to_kind, row.to_id) for row in rows})
        self._phones = self._read_phones()
        self._consents = self._read_consents()
        self._cards = _cards([row.changes for row in rows if row.changes is not None])
        known = {kind: rules.knows(kind) for kind in {row.kind for row in rows}}
        self._overtaken = {(kind, key) for kind in known for key in rules.overtaken(kind, _about(rows, kind))}
        self._options = {row.id: self._open(row) if known[row.kind] else None for row in rows}
        self._meters = Meters(self._meter_names(), at)
        self._senders = self._read_senders()
        self._slots = Slots(self._chats_in_need(), rules.allowance, at)
        self._errands: list[Errand] = []
        self._taken: list[dict[str, Any]] = []
        self._put_by: list[dict[str, Any]] = []
        self._codes_used: list[int] = []

    def carried_out(self) -> Claim:
        for row in self._rows:
            self._decide(row)
        if self._taken:
            _TAKEN.many(self._taken)
        if self._put_by:
            _PUT_BY.many(self._put_by)
        if self._codes_used:
            used = update(_letters).where(_c.id.in_(self._codes_used)).values(response_code=None)
            session().connection().execute(used)
        self._meters.save()
        self._slots.save()
        return Claim(self._errands, len(self._rows))

    def _decide(self, row: Row[Any]) -> None:
        if row.not_after is not None and row.not_after <= self._at:
            return self._too_late(row)
        if (row.kind, row.about_id) in self._overtaken:
            return self._end(row, State.WITHDRAWN, "overtaken")
        rest = routing.waits_until(row, self._rules, self._at)
        if rest:
            return self._wait(row, rest, "quiet")
        found = self._options[row.id]
        if found is None:  # nobody wrote words for this kind: one such letter must not hold up the others
            return self._end(row, State.FAILED, "words")
        if not found:
            return self._no_way(row)
        earliest: datetime | None = None
        for option in found:
            if option.way == Way.CUSTOMER_GROUP and not self._senders.get(row.to_id):
                # a digest is handed over to people by its letters
                return self._end(row, State.FAILED if row.via else State.BY_HAND, "no_owner")
            digest = routing.digest_time(row, option, self._rules, self._at)
            if digest:
                return self._wait(row, digest, "digest")
            later = self._not_yet(row, option)
            if later is None:
                if self._needs_slot(row, option) and not self._slots.take(
                    option.value, urgent=row.lane != Lane.NEWS
                ):
                    return self._end(row, State.BY_HAND, "group_budget")
                return self._take(row, option)
            earliest = min(earliest or later, later)
        assert earliest is not None
        return self._wait(row, earliest, "paused")

    def _not_yet(self, row: Row[Any], option: Option) -> datetime | None:
        """The moment when this way is free again, or None when it is free and has been paid for."""
        shut = self._shut.get(PLATFORM[option.way])
        if shut and shut > self._at:
            return shut
        for name in _names(option, self._rules):
            paused = self._meters.until(name)
            if paused:
                return paused
        pace = self._rules.pace.get(option.way)
        if pace:
            interval = timedelta(seconds=pace["seconds"])
            later = self._meters.pace(_paced(option), pace["burst"], interval)
            if later:
                return later
        urgent = row.lane != Lane.NEWS
        return self._meters.spend(_metered(option), self._rules.quota.get(option.way, 0), urgent=urgent)

    def _take(self, row: Row[Any], option: Option) -> None:
        task_id, code = row.task_id, row.response_code
        if option.way == Way.CARD:
            card = self._cards.get(row.changes)
            if card is not None and card.state == State.TAKEN:
                return self._wait(row, self._at + _SOON, "card_on_its_way")
            code = code or (card.response_code if card is not None else None)
            if card is None or code is None:
                return self._end(row, State.WITHDRAWN, "no_code")
            task_id = card.task_id
            self._codes_used.append(card.id)
        elif option.way == Way.WORK and task_id is None:
            task_id = f"card-{secrets.token_urlsafe(16)}"
        errand = Errand(
            id=row.id,
            kind=row.kind,
            fence=row.fence + 1,
            way=option.way,
            address=option.value,
            address_id=option.address_id,
            template_id=option.template_id,
            facts=row.facts,
            about=(row.about_kind, row.about_id) if row.about_kind else None,
            to=(row.to_kind, row.to_id),
            lane=row.lane,
            created_at=row.created_at,
            attempts=row.attempts + 1,
            uncertain=row.uncertain,
            uncertain_at=row.uncertain_at,
            tried=tuple(row.tried),
            key=hashlib.sha256(f"{row.key}@{row.created_at.isoformat()}".encode()).hexdigest()[:32],
            task_id=task_id,
            response_code=code,
            sender=self._senders.get(row.to_id),
            slot_day=self._slot_day(row, option),
        )
        self._errands.append(errand)
        self._taken.append(
            {
                "b_id": row.id,
                "b_fence": errand.fence,
                "b_attempts": errand.attempts,
                "b_lease_until": self._at + self._rules.lease,
                "b_channel": CHANNEL[option.way],
                "b_way": option.way,
                "b_address": None if option.way in _SECRET else option.value,
                "b_task_id": row.task_id if option.way == Way.CARD else task_id,
                "b_response_code": code,
            }
        )
        return None

    def _no_way(self, row: Row[Any]) -> None:
        if row.uncertain:
            return self._end(row, State.UNKNOWN, row.reason or "expired")
        if row.tried:
            return self._end(row, State.FAILED, row.reason or "no_way")
        why = routing.why_not(row, self._addresses.get((row.to_kind, row.to_id), []))
        if row.changes is not None:
            return self._end(row, State.WITHDRAWN, why)
        # because one of several channels that all carry the same emergency is no task for a person
        return self._end(row, State.FAILED if row.via else State.BY_HAND, why)

    def _wait(self, row: Row[Any], until: datetime, reason: str) -> None:
        if row.not_after is not None and row.not_after <= until:
            return self._too_late(row)
        self._put_by.append(
            {
                "b_id": row.id,
                "b_state": State.WAITING,
                "b_not_before": until,
                "b_reason": row.reason or reason if row.tried or row.uncertain else reason,
                "b_settled_at": None,
            }
        )
        return None

    def _too_late(self, row: Row[Any]) -> None:
        """Nobody hears what is past, or will be when it could go; what may have arrived stays in doubt."""
        if row.uncertain:
            return self._end(row, State.UNKNOWN, row.reason or "expired")
        return self._end(row, State.WITHDRAWN, OVER)

    def _end(self, row: Row[Any], state: State, reason: str) -> None:
        self._put_by.append(
            {
                "b_id": row.id,
                "b_state": state,
                "b_not_before": row.not_before,
                "b_reason": reason,
                "b_settled_at": self._at,
            }
        )

    def _open(self, row: Row[Any]) -> list[Option]:
        addresses: Sequence[AddressRow] = self._addresses.get((row.to_kind, row.to_id), [])
        if row.via in BY_PHONE:
            phone = self._phones.get(row.to_id)
            addresses = [_Telephone(-row.to_id, row.via, phone)] if phone else []
        return routing.options(row, addresses, self._consents, self._rules, self._at)

    def _meter_names(self) -> set[str]:
        found = [one for options in self._options.values() for one in options or ()]
        return {name for one in found for name in _names(one, self._rules)}

    def _read_consents(self) -> Mapping[tuple[int, str], int]:
        mini = [one.id for found in self._addresses.values() for one in found if one.channel == Channel.MINI]
        if not mini or not self._rules.mini_templates:
            return {}
        query = select(Consent.address_id, Consent.template_id, Consent.left).where(
            Consent.address_id.in_(mini), Consent.left > 0
        )
        return {(row[0], row[1]): row[2] for row in session().connection().execute(query)}

    def _needs_slot(self, row: Row[Any], option: Option) -> bool:
        """A digest has had its slots since it was gathered, and a try in doubt may have used its own."""
        return option.way == Way.CUSTOMER_GROUP and row.kind != DIGEST_KIND and not row.uncertain

    def _slot_day(self, row: Row[Any], option: Option) -> date | None:
        if option.way != Way.CUSTOMER_GROUP or row.uncertain:
            return None
        given: datetime = row.created_at if row.kind == DIGEST_KIND else self._at
        return local(given).date()

    def _chats_in_need(self) -> set[str]:
        return {
            option.value
            for row in self._rows
            for option in self._options[row.id] or ()
            if self._needs_slot(row, option) and not routing.digest_time(row, option, self._rules, self._at)
        }

    def _read_phones(self) -> Mapping[int, str]:
        people = {row.to_id for row in self._rows if row.via in BY_PHONE and row.to_kind == "person"}
        return self._rules.phones(sorted(people)) if people else {}

    def _read_senders(self) -> Mapping[int, str]:
        groups = {
            row.to_id
            for row in self._rows
            if any(option.way == Way.CUSTOMER_GROUP for option in self._options[row.id] or ())
        }
        return self._rules.senders(sorted(groups)) if groups else {}


def _about(rows: Sequence[Row[Any]], kind: str) -> set[int]:
    return {row.about_id for row in rows if row.kind == kind and row.about_id is not None}


def _addresses(owners: set[tuple[str, int]]) -> dict[tuple[str, int], list[Row[Any]]]:
    found: dict[tuple[str, int], list[Row[Any]]] = {}
    table = Address.__table__
    for kind in ("person", "group"):
        ids = [key for owner, key in owners if owner == kind]
        if ids:
            query = select(table).where(Address.owner_kind == kind, Address.owner_id.in_(ids))
            for row in session().connection().execute(query.order_by(Address.id)):
                found.setdefault((kind, row.owner_id), []).append(row)
    return found


def _cards(ids: list[int]) -> dict[int, Any]:
    if not ids:
        return {}
    query = select(_c.id, _c.state, _c.task_id, _c.response_code).where(_c.id.in_(ids))
    return {row.id: row for row in session().connection().execute(query.with_for_update())}


def _metered(option: Option) -> str:
    return f"{PLATFORM[option.way]}/{option.way}"


def _paced(option: Option) -> str:
    return f"{option.way}/{option.address_id}"


def _names(option: Option, rules: Rules) -> list[str]:
    return [_metered(option), _paced(option)] if option.way in rules.pace else [_metered(option)]
