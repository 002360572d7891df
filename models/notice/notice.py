"""What may happen to a notice, from the draft to the last word about it.

Handed in, it is read by the platform where that is asked for (checking.py), held for a second person where
many would hear it (A11), then waits for its hour and for the minutes in which anybody of the desk can stop it
(R6), then it is told (telling.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, text

from models.base.actor import SYSTEM, By
from models.base.clock import now
from models.base.orm import put, session
from models.base.private_words import must_be_public
from models.base.refusals import Invalid, NotAllowed, NotFound
from models.history import record
from models.notice import agreeing, checks, enclosed, fees, limits, outcome
from models.notice.audience import LETTER_KINDS, Audience
from models.notice.speaking import may_address
from models.notice.tables import ALIVE, BODY_LIMIT, SIGNED_LIMIT, TITLE_LIMIT, UNSETTLED, Kind, Notice, State
from models.outbox.door import withdraw as withdraw_letters
from models.outbox.recalling import recall

GROUP_KIND = "notice_group"
CHECK_KINDS = ("notice_check_waits", "notice_check_person")  # not needed once it is decided
VISIT_KIND, PASTE_KIND = "notice_visit", "notice_to_paste"  # what hands are asked to do about it
_UNTYPED = dict.fromkeys(set(range(32)) - {9, 10})  # no keyboard writes them, PostgreSQL does not keep them
EARLIEST = 2000  # a year before it was meant to be another
LEAD = 300  # characters of the body that a letter holds


@dataclass(frozen=True, slots=True)
class Rules:
    """Of the place: above how many receivers a second person must agree, how long it can be stopped, how
    often a desk may speak (limits.py), and whether the platform reads first what the public shall read
    (checking.py)."""

    second_above: int = 1000
    delay: timedelta = timedelta(minutes=2)
    a_day: int = 20  # notices of one desk
    rounds: int = 2  # to those who have not opened one
    content_check: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """What a notice says, as somebody typed it."""

    title: str
    body: str
    signed: str
    kind: Kind = Kind.ORDINARY
    is_call: bool = False
    valid_from: datetime | None = None
    valid_until: datetime | None = None

    def checked(self) -> "Words":
        """The same, trimmed. Raises Invalid: what is missing, too long or nobody else's business (X05)."""
        mine = Words(
            " ".join(self.title.translate(_UNTYPED).split()),
            self.body.replace("\r\n", "\n").translate(_UNTYPED).strip(),
            " ".join(self.signed.translate(_UNTYPED).split()),
            self.kind,
            self.is_call,
            self.valid_from,
            self.valid_until,
        )
        for said, limit, missing, long in (
            (mine.title, TITLE_LIMIT, "notice_title_missing", "notice_title_long"),
            (mine.body, BODY_LIMIT, "notice_body_missing", "notice_body_long"),
            (mine.signed, SIGNED_LIMIT, "notice_signed_missing", "notice_signed_long"),
        ):
            if not said:
                raise Invalid(missing)
            if len(said) > limit:
                raise Invalid(long, limit=limit, length=len(said))
            must_be_public(said)
        must_be_public(lead_of(mine.body))  # because a long number may become a telephone by being cut
        if mine.valid_from and mine.valid_until and mine.valid_until <= mine.valid_from:
            raise Invalid("notice_valid")
        if any(one is not None and one.year < EARLIEST for one in (mine.valid_from, mine.valid_until)):
            raise Invalid("notice_valid_year")
        return mine


def lead_of(body: str) -> str:
    """What a letter holds of it; the page has all."""
    return body if len(body) <= LEAD else body[: LEAD - 1] + "…"


def draft(
    words: Words,
    audience: Audience,
    by: By,
    community_id: int | None,
    *,
    corrects: int | None = None,
    send_at: datetime | None = None,
) -> int:
    """Keeps a checked notice that nobody hears yet and returns its number. `send_at`: not before then.

    Raises Invalid for words, an hour or an audience that cannot be, NotAllowed for a post that does not speak
    for the community and for an audience outside it, NotFound for another notice that is not this desk's.
    """
    said = _said(words, audience, by, community_id, send_at)
    if corrects is not None:
        found(corrects, by)
    key = lay_down(said, author_id=by.id, by=by, community_id=community_id, corrects_id=corrects)
    earlier = corrects or audience.unread_of
    if earlier is not None:
        enclosed.carry(key, earlier)
    return key


