"""WeCom cards that are already on a phone: what they show is kept true as far as the platform lets us.

A card can be changed once with each response_code; one comes with the sending and one with every tap.
"""

import secrets
from collections.abc import Callable
from typing import Any

from sqlalchemy import select, update

from models.base.clock import now
from models.base.orm import put, session
from models.outbox.letter import DataClass, Lane, Letter, State

KIND = "card_update"


def refresh(about: tuple[str, int], facts_for: Callable[[int], dict[str, Any]]) -> int:
    """Writes a letter for every card about this thing that can still be changed; gives how many.

    `facts_for(person)` are the facts of that person's card as it should be now. A card that is on its way
    is changed when it has arrived; one whose code is used up stays as it is.
    """
    query = select(Letter.id, Letter.to_id, Letter.state, Letter.response_code).where(
        Letter.about_kind == about[0],
        Letter.about_id == about[1],
        Letter.changes.is_(None),
        Letter.task_id.is_not(None),
        Letter.state.in_([State.SENT, State.TAKEN]),
    )
    written = 0
    for card, person, state, code in session().connection().execute(query).all():
        _withdraw(card, about)
        if state == State.SENT and code is None:
            continue
        written += 1
        _write(card, person, about, facts_for(person))
    return written


def card_of(task_id: str) -> Letter | None:
    """The letter whose card was tapped."""
    return session().scalars(select(Letter).where(Letter.task_id == task_id)).first()


def new_code(task_id: str, code: str) -> None:
    """A tap brought a new code with which the card can be changed once more."""
    session().execute(update(Letter).where(Letter.task_id == task_id).values(response_code=code))


def _withdraw(card: int, about: tuple[str, int]) -> None:
    """What the card should have shown before is not needed any more."""
    session().execute(
        update(Letter)
        .where(
            Letter.about_kind == about[0],  # these two have an index
            Letter.about_id == about[1],
            Letter.changes == card,
            Letter.state == State.WAITING,
        )
        .values(state=State.WITHDRAWN, reason="overtaken", settled_at=now())
    )


def _write(card: int, person: int, about: tuple[str, int], facts: dict[str, Any]) -> None:
    at = now()
    put(
        Letter,
        key=f"{KIND}/{card}/{secrets.token_urlsafe(9)}",
        kind=KIND,
        about_kind=about[0],
        about_id=about[1],
        to_kind="person",
        to_id=person,
        data_class=DataClass.OWN,
        facts=facts,
        lane=Lane.ANSWER,
        changes=card,
        not_before=at,
        created_at=at,
        state=State.WAITING,
    )
