"""What became of a try is written down after every single send; a sender whose lease ended is refused."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, and_, bindparam, case, func, or_, select, text, update

from models.base.orm import session
from models.base.prepared import Prepared
from models.outbox import budget, meters
from models.outbox.address import Address, Consent
from models.outbox.claiming import Errand
from models.outbox.letter import CALLED_BACK, CANCELLING, OWNER_CONFIRMS, REWRITTEN, Letter, State
from models.outbox.routing import DIGEST_KIND, Rules, Way, has_key

BACKOFF = (2, 4, 8, 15, 25, 30, 30)  # seconds after each try: within two minutes in all
MOST_TRIES = len(BACKOFF) + 1
UNCERTAIN_TRIES = 2  # on a channel that cannot tell a repetition: then a person decides
_REASON = 300
NOTHING_TODAY = "41048"  # the platform's word for a group that had its message of the day


@dataclass(frozen=True, slots=True)
class Mark:
    """The end of one try. `values` are columns; `spends` and `closes` say what it did to the address."""

    errand: Errand
    values: dict[str, Any]
    spends: bool = False  # one message of a window or a consent
    closes: str | None = None  # dead | consent | window
    pauses_until: datetime | None = None  # the whole interface


def went(
    errand: Errand,
    at: datetime,
    *,
    words: str,
    platform_id: str | None = None,
    response_code: str | None = None,
    reason: str | None = None,
) -> Mark:
    """The platform accepted it."""
    values = {
        "state": State.SENT,
        "platform_id": platform_id,
        "response_code": response_code,
        "words": words,
        "reason": reason,
        "sent_at": at,
        "settled_at": at,
    }
    return Mark(errand, values, spends=True)


def missed(
    errand: Errand, at: datetime, rules: Rules, reason: str, *, uncertain: bool, counts: bool = True
) -> Mark:
    """It did not go out, or (`uncertain`) nobody knows: again later, with the same key.

    A try that does not count (the platform is down for all) is not one of the eight.
    """
    attempts = errand.attempts if counts else errand.attempts - 1
    doubts = errand.uncertain + uncertain
    since = errand.uncertain_at or (at if uncertain else None)
    keyed = has_key(errand.way, since, rules, at)
    values: dict[str, Any] = {
        "attempts": attempts,
        "uncertain": doubts,
        "uncertain_at": since,
        "reason": reason,
    }
    if doubts >= UNCERTAIN_TRIES and not keyed:
        return Mark(errand, values | {"state": State.UNKNOWN, "settled_at": at})
    if attempts >= MOST_TRIES:
        state = State.UNKNOWN if doubts else State.FAILED
        return Mark(errand, values | {"state": state, "settled_at": at})
    wait = timedelta(seconds=BACKOFF[max(attempts - 1, 0)])
    return Mark(errand, values | {"state": State.WAITING, "not_before": at + wait})


def closed(errand: Errand, at: datetime, rules: Rules, reason: str, *, closes: str | None = None) -> Mark:
    """This way is closed to this letter for good; the next one is tried at once."""
    if errand.way == Way.CARD:
        return Mark(errand, {"state": State.WITHDRAWN, "reason": "no_code", "settled_at": at})
    if errand.uncertain and not has_key(errand.way, errand.uncertain_at, rules, at):
        # because the try before may be what used the allowance up
        return Mark(errand, {"state": State.UNKNOWN, "reason": reason, "settled_at": at}, closes=closes)
    values = {
        "state": State.WAITING,
        "not_before": at,
        "tried": [*errand.tried, str(errand.way)],
        "uncertain": 0,
        "uncertain_at": None,
        "reason": reason,
    }
    return Mark(errand, values, closes=closes)


def held(errand: Errand, until: datetime, reason: str, *, pauses: bool = False) -> Mark:
    """Given back untried: the platform asks us to wait, or the sender stops."""
    values = {
        "state": State.WAITING,
        "not_before": until,
        "attempts": errand.attempts - 1,
        "reason": reason,
    }
    return Mark(errand, values, pauses_until=until if pauses else None)


def failed(errand: Errand, at: datetime, reason: str) -> Mark:
    """For good, whatever the way."""
    return Mark(errand, {"state": State.FAILED, "reason": reason, "settled_at": at})


_letters = cast(Table, Letter.__table__)
_c = _letters.c
_COLUMNS = (
    "state", "attempts", "uncertain", "uncertain_at", "tried", "not_before", "reason", "words", "platform_id",
    "sent_at", "settled_at",
)  # fmt: skip
_GIVEN = {name: bindparam(f"b_{name}", type_=_c[name].type) for name in _COLUMNS}
_AT = bindparam("b_at", type_=_c.settled_at.type)
_comes_back = and_(_c.reason == CALLED_BACK, _GIVEN["state"] == State.WAITING)
_in_doubt = and_(_comes_back, _GIVEN["uncertain"] > 0)
_to_be_tapped = and_(
    or_(_c.reason == CALLED_BACK, _c.reason == REWRITTEN), _GIVEN["reason"] == OWNER_CONFIRMS
)
_SETTLED = Prepared(
    update(_letters)
    .where(_c.id == bindparam("b_id"), _c.fence == bindparam("b_fence"), _c.state == State.TAKEN)
    .values(
        **_GIVEN
        | {
            "state": case((_in_doubt, State.UNKNOWN), (_comes_back, State.WITHDRAWN), else_=_GIVEN["state"]),
            "reason": case(
                (_in_doubt, _GIVEN["reason"]),
                (_comes_back, CALLED_BACK),
                (_to_be_tapped, CANCELLING),
                else_=_GIVEN["reason"],
            ),
            "settled_at": case((_comes_back, _AT), else_=_GIVEN["settled_at"]),
        },
        lease_until=None,
        # a tap may have brought a newer code before the sending was marked
        response_code=func.coalesce(_c.response_code, bindparam("b_response_code", type_=_c.reason.type)),
    )
)


def settle(marks: Sequence[Mark], at: datetime) -> int:
    """Writes marks down; returns how many were refused because somebody else holds the letter by now."""
    rows = [_row(mark, at) for mark in marks]
    done = _SETTLED.many(rows)
    for mark in marks:
        _mark_address(mark)
        if mark.errand.slot_day is not None and _slot_is_free(mark):
            budget.give_back(mark.errand.chats, mark.errand.slot_day)
    for name, until in _pauses(marks).items():
        meters.pause(name, until)
    return len(rows) - done


def _row(mark: Mark, at: datetime) -> dict[str, Any]:
    errand, values = mark.errand, mark.values
    row: dict[str, Any] = {
        "b_attempts": errand.attempts,
        "b_uncertain": errand.uncertain,
        "b_uncertain_at": errand.uncertain_at,
        "b_tried": list(errand.tried),
        "b_at": at,
        "b_not_before": at,
        "b_reason": None,
        "b_words": None,
        "b_platform_id": None,
        "b_response_code": None,
        "b_sent_at": None,
        "b_settled_at": None,
    }
    row.update((f"b_{name}", value) for name, value in values.items())
    row["b_id"], row["b_fence"] = errand.id, errand.fence
    row["b_reason"] = row["b_reason"][:_REASON] if row["b_reason"] else None
    return row


def _mark_address(mark: Mark) -> None:
    errand = mark.errand
    if mark.spends and errand.way == Way.CHAT:
        _address(errand, Address.window_left > 0, window_left=Address.window_left - 1)
    elif mark.spends and errand.way == Way.MINI:
        _consent(errand, Consent.left > 0, left=Consent.left - 1)
    elif mark.closes == "dead":
        _address(errand, dead_reason=mark.values["reason"])
    elif mark.closes == "window":
        _address(errand, window_left=0)
    elif mark.closes == "consent":
        _consent(errand, left=0)


def _slot_is_free(mark: Mark) -> bool:
    """It surely did not go out and does not hold its slot until the next try, as a digest does."""
    values = mark.values
    if values.get("uncertain", mark.errand.uncertain) or str(values["reason"]).startswith(NOTHING_TODAY):
        return False
    tries_again = values["state"] == State.WAITING
    return values["state"] != State.SENT and not (
        tries_again and mark.errand.kind == DIGEST_KIND and "tried" not in values
    )


def _address(errand: Errand, *when: ColumnElement[bool], **values: Any) -> None:
    session().connection().execute(
        update(Address).where(Address.id == errand.address_id, *when).values(values)
    )


def _consent(errand: Errand, *when: ColumnElement[bool], **values: Any) -> None:
    mine = Consent.address_id == errand.address_id, Consent.template_id == errand.template_id
    session().connection().execute(update(Consent).where(*mine, *when).values(values))


def _pauses(marks: Sequence[Mark]) -> dict[str, datetime]:
    found: dict[str, datetime] = {}
    for mark in marks:
        if mark.pauses_until:
            errand = mark.errand
            paced = errand.way == Way.ROBOT
            name = f"{errand.way}/{errand.address_id}" if paced else f"{errand.platform}/{errand.way}"
            found[name] = max(found.get(name, mark.pauses_until), mark.pauses_until)
    return dict(sorted(found.items()))


def recover(rules: Rules, at: datetime, limit: int = 500) -> int:
    """Letters whose sender never came back: nobody knows what became of them. Returns how many."""
    query = (
        select(_c.id, _c.way, _c.attempts, _c.uncertain, _c.uncertain_at, _c.lease_until, _c.reason)
        .where(text("state = 'taken'"), _c.lease_until < at)
        .order_by(_c.lease_until, _c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    connection = session().connection()
    rows = connection.execute(query).all()
    for row in rows:
        since = row.uncertain_at or row.lease_until - rules.lease
        doubts = row.uncertain + 1
        is_lost = doubts >= UNCERTAIN_TRIES and not has_key(row.way, since, rules, at)
        over = is_lost or row.attempts >= MOST_TRIES or row.reason in (CALLED_BACK, REWRITTEN)
        connection.execute(
            update(_letters)
            .where(_c.id == row.id)
            .values(
                state=State.UNKNOWN if over else State.WAITING,
                fence=_c.fence + 1,  # the sender that wakes up again is refused
                lease_until=None,
                uncertain=doubts,
                uncertain_at=since,
                not_before=at,
                reason="expired",
                settled_at=at if over else None,
            )
        )
    return len(rows)


def platform_said(channel: str, platform_id: str, ok: bool, reason: str, at: datetime) -> bool:
    """The late truth (F4): what the platform says of a message afterwards is what counts.

    False when no letter has this id, perhaps not yet: the event can be quicker than our own mark.
    """
    query = select(Letter.id, Letter.state).where(
        Letter.platform_id == platform_id, Letter.channel == channel, Letter.state != State.TAKEN
    )
    row = session().connection().execute(query.order_by(Letter.id.desc()).limit(1)).first()
    if row is None:
        return False
    if not ok:
        values = {"state": State.FAILED, "reason": f"late {reason}"[:_REASON], "settled_at": at}
        session().connection().execute(
            update(_letters)
            .where(_c.id == row.id, or_(_c.state == State.SENT, _c.state == State.UNKNOWN))
            .values(values)
        )
    return True