def lay_down(said: Mapping[str, Any], *, by: By, **more: Any) -> int:
    """A draft of words and an audience that were checked, here or when they were kept for every year."""
    key = put(Notice, state=State.DRAFT, **said, **more)
    record(("notice", key), "drafted", by=by, at=now())
    return key


def revise(
    notice: Notice, words: Words, audience: Audience, by: By, *, send_at: datetime | None = None
) -> None:
    """A draft says something else. Raises as `draft`, and NotAllowed for one that was handed in."""
    if notice.state != State.DRAFT:
        raise NotAllowed("notice_handed_in", number=notice.id)
    for name, value in _said(words, audience, by, notice.community_id, send_at).items():
        setattr(notice, name, value)
    notice.checked = None
    _note(notice, "revised", by)


def _said(
    words: Words, audience: Audience, by: By, community_id: int | None, send_at: datetime | None
) -> dict[str, Any]:
    words = words.checked()
    may_address(audience, by, community_id)
    if audience.unread_of is not None:
        found(audience.unread_of, by)
    _must_be_ahead(send_at)
    return {
        "title": words.title,
        "body": words.body,
        "signed": words.signed,
        "kind": words.kind,
        "is_call": words.is_call,
        "audience": audience.as_dict(),
        "valid_from": words.valid_from,
        "valid_until": words.valid_until,
        "send_at": send_at,
    }


def found(key: int, by: By) -> Notice:
    """The notice, for whoever decides about it (agreeing.answers_for). Raises NotFound."""
    notice = session().get(Notice, key, with_for_update=True)
    if notice is None or not agreeing.answers_for(notice, by.id):
        raise NotFound("notice_not_found", number=key)
    return notice


def hand_in(notice: Notice, by: By, rules: Rules) -> None:
    """It shall be told, now or not before its hour.

    Raises NotAllowed for one that was handed in already, where its desk spoke often enough and where nobody
    is there to agree, Invalid where nobody would hear it and when its hour or its time would be over.
    """
    if notice.state != State.DRAFT:
        raise NotAllowed("notice_handed_in", number=notice.id)
    _must_be_ahead(notice.send_at)
    if by.id is not None:
        # Whoever hands it in answers for it: what others wrote, and the clock, was read by this person alone.
        notice.author_id = by.id
    notice.second_id = None  # because what somebody agreed to may say something else since
    fees.must_fit(notice)
    reach = fees.reach_of_notice(notice)
    notice.people, notice.groups = reach.count_people(), len(reach.groups())
    if not notice.people and not notice.groups:
        raise Invalid("audience_nobody")
    starts_at = notice.send_at or now()
    _must_be_in_time(notice, starts_at)
    limits.must_be_within(notice, starts_at, a_day=rules.a_day, rounds=rules.rounds)
    if _needs_second(notice, rules):
        agreeing.must_have_second(notice)
    notice.checked = None
    if rules.content_check and is_public(notice):
        to_check(notice, by)
    else:
        go_on(notice, by, rules, "handed_in")


def is_public(notice: Notice) -> bool:
    """Whether anybody else than staff may read it, or its title on the page of one that it corrects."""
    if not Audience.of(notice.audience).is_for_staff:
        return True
    first = session().get(Notice, notice.corrects_id) if notice.corrects_id is not None else None
    return first is not None and is_public(first)


def to_check(notice: Notice, by: By) -> None:
    """It waits until the platform has read it."""
    notice.state, notice.checking_since, notice.checked = State.CHECKING, now(), None
    checks.begin(notice, [one.id for one in enclosed.of(notice.id, enclosed.PICTURE)])
    _note(notice, "checking", by)


def go_on(notice: Notice, by: By, rules: Rules, what: str) -> None:
    """Nothing keeps it but the rule of two persons and its hour. Raises Invalid when its time would be
    over."""
    if _needs_second(notice, rules):
        agreeing.hold(notice, by)
        return
    _set_off(notice, by, rules, what)


def _needs_second(notice: Notice, rules: Rules) -> bool:
    return notice.people + notice.groups > rules.second_above and notice.second_id is None


