"""A platform that does not answer is left alone for a while, and tried again with little (F1)."""

from datetime import datetime, timedelta

FAILURES = 5  # in a row, whoever the letter was for
FIRST_PAUSE = timedelta(seconds=3)
LONGEST_PAUSE = timedelta(seconds=25)


class Breaker:
    """One platform. Every process has its own: what is down shows itself to each within a few calls."""

    def __init__(self) -> None:
        self._in_a_row = 0
        self._pause = FIRST_PAUSE
        self.until: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self._in_a_row >= FAILURES

    def shut(self, at: datetime) -> bool:
        return self.until is not None and self.until > at

    def trying(self, at: datetime) -> None:
        """A few letters go to see whether it is back; until they say so no more follow."""
        if self.is_open:
            self.until = at + LONGEST_PAUSE

    def answered(self) -> None:
        self._in_a_row = 0
        self._pause = FIRST_PAUSE
        self.until = None

    def failed(self, at: datetime) -> None:
        self._in_a_row += 1
        if self.is_open:
            self.until = at + self._pause
            self._pause = min(self._pause * 2, LONGEST_PAUSE)

    def rest(self, until: datetime) -> None:
        """It told us when to come back."""
        self._in_a_row = max(self._in_a_row, FAILURES)
        self.until = until
