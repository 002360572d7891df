"""Hashes of passwords are made by two threads, whoever asks: each that made one keeps its memory."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from models.account import hashing


class _Cheap:
    """Notes which thread it was called in."""

    def __init__(self) -> None:
        self.threads: set[int] = set()

    def hash(self, password: str) -> str:
        self.threads.add(threading.get_ident())
        return f"hash of {password}"

    def verify(self, kept: str, password: str) -> bool:
        self.threads.add(threading.get_ident())
        return kept == f"hash of {password}"


def test_a_burst_hashes_in_two_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    cheap = _Cheap()
    monkeypatch.setattr(hashing, "hasher", cheap)
    begin = threading.Barrier(8)

    def one(_: int) -> bool:
        begin.wait(60)
        return hashing.matches(hashing.hash_of("1"), "1") and not hashing.matches("hash of 2", "1")

    with ThreadPoolExecutor(8) as callers:
        assert all(callers.map(one, range(8)))
    assert len(cheap.threads) <= hashing.AT_ONCE


def test_a_hash_is_of_this_password_alone() -> None:
    kept = hashing.hash_of("育英小区的灯")
    assert hashing.matches(kept, "育英小区的灯")
    assert not hashing.matches(kept, "育英小区的门")
    assert not hashing.matches(None, "育英小区的灯")