def agree(notice: Notice, by: By, rules: Rules) -> None:
    """A second person agrees. Raises NotAllowed for the author, when nothing waits for it and where its desk
    spoke often enough, Invalid when its time would be over."""
    if notice.state != State.HELD:
        raise NotAllowed("notice_not_held", number=notice.id)
    if by.id == notice.author_id:
        raise NotAllowed("notice_second_is_first", number=notice.id)
    starts_at = max(notice.send_at or now(), now())
    limits.must_be_within(notice, starts_at, a_day=rules.a_day, rounds=rules.rounds)
    notice.second_id = by.id
    withdraw_letters(("notice", notice.id), agreeing.KIND)
    _set_off(notice, by, rules, "agreed")


def discard(notice: Notice, by: By) -> None:
    """A draft is not needed. Raises NotAllowed for one that was handed in."""
    if notice.state != State.DRAFT:
        raise NotAllowed("notice_handed_in", number=notice.id)
    _end(notice, by, State.WITHDRAWN, "discarded")


def stop(notice: Notice, by: By) -> int:
    """Nobody hears of it from now on but those whose letter is on its way this moment (R6). Returns how many
    letters were kept back. Raises NotAllowed when it is over."""
    if notice.state not in ALIVE:
        raise NotAllowed("notice_over", number=notice.id)
    outcome.ended(notice, by, "stopped")
    return _end(notice, by, State.STOPPED, "stopped")


def withdraw(notice: Notice, by: By) -> int:
    """It does not hold any more: its page says so, and what has not gone out stays here. As `stop`, and open
    to one that was stopped, because some may have heard it."""
    if notice.state not in (*ALIVE, State.STOPPED):
        raise NotAllowed("notice_over", number=notice.id)
    outcome.ended(notice, by, "withdrawn")
    return _end(notice, by, State.WITHDRAWN, "withdrawn")


def clear(notice: Notice, by: By) -> int:
    """The danger that it warned of is over (warning.py). As `stop`."""
    return _end(notice, by, State.WITHDRAWN, "cleared")


def break_off(notice: Notice, why: str) -> None:
    """It cannot be told (any further), and nobody stands by to be asked: its author is told; `why` goes into
    its history."""
    _end(notice, SYSTEM, State.STOPPED, "stopped", why=why)
    outcome.broken_off(notice, why)


def end_one_past() -> bool:
    """Breaks one off whose time went by before anybody agreed to it or let it through. False when there is
    none."""
    query = select(Notice).where(text(UNSETTLED), Notice.valid_until <= now())
    notice = session().scalars(query.limit(1).with_for_update(skip_locked=True)).first()
    if notice is not None:
        break_off(notice, "notice_past")
    return notice is not None


def _must_be_ahead(send_at: datetime | None) -> None:
    if send_at is not None and send_at <= now():
        raise Invalid("notice_hour_past")


def _must_be_in_time(notice: Notice, starts_at: datetime) -> None:
    if notice.valid_until is not None and notice.valid_until <= starts_at:
        raise Invalid("notice_past")


def _set_off(notice: Notice, by: By, rules: Rules, what: str) -> None:
    at = now()
    # Because an emergency costs more by waiting than a mistake does by being heard.
    delay = timedelta() if notice.kind == Kind.EMERGENCY else rules.delay
    notice.starts_at = max(notice.send_at or at, at + delay)
    _must_be_in_time(notice, notice.starts_at)
    notice.state = State.WAITING
    _note(notice, what, by, starts_at=notice.starts_at.isoformat())


def _end(notice: Notice, by: By, state: State, what: str, **facts: Any) -> int:
    about = ("notice", notice.id)
    count = recall(about, (*LETTER_KINDS, GROUP_KIND), what)
    withdraw_letters(about, agreeing.KIND, *CHECK_KINDS, VISIT_KIND, PASTE_KIND)
    checks.forget(notice)
    notice.state, notice.ended_at, notice.ended_by = state, now(), by.id
    _note(notice, what, by, kept=count, **facts)
    return count


def _note(notice: Notice, what: str, by: By, **facts: Any) -> None:
    record(("notice", notice.id), what, by=by, at=now(), **facts)


def visible(community_id: int | None, limit: int | None = None) -> list[Notice]:
    """The notices of a community (of the town without one), the newest first."""
    query = select(Notice).order_by(Notice.id.desc()).limit(limit)
    if community_id is not None:
        query = query.where(Notice.community_id.in_((community_id,)) | Notice.community_id.is_(None))
    return list(session().scalars(query))
