"""What its author hears of a notice: only what went wrong, and only what somebody else did."""

from datetime import timedelta
from typing import Final

from sqlalchemy import exists, select

from models.base.actor import By
from models.base.clock import now
from models.base.orm import session
from models.notice.audience import LETTER_KINDS
from models.notice.tables import Notice, State
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
    theirs = (Letter.about_kind == "notice") & (Letter.about_id == Notice.id)
    of_it = theirs & Letter.kind.in_((*LETTER_KINDS, "notice_group"))
    hope = (Fate.WAITING, Fate.TAKEN, Fate.SENT)
    query = (
        select(Notice)
        .where(
            Notice.state == State.TOLD,
            Notice.told_at > at - LOOKS_BACK,
            Notice.told_at < at - SETTLED,
            exists().where(of_it),
            ~exists().where(of_it, Letter.state.in_(hope) | (Letter.reason == "in_digest")),
            ~exists().where(theirs, Letter.kind == KIND),
        )
        .order_by(Notice.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    notice = session().scalars(query).first()
    if notice is None:
        return False
    tell_author(notice, UNHEARD)
    return True
