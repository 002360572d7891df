"""The address of an estate's open books: short enough for a printed sheet, the same whatever the estate is
called later, and a misread digit is noticed."""

import re
from datetime import date

from models.base.checkdigit import with_check, without_check
from models.base.orm import session
from models.base.refusals import NotFound
from models.place.tables import Estate

_MONTH = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])", re.ASCII)
_LARGEST = 2**31


def path_of(estate_id: int, month: date | None = None) -> str:
    """`/books/18`, `/books/18/2026-11`."""
    return f"/books/{with_check(estate_id)}" + (f"/{written(month)}" if month else "")


def written(month: date) -> str:
    return f"{month:%Y-%m}"


def estate_at(number: str) -> Estate:
    """Raises NotFound."""
    key = without_check(number)
    estate = session().get(Estate, key) if key is not None and key < _LARGEST else None
    if estate is None:
        raise NotFound("page_not_found")
    return estate


def month_said(text: str) -> date:
    """The first day of `2026-11`. Raises NotFound."""
    said = _MONTH.fullmatch(text)
    if said is None:
        raise NotFound("page_not_found")
    return date(int(said[1]), int(said[2]), 1)
