"""What was said is not to be heard any more: one way for letters on whatever leg of their way they are."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, and_, case, or_, select, text, update

from models.base.clock import now
from models.base.orm import session
from models.outbox import confirming
from models.outbox.digesting import IN_FACTS, leave_out
from models.outbox.letter import (
    CALLED_BACK,
    CANCELLING,
    OVER,
    OWNER_CONFIRMS,
    STUCK,
    UNCONFIRMED,
    Letter,
    State,
)
from models.outbox.routing import DIGEST_KIND

# kinds that are for whoever lives there, and for nobody who has left
OF_THE_HOME = ("notice_fee", "fee_reminder", "bill_made", "trial_ends")

_IS_HERE = Letter.state.in_((State.WAITING, State.BY_HAND))
_IS_HELD = Letter.state == State.TAKEN
_IS_UNTAPPED = and_(Letter.state == State.SENT, Letter.reason == OWNER_CONFIRMS)


def recall(
    about: tuple[str, int],
    kinds: Collection[str],
    reason: str,
    *,
    to: tuple[str, Collection[int]] | None = None,
    via: Collection[str] | None = None,
) -> int:
    """Letters of these kinds about this shall not be heard (`to`: by those persons or groups alone, `via`: of
    those that name one of these channels).

    What is here stays here, what a sender holds stays here should it come back, what waits for the owner of a
    group is taken back at the platform, and digests leave it out. Returns how many stay here for certain.
    """
    mine: list[ColumnElement[bool]] = [
        Letter.about_kind == about[0],
        Letter.about_id == about[1],
        Letter.kind.in_(kinds),
    ]
    if to is not None:
        mine += [Letter.to_kind == to[0], Letter.to_id.in_(to[1])]
    if via is not None:
        mine.append(Letter.via.in_(via))
    at = now()
    changed = (
        update(Letter)
        .where(*mine, or_(_IS_HERE, _IS_HELD, _IS_UNTAPPED))
        .values(
            state=case((_IS_HERE, State.WITHDRAWN), else_=Letter.state),
            reason=case((_IS_HERE, reason), (_IS_HELD, CALLED_BACK), else_=CANCELLING),
            settled_at=case((_IS_HERE, at), else_=Letter.settled_at),
        )
        .returning(Letter.id, Letter.state)
    )
    found = session().execute(changed).all()
    left_out, digests = leave_out(mine, reason, at) if not IN_FACTS.keys().isdisjoint(kinds) else (0, [])
    confirming.ask_now([*digests, *(row.id for row in found if row.state == State.SENT)], at)
    return left_out + len([row for row in found if row.state == State.WITHDRAWN])


def recall_from(person_id: int, kinds: Collection[str], reason: str) -> None:
    """As `recall`, whatever they are about: this person is not concerned any more (X07)."""
    query = select(Letter.about_kind, Letter.about_id).where(
        Letter.to_kind == "person",
        Letter.to_id == person_id,
        Letter.kind.in_(kinds),
        or_(_IS_HERE, _IS_HELD),
    )
    for kind, key in session().execute(query).all():
        if kind is not None and key is not None:
            recall((kind, key), kinds, reason, to=("person", [person_id]))


def lapse() -> int:
    """What waits for somebody's hands and is over by now needs nobody to carry it, and a digest that no owner
    has tapped yet does not say it. Returns how many."""
    at = now()
    unheard = text(f"letters.{UNCONFIRMED}"), text("letters.state = 'waiting'")
    digests = [
        key
        for state in unheard
        for key in session().scalars(select(Letter.id).where(state, Letter.kind == DIGEST_KIND))
    ]
    left_out, asked = leave_out([Letter.said_in.in_(digests), Letter.not_after <= at], OVER, at)
    confirming.ask_now(asked, at)
    done = session().execute(
        update(Letter)
        .where(text(STUCK), Letter.state == State.BY_HAND, Letter.not_after <= at)
        .values(state=State.WITHDRAWN, reason=OVER, settled_at=at)
    )
    return left_out + int(done.rowcount)  # type: ignore[attr-defined]
