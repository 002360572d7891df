"""Passwords that cost nothing, because what is tested is who gets in, and not how long it takes."""

import pytest
from argon2 import PasswordHasher

from models.account import hashing


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hashing, "hasher", PasswordHasher(1, 8, 1))
    hashing._nobodys.cache_clear()
