"""What goes in and out, typed once: reading, checking and the document all follow from these types."""

from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar

import msgspec

from models.base.clock import local

T = TypeVar("T")


class Shape(msgspec.Struct, kw_only=True):
    """What we answer."""


class Asked(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What we take; a field that is not known is an error, so that a slip is not taken for a yes."""


class Page(Shape, Generic[T]):
    """A part of a list; `next` is where the following part begins, null at its end."""

    items: list[T]
    next: str | None


class Paging(Asked):
    """Which part of a list."""

    cursor: Annotated[str, msgspec.Meta(max_length=64)] = ""
    limit: Annotated[int, msgspec.Meta(ge=1, le=50)] = 20


class Done(Shape):
    """It is done, now or by an earlier copy."""

    done: bool = True


Text = Annotated[str, msgspec.Meta(max_length=1000)]
Line = Annotated[str, msgspec.Meta(max_length=200)]
Name = Annotated[str, msgspec.Meta(max_length=40)]
Id = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Fen = Annotated[int, msgspec.Meta(description="whole fen")]
Moment = Annotated[datetime, msgspec.Meta(tz=True, description="ISO 8601 with zone, Asia/Shanghai")]


def clock(moment: datetime) -> datetime:
    """As answers say it: on the wall clock of Shanghai, whole seconds."""
    return local(moment).replace(microsecond=0)


def maybe_clock(moment: datetime | None) -> datetime | None:
    return None if moment is None else clock(moment)


def answered(shape: Any) -> bytes:
    return msgspec.json.encode(shape)
