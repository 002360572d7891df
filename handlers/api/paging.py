"""Long lists by parts: a cursor names the last row that was seen, signed, so that nobody makes one up."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from handlers.api.errors import wrong
from handlers.api.shapes import Page, Paging
from models.base.signed_ids import number_of, signed_id

R = TypeVar("R")
S = TypeVar("S")


def after(paging: Paging, what: str) -> int | None:
    """The row after which this part begins, None for the first. `what` names the list. Raises Invalid."""
    if not paging.cursor:
        return None
    found = number_of(f"cursor/{what}", paging.cursor)
    if found is None:
        raise wrong("bad_cursor", "cursor")
    return found


def paged(
    rows: Sequence[R], paging: Paging, what: str, key: Callable[[R], int], shown: Callable[[R], S]
) -> Page[S]:
    """A part of a list, of rows that were asked for with `paging.limit + 1`."""
    part = rows[: paging.limit]
    more = signed_id(f"cursor/{what}", key(part[-1])) if len(rows) > len(part) and part else None
    return Page(items=[shown(row) for row in part], next=more)
