"""An account's access token for whoever answers a person in front of a screen: the one that all processes
share (models/outbox/tokens.py), fetched by whoever finds it old, waited for by the others, within seconds.
"""

import secrets
import time
from collections.abc import Callable
from datetime import timedelta

from handlers.database import Database
from models.base.clock import now
from models.base.refusals import Refused
from models.outbox import tokens
from models.outbox.tokens import Held

LEASE = timedelta(seconds=20)  # as server/tokens.py
PAUSE = timedelta(seconds=5)
POLL_SECONDS = 0.1
BAD_TOKEN = {40001, 40014, 42001}

Fetch = Callable[[float], dict[str, object]]  # asks the platform within so many seconds


class HeldToken:
    """`row` names the account. `margin`: so long before its end it is taken for old. Thread-safe."""

    def __init__(
        self, database: Database, row: str, fetch: Fetch, away: Callable[[], Refused], margin: timedelta
    ) -> None:
        self._database, self._row, self._fetch_it, self._away = database, row, fetch, away
        self._margin = margin
        self._who = secrets.token_hex(8)

    def used(self, ask: Callable[[str], dict[str, object]], until: float) -> dict[str, object]:
        """What the platform answers to `ask` with a token that it takes; a refused one is renewed once.
        `until`: of the monotonic clock. Raises what `away` makes."""
        refused: Held | None = None
        said: dict[str, object] = {}
        for _ in range(2):
            held = self._current(refused, until)
            said = ask(str(held.value))
            if said.get("errcode") not in BAD_TOKEN:
                break
            refused = held
        return said

    def _current(self, refused: Held | None, until: float) -> Held:
        while time.monotonic() < until:
            with self._database.read():
                held = tokens.held(self._row, now())
            is_newer = refused is None or held.version > refused.version
            if held.value is not None and is_newer:
                return held
            if held.refused_until is not None and held.refused_until > now():
                break
            if self._database.write(tokens.begin_refresh, self._row, self._who, held.version, now(), LEASE):
                self._fetch(until)
            else:
                time.sleep(POLL_SECONDS)
        raise self._away()

    def _fetch(self, until: float) -> None:
        """Raises; then nobody tries again for a moment."""
        value = None
        try:
            said = self._fetch_it(until - time.monotonic())
            value, seconds = said.get("access_token"), said.get("expires_in")
        finally:
            if not isinstance(value, str) or not value:
                self._database.write(tokens.give_up, self._row, self._who, now() + PAUSE)
        if not isinstance(value, str) or not value:
            raise self._away()
        lasts = timedelta(seconds=seconds if isinstance(seconds, int) else 7200)
        expires = now() + lasts - min(self._margin, lasts / 2)
        self._database.write(tokens.store, self._row, self._who, value, expires)
