"""The evening digest as a letter: what it says, and what is left out of it as long as nobody has heard it.

A letter that a digest says instead points to it (`said_in`); the digest's `told` says for which chat.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, select, update

from models.base.clock import local
from models.base.orm import put, session
from models.outbox import budget
from models.outbox.address import Channel
from models.outbox.letter import (
    CALLED_BACK,
    CANCELLING,
    OWNER_CONFIRMS,
    REWRITTEN,
    DataClass,
    Lane,
    Letter,
    State,
)
from models.outbox.routing import DIGEST_KIND

MENDED, NOTICE = "case_group_mended", "notice_group"  # an urgent notice is in no lane of news
DANGER, SAFE = "warning_again", "warning_cleared_group"
#: Kind → where a digest has it.
IN_FACTS = {MENDED: "items", NOTICE: "notices", DANGER: "dangers", SAFE: "safe"}
IN_DIGEST = "in_digest"
_ON_ITS_WAY = (State.WAITING, State.BY_HAND, State.TAKEN, State.FAILED)


class News(NamedTuple):
    """A letter to a customer group, and the group's chat."""

    id: int
    to_id: int
    kind: str
    facts: Mapping[str, Any]
    chat: str


def say(news: Sequence[News], at: datetime, *, occasion: object) -> int:
    """One letter says all of it instead; `occasion` tells it from others of the same day and group."""
    first = news[0].to_id
    digest = put(
        Letter,
        key=f"{DIGEST_KIND}/{first}/{local(at).date()}/{occasion}",
        kind=DIGEST_KIND,
        to_kind="group",
        to_id=first,
        data_class=DataClass.PUBLIC,
        facts=_facts_of(news),
        lane=Lane.NEWS,
        via=Channel.CUSTOMER_GROUP,
        not_before=at,
        created_at=at,
        state=State.WAITING,
    )
    told = {"state": State.WITHDRAWN, "reason": IN_DIGEST, "settled_at": at, "said_in": digest}
    _change((one.id for one in news), **told)
    return digest


def leave_out(mine: Collection[ColumnElement[bool]], reason: str, at: datetime) -> tuple[int, list[int]]:
    """Letters that answer to these conditions are not said by their digests any more.

    Returns how many, and the digests that the platform has already: they are taken back, and said anew
    without these when they are (`remake`). What was heard stays heard.
    """
    query = select(Letter.id, Letter.said_in).where(*mine, Letter.reason == IN_DIGEST)
    found: dict[int, list[int]] = {}
    for row in session().execute(query):
        if row.said_in is not None:
            found.setdefault(row.said_in, []).append(row.id)
    digests = select(Letter).where(Letter.id.in_(found)).order_by(Letter.id).with_for_update()
    count, asked = 0, []
    for digest in session().scalars(digests).all() if found else ():
        is_untapped = digest.state == State.SENT and digest.reason in (OWNER_CONFIRMS, CANCELLING)
        if is_untapped or digest.state in _ON_ITS_WAY:
            count += len(found[digest.id])
            _change(found[digest.id], reason=reason, settled_at=at)
            if is_untapped:
                digest.reason = CANCELLING
                asked.append(digest.id)
            else:
                _rewrite(digest, reason, at)
    session().flush()
    return count, asked


def remake(digest: Letter, at: datetime) -> set[str]:
    """A digest that nobody has heard and nobody will is said anew, without what was left out meanwhile.

    Returns the chats that shall hear it.
    """
    news = _news_in(digest)
    if news:
        say(news, at, occasion=f"after{digest.id}")
    return {one.chat for one in news}


def was_heard(digest: Letter) -> None:
    """It could not be taken back any more: what was to be left out has been said as well."""
    theirs = Letter.said_in == digest.id, Letter.state == State.WITHDRAWN
    session().execute(update(Letter).where(*theirs).values(reason=IN_DIGEST))


def _rewrite(digest: Letter, reason: str, at: datetime) -> None:
    news, before = _news_in(digest), set(digest.facts["told"])
    if digest.state == State.TAKEN:
        digest.facts = _facts_of(news)
        digest.reason = REWRITTEN if news else CALLED_BACK
    elif digest.state != State.FAILED:  # a failed one is handed over to people, by its letters
        if news:
            digest.facts = _facts_of(news)
        else:
            digest.state, digest.reason, digest.settled_at = State.WITHDRAWN, reason, at
        budget.give_back(before - {one.chat for one in news}, local(digest.created_at).date())


def _news_in(digest: Letter) -> list[News]:
    chats = {key: chat for chat, keys in digest.facts["told"].items() for key in keys}
    query = select(Letter.id, Letter.to_id, Letter.kind, Letter.facts).where(
        Letter.said_in == digest.id, Letter.reason == IN_DIGEST, Letter.id.in_(chats)
    )
    return [
        News(row.id, row.to_id, row.kind, row.facts, chats[row.id])
        for row in session().execute(query.order_by(Letter.id))
    ]


def _facts_of(news: Sequence[News]) -> dict[str, Any]:
    said: dict[str, dict[Any, Mapping[str, Any]]] = {kind: {} for kind in IN_FACTS}
    told: dict[str, list[int]] = {}
    for one in news:
        said[one.kind].setdefault(one.facts["number"], one.facts)  # told to several groups, said once
        told.setdefault(one.chat, []).append(one.id)
    parts = {name: list(said[kind].values()) for kind, name in IN_FACTS.items()}
    return {**parts, "chat_ids": sorted(told), "told": told}


def _change(keys: Iterable[int], **values: Any) -> None:
    session().execute(
        update(Letter).where(Letter.id.in_(list(keys))).values(**values),
        execution_options={"synchronize_session": False},
    )
