"""A letter that somebody carried by hand: its mark, and the step that says who it was."""

from models.base.actor import By
from models.base.clock import now
from models.base.orm import session
from models.base.refusals import NotAllowed
from models.history import record
from models.outbox import fates
from models.outbox.letter import Letter


def carried(letter_id: int, by: By) -> bool:
    """已贴到群里, or told by telephone. False when it did not wait for that (any more)."""
    at = now()
    try:
        fates.carried(letter_id, at)
    except NotAllowed:
        return False
    letter = session().get_one(Letter, letter_id)
    about = (letter.about_kind, letter.about_id)
    record(
        ("letter", letter_id) if about[0] is None or about[1] is None else (about[0], about[1]),
        "told_by_hand",
        by=by,
        at=at,
        letter=letter_id,
    )
    return True
