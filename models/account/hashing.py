"""Passwords as argon2id hashes. Parameters: OWASP Password Storage Cheat Sheet, 19 MiB, two passes, one lane.

The password is normalised (NFC) first, because keyboards write the same character in different ways.
"""

import threading
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from models.base.refusals import Unavailable

TIME_COST, MEMORY_KIB, LANES = 2, 19 * 1024, 1
AT_ONCE = 2  # 19 MiB each: a burst must not take the machine's memory
WAIT_SECONDS = 5.0

hasher = PasswordHasher(TIME_COST, MEMORY_KIB, LANES)
_turn = threading.BoundedSemaphore(AT_ONCE)
# Threads of their own, because every thread that has hashed keeps its 19 MiB for the next time.
_threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="hemei-hash")


def hash_of(password: str) -> str:
    """Raises Unavailable when too many wait already."""
    with _turns():
        return _threads.submit(hasher.hash, _normal(password)).result()


def matches(kept: str | None, password: str) -> bool:
    """Whether this is the password. Where there is none to compare with, the same work is done for nothing,
    so that the answer takes as long (A1). Raises Unavailable when too many wait already."""
    with _turns():
        return _threads.submit(_matches, kept, _normal(password)).result()


def _matches(kept: str | None, password: str) -> bool:
    try:
        return hasher.verify(kept or _nobodys(), password) and bool(kept)
    except (Argon2Error, InvalidHashError):
        return False


def is_outdated(kept: str) -> bool:
    """Whether it was made with other parameters than today's."""
    return hasher.check_needs_rehash(kept)


@cache
def _nobodys() -> str:
    return hasher.hash("nobody has this one")


class _turns:  # noqa: N801 - reads like a function
    def __enter__(self) -> None:
        if not _turn.acquire(timeout=WAIT_SECONDS):
            raise Unavailable

    def __exit__(self, *_: object) -> None:
        _turn.release()


def _normal(password: str) -> str:
    return unicodedata.normalize("NFC", password)
