"""The database as doors see it: a transaction that writes, or a view that stays as it is while it is read."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Protocol, TypeVar

T = TypeVar("T")


class Database(Protocol):
    def write(self, work: Callable[..., T], *args: Any) -> T: ...
    def read(self) -> AbstractContextManager[Any]: ...
