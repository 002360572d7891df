"""Events that nobody waits for: kept when they came in, worked on one by one by `hemei work`."""

import logging
import threading
import traceback
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Protocol, TypeVar

from handlers.wechat.message import entries_of
from models.base.clock import now
from models.base.refusals import Unavailable
from models.consent import consents
from models.inbox.received import Received
from models.inbox.working import done, next_new, not_yet
from models.joins.withdrawing import withdrawn
from models.notice import checks
from models.outbox.address import Channel, address_of, allow, allow_none, give_up, owner_of
from models.outbox.settling import platform_said
from models.person.arriving import meet
from models.place import chats

log = logging.getLogger(__name__)
T = TypeVar("T")

IDLE_SECONDS = 1.0


class Writes(Protocol):
    def write(self, work: Callable[..., T], *args: Any) -> T: ...


class NotYet(Exception):  # noqa: N818 - it is no fault
    """What the event is about is not there yet; it is looked at again."""


class Afterwards:
    """Works on what comes in until stopped; any number may run."""

    def __init__(self, database: Writes) -> None:
        self._database = database

    def run(self, stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                if work_one(self._database):
                    continue
            except Unavailable:
                log.warning("the database does not answer; events wait")
            stop.wait(IDLE_SECONDS)


def work_one(database: Writes) -> bool:
    """Works on the next event, in one transaction; False when none is due.

    One that fails is put back behind the others, tried five times in all, and then left to a person.
    """
    holding: list[int] = []
    try:
        return database.write(_work, holding)
    except Unavailable:
        raise
    except Exception as trouble:
        if not holding:
            raise
        if not isinstance(trouble, NotYet):
            log.error("event %d failed: %s", holding[-1], _where(trouble))
        database.write(not_yet, holding[-1], _where(trouble), isinstance(trouble, NotYet))
        return True


def _work(holding: list[int]) -> bool:
    row = next_new()
    if row is None:
        return False
    holding.append(row.id)
    verb = _VERBS.get(row.kind)
    if verb is not None:
        verb(row)
    done(row)
    return True


def _template_sent(row: Received) -> None:
    """TEMPLATESENDJOBFINISH, with a Status of success, failed:user block or failed: system failed."""
    status = str(row.body.get("Status", ""))
    _late_truth(row, row.body.get("MsgID"), status.startswith("success"), status.partition(":")[2].strip())


def _subscription_sent(row: Received) -> None:
    for entry in entries_of(row.body):
        code = str(entry.get("ErrorCode", "0"))
        reason = f"{code} {entry.get('ErrorStatus', '')}".strip()
        _late_truth(row, entry.get("MsgID"), code == "0", reason)


def _late_truth(row: Received, message_id: object, ok: bool, reason: str) -> None:
    if message_id and not platform_said(row.channel, str(message_id), ok, reason or "failed", now()):
        raise NotYet(f"no letter {message_id}")


def _asked_for_consent(row: Received) -> None:
    """subscribe_msg_popup_event: one more message of each template that was accepted."""
    _each_template(row, {"accept": allow})


def _consent_changed(row: Received) -> None:
    """subscribe_msg_change_event: switched off in the settings means none at all."""
    _each_template(row, {"reject": allow_none})


def _each_template(row: Received, verbs: Mapping[str, Callable[[int, str], None]]) -> None:
    if row.channel != Channel.MINI:  # of whom there nothing is kept before they agree to it (X01)
        meet(row.channel, row.sender)
    address = address_of(row.channel, row.sender)
    if address is None:
        return
    for entry in entries_of(row.body):
        verb = verbs.get(str(entry.get("SubscribeStatusString", "")))
        template = entry.get("TemplateId")
        if verb is not None and isinstance(template, str):
            verb(address, template)


def _gone(row: Received) -> None:
    """user_authorization_revoke: the person takes back in WeChat what the mini-program may know of them;
    user_authorization_cancellation: the WeChat account is no more. Both end what hung on it."""
    openid = str(row.body.get("OpenID") or row.sender)  # such an event comes from the platform itself
    person = owner_of(row.channel, openid) if row.channel == Channel.MINI else None
    if person is not None:
        consents.answer(person, consents.BASIC, str(consents.kinds()[consents.BASIC]["version"]), False)
        withdrawn(person, consents.BASIC)


def _left(row: Received) -> None:
    """unsubscribe: nothing can arrive there until they follow again."""
    give_up(row.channel, row.sender, reason="unsubscribed", at=_said_at(row))


def _said_at(row: Received) -> datetime:
    """When it happened: an old event that comes late must not overwrite what is newer."""
    try:
        return min(row.at, datetime.fromtimestamp(int(str(row.body.get("CreateTime"))), UTC))
    except (ValueError, OverflowError, OSError):
        return row.at


def _picture_checked(row: Received) -> None:
    """wxa_media_check: what the platform thinks of a picture; an errcode when it could not look at it."""
    trace = str(row.body.get("trace_id", ""))[: checks.TRACE_LIMIT]
    check = checks.traced(trace) if trace and row.channel == "mini" else None
    if check is None:
        raise NotYet(f"no picture {trace}")
    code = str(row.body.get("errcode", "0"))
    suggest, label = checks.read(row.body.get("result"))
    if code != "0" or suggest is None:
        checks.unanswered(check.id, code if code != "0" else "garbage")
    else:
        checks.answered(check.id, suggest, label)


def _chat_changed(row: Received) -> None:
    """change_external_chat: counts, and no dependable list of who came or went (QY 92130)."""
    if row.channel == "work":
        chats.changed(str(row.body.get("ChatId", "")), str(row.body.get("ChangeType", "")))


# Everything else (a view, a visit to a group, a change of customer contact) is kept and says nothing now.
_VERBS: dict[str, Callable[[Received], None]] = {
    "templatesendjobfinish": _template_sent,
    "subscribe_msg_sent_event": _subscription_sent,
    "subscribe_msg_popup_event": _asked_for_consent,
    "subscribe_msg_change_event": _consent_changed,
    "unsubscribe": _left,
    "user_authorization_revoke": _gone,
    "user_authorization_cancellation": _gone,
    "change_external_chat": _chat_changed,
    "wxa_media_check": _picture_checked,
}


def _where(trouble: BaseException) -> str:
    """Type and place, without its message unless it is ours: that may quote what somebody wrote."""
    if isinstance(trouble, NotYet):
        return str(trouble)
    last = traceback.extract_tb(trouble.__traceback__)[-1:]
    return f"{type(trouble).__name__} at " + "".join(f"{one.name}:{one.lineno}" for one in last)
