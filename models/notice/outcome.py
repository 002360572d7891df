"""What its author hears of a notice: only what went wrong, and only what somebody else did."""

from datetime import timedelta
from typing import Final

from sqlalchemy import or_, select, text

from models.base.actor import By
from models.base.clock import now
from models.base.orm import session
from models.notice.audience import LETTER_KINDS
from models.notice.tables import IS_TOLD, Notice
from models.outbox.digesting import IN_DIGEST
from models.outbox.door import tell
from models.outbox.letter import Letter
from models.outbox.letter import State as Fate
from models.person.arriving import staff_of

KIND = "notice_ended"
#: Why a notice is broken off, as the author is told; anything else is "broken".
_KNOWN: Final = {"notice_past": "past", "audience_place": "place"}
UNHEARD = "unheard"
SETTLED = timedelta(minutes=5)  # letters that are tried again have met their fate by then
LOOKS_BACK = timedelta(days=3)


def broken_off(notice: Notice, why: str) -> None:
    """It could not be told any further, by the code of a refusal."""
    tell_author(notice, _KNOWN.get(why, "broken"))


def ended(notice: Notice, by: By, what: str) -> None:
    """Somebody stopped or withdrew it; an author who did so knows."""
    if by.id is not None and by.id != notice.author_id:
        staff = staff_of(by.id)
        tell_author(notice, what, who=staff.name if staff else None)


def tell_author(notice: Notice, why: str, *, who: str | None = None) -> None:
    """`why` is a code of labels/notice_ends.toml."""
    tell(
        KIND,
        notice.author_id,
        about=("notice", notice.id),
        occasion=f"{why}{now().timestamp():.0f}",
        number=notice.id,
        title=notice.title,
        why=why,
        who=who,
    )


def tell_one_unheard() -> bool:
    """Tells the author of a notice that nobody hears: each of its letters failed, waits for hands or came too
    late. False when there is none."""
    at = now()
    query = (
        select(Notice)
        .where(text(IS_TOLD), Notice.told_at > at - LOOKS_BACK, Notice.told_at < at - SETTLED)
        .order_by(Notice.told_at, Notice.id)
        .with_for_update(skip_locked=True)
    )
    for notice in session().scalars(query):
        # one after the other, because of most the first letter that is found says that somebody heard it
        if not _has_hope(notice) and not _was_told(notice):
            tell_author(notice, UNHEARD)
            return True
    return False


def _has_hope(notice: Notice) -> bool:
    """Somebody heard it or will; and of one without letters nothing is said."""
    letters = select(Letter.id).where(
        Letter.about_kind == "notice",
        Letter.about_id == notice.id,
        Letter.kind.in_((*LETTER_KINDS, "notice_group")),
    )
    alive = or_(Letter.state.in_((Fate.WAITING, Fate.TAKEN, Fate.SENT)), Letter.reason == IN_DIGEST)
    found = session().execute(letters.where(alive).limit(1)).first()
    return found is not None or session().execute(letters.limit(1)).first() is None


def _was_told(notice: Notice) -> bool:
    query = select(Letter.facts).where(
        Letter.to_kind == "person",
        Letter.to_id == notice.author_id,
        Letter.kind == KIND,
        Letter.about_kind == "notice",
        Letter.about_id == notice.id,
    )
    return any(facts["why"] == UNHEARD for facts in session().scalars(query))
