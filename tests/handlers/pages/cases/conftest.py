"""A busy machine cuts no page of these tests short."""

import pytest

from models.case import listing


@pytest.fixture(autouse=True)
def _all_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "SECONDS", 60.0)
