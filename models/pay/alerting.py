"""Books that do not prove themselves are told to named persons each morning until they do."""

from collections.abc import Sequence

from models.base.clock import now
from models.outbox.door import tell
from models.outbox.letter import Lane

KIND = "books_wrong"
_EXAMPLES = 5


def alert(person_ids: Sequence[int], found: Sequence[tuple[str, int, int]]) -> None:
    """`found`: what models/pay/checking found, (what, number, fen over). Nothing for books that are right.

    Without the sums, because some of them are a home's (X19); `hemei ledger check` says them.
    """
    if not found:
        return
    at = now()
    examples = [{"what": what, "number": number} for what, number, _ in found[:_EXAMPLES]]
    for person in person_ids:
        tell(
            KIND,
            person,
            about=None,
            occasion=f"{at.timestamp():.0f}",
            lane=Lane.NEWS,
            count=len(found),
            examples=examples,
        )
