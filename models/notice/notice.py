"""What may happen to a notice, from the draft to the last word about it.

Handed in, it is held for a second person where many would hear it (A11), then waits for its hour and for the
minutes in which anybody of the desk can stop it (R6), then it is told (telling.py).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from models.base.actor import SYSTEM, By
from models.base.clock import now
from models.base.orm import put, session
from models.base.private_words import must_be_public
from models.base.refusals import Invalid, NotAllowed, NotFound
from models.duty.overseeing import decides, deciding
from models.history import record
from models.notice.audience import LETTER_KINDS, Audience, reach_of
from models.notice.tables import ALIVE, BODY_LIMIT, SIGNED_LIMIT, TITLE_LIMIT, Kind, Notice, State
from models.outbox.confirming import take_back
from models.outbox.door import tell
from models.outbox.door import withdraw as withdraw_letters
from models.outbox.letter import CALLED_BACK, Letter
from models.outbox.letter import State as Fate
from models.person.arriving import staff_of

GROUP_KIND = "notice_group"
SHOWN = 10
LEAD = 300  # characters of the body that a letter holds
OPEN = (State.DRAFT, State.HELD, State.WAITING, State.GOING)


@dataclass(frozen=True, slots=True)
class Rules:
    """Of the place: above how many receivers a second person must agree, and how long it can be stopped."""

    second_above: int = 1000
    delay: timedelta = timedelta(minutes=2)


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
            " ".join(self.title.split()),
            self.body.replace("\r\n", "\n").strip(),
            " ".join(self.signed.split()),
            self.kind,
            self.is_call,
            self.valid_from,
            self.valid_until,
        )
        for text, limit, missing, long in (
            (mine.title, TITLE_LIMIT, "notice_title_missing", "notice_title_long"),
            (mine.body, BODY_LIMIT, "notice_body_missing", "notice_body_long"),
            (mine.signed, SIGNED_LIMIT, "notice_signed_missing", "notice_signed_long"),
        ):
            if not text:
                raise Invalid(missing)
            if len(text) > limit:
                raise Invalid(long, limit=limit, length=len(text))
            must_be_public(text)
        must_be_public(lead_of(mine.body))  # because a long number may become a telephone by being cut
        if mine.valid_from and mine.valid_until and mine.valid_until <= mine.valid_from:
            raise Invalid("notice_valid")
        return mine


def lead_of(body: str) -> str:
    """What a letter holds of it; the page has all."""
    return body if len(body) <= LEAD else body[: LEAD - 1] + "…"


def draft(
    words: Words, audience: Audience, by: By, community_id: int | None, *, corrects: int | None = None
) -> int:
    """Keeps a checked notice that nobody hears yet and returns its number.

    Raises Invalid for words or an audience that cannot be, NotAllowed for a post that does not speak for the
    community and for an audience outside it, NotFound for another notice that is not this desk's.
    """
    words = words.checked()
    reach = reach_of(audience, community_id)
    if not decides(by.id, community_id) or by.id is None:
        raise NotAllowed("notice_not_yours")
    if audience.unread_of is not None:
        found(audience.unread_of, by)
    # narrowed by what it was that is unread
    anywhere = not audience.names_places and not audience.is_for_staff and not audience.tags
    if community_id is not None and not anywhere and reach.touched - {community_id}:
        raise NotAllowed("notice_not_yours")
    if corrects is not None:
        found(corrects, by)
    key = put(
        Notice,
        community_id=community_id,
        title=words.title,
        body=words.body,
        signed=words.signed,
        kind=words.kind,
        is_call=words.is_call,
        audience=audience.as_dict(),
        valid_from=words.valid_from,
        valid_until=words.valid_until,
        corrects_id=corrects,
        state=State.DRAFT,
        author_id=by.id,
    )
    record(("notice", key), "drafted", by=by, at=now())
    return key


def found(key: int, by: By) -> Notice:
    """The notice, for whoever decides in its community. Raises NotFound."""
    notice = session().get(Notice, key, with_for_update=True)
    if notice is None or not decides(by.id, notice.community_id):
        raise NotFound("notice_not_found", number=key)
    return notice


def hand_in(notice: Notice, by: By, rules: Rules, *, send_at: datetime | None = None) -> None:
    """It shall be told, now or not before `send_at`.

    Raises NotAllowed for one that was handed in already, Invalid where nobody would hear it and when its time
    would be over.
    """
    if notice.state != State.DRAFT:
        raise NotAllowed("notice_handed_in", number=notice.id)
    reach = reach_of(Audience.of(notice.audience), notice.community_id)
    notice.people, notice.groups = reach.count_people(), len(reach.groups())
    if not notice.people and not notice.groups:
        raise Invalid("audience_nobody")
    notice.send_at = send_at
    _must_be_in_time(notice, max(send_at or now(), now()))
    if notice.people + notice.groups > rules.second_above:
        notice.state = State.HELD
        _note(notice, "held", by)
        _ask_second(notice)
        return
    _set_off(notice, by, rules, "handed_in")


def agree(notice: Notice, by: By, rules: Rules) -> None:
    """A second person agrees. Raises NotAllowed for the author and when nothing waits for it, Invalid when
    its time would be over."""
    if notice.state != State.HELD:
        raise NotAllowed("notice_not_held", number=notice.id)
    if by.id == notice.author_id:
        raise NotAllowed("notice_second_is_first", number=notice.id)
    notice.second_id = by.id
    withdraw_letters(("notice", notice.id), "notice_second")
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
    return _end(notice, by, State.STOPPED, "stopped")


def withdraw(notice: Notice, by: By) -> int:
    """It does not hold any more: its page says so, and what has not gone out stays here. As `stop`, and open
    to one that was stopped, because some may have heard it."""
    if notice.state not in (*ALIVE, State.STOPPED):
        raise NotAllowed("notice_over", number=notice.id)
    return _end(notice, by, State.WITHDRAWN, "withdrawn")


def break_off(notice: Notice, why: str) -> None:
    """It cannot be told (any further), and nobody stands by to be asked; `why` goes into its history."""
    _end(notice, SYSTEM, State.STOPPED, "stopped", why=why)


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
    at = now()
    mine = (
        Letter.about_kind == "notice",
        Letter.about_id == notice.id,
        Letter.kind.in_((*LETTER_KINDS, GROUP_KIND)),
    )
    kept = session().execute(
        update(Letter)
        .where(*mine, Letter.state.in_((Fate.WAITING, Fate.BY_HAND)))
        .values(state=Fate.WITHDRAWN, reason=what, settled_at=at)
    )
    # because what a sender holds may come back untold, and would go out later
    session().execute(update(Letter).where(*mine, Letter.state == Fate.TAKEN).values(reason=CALLED_BACK))
    withdraw_letters(("notice", notice.id), "notice_second")
    take_back(("notice", notice.id), at)
    notice.state, notice.ended_at, notice.ended_by = state, at, by.id
    count = int(kept.rowcount)  # type: ignore[attr-defined]
    _note(notice, what, by, kept=count, **facts)
    return count


def _ask_second(notice: Notice) -> None:
    author = staff_of(notice.author_id)
    for person in deciding(notice.community_id):
        if person != notice.author_id:
            tell(
                "notice_second",
                person,
                about=("notice", notice.id),
                occasion="held",
                number=notice.id,
                title=notice.title,
                author=author.name if author else None,
                people=notice.people,
                groups=notice.groups,
            )


def _note(notice: Notice, what: str, by: By, **facts: Any) -> None:
    record(("notice", notice.id), what, by=by, at=now(), **facts)


def recent(community_id: int | None) -> list[Notice]:
    """What a desk looks at: the last ones that are alive or were made this week."""
    week = now() - timedelta(days=7)
    return [one for one in visible(community_id, SHOWN) if one.state in OPEN or one.created_at > week]


def visible(community_id: int | None, limit: int | None = None) -> list[Notice]:
    """The notices of a community (of the town without one), the newest first."""
    query = select(Notice).order_by(Notice.id.desc()).limit(limit)
    if community_id is not None:
        query = query.where(Notice.community_id.in_((community_id,)) | Notice.community_id.is_(None))
    return list(session().scalars(query))
