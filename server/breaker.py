"""A platform that does not answer is left alone for a while, and tried again with little (F1)."""

from datetime import datetime, timedelta

FAILURES = 5  # in a row, whoever the letter was for
AT_ONCE = 40  # the same while it answers others: of calls under way the bad answers come first
LATELY = timedelta(seconds=1)
FIRST_PAUSE = timedelta(seconds=3)
LONGEST_PAUSE = timedelta(seconds=25)
SOON = timedelta(seconds=2)


class Breaker:
    """One platform. Every process has its own: what is down shows itself to each within a few calls."""

    def __init__(self) -> None:
        self._in_a_row = 0
        self._pause = FIRST_PAUSE
        self._probing = False
        self._answered_at: datetime | None = None
        self._probes = 0
        self.is_open = False
        self.until: datetime | None = None

    def shut(self, at: datetime) -> bool:
        return self.until is not None and self.until > at

    def rests_until(self, at: datetime) -> datetime | None:
        """Until when letters are put by; None when they may go. Not for long while a probe is under way,
        because it is back as soon as that one is answered."""
        if self.until is None or not self.shut(at):
            return None
        return min(self.until, at + SOON) if self._probing else self.until

    def trying(self, at: datetime) -> None:
        """One letter goes to see whether it is back; until it says so no more follow."""
        if self.is_open:
            self._probing = True
            self._probes += 1
            self.until = at + LONGEST_PAUSE

    @property
    def in_doubt_first(self) -> bool:
        """Every second probe is a letter whose outcome is in doubt already, lest more come into doubt; the
        others are not, because one that always fails would keep it shut for ever."""
        return self._probes % 2 == 0

    def answered(self, at: datetime) -> None:
        self._in_a_row = 0
        self._pause = FIRST_PAUSE
        self._probing = self.is_open = False
        self._answered_at = at
        self.until = None

    def failed(self, at: datetime, since: datetime | None = None) -> None:
        """`since`: when this letter failed first."""
        self._probing = False
        if self._is_its_own(since):
            if self.is_open:
                self.until = at + SOON
            return
        self._in_a_row += 1
        answers_others = self._answered_at is not None and at - self._answered_at < LATELY
        if self.is_open or self._in_a_row >= (AT_ONCE if answers_others else FAILURES):
            self.is_open = True
            self.until = at + self._pause
            self._pause = min(self._pause * 2, LONGEST_PAUSE)

    def rest(self, until: datetime) -> None:
        """It told us when to come back."""
        self.is_open = True
        self.until = until

    def _is_its_own(self, since: datetime | None) -> bool:
        """The platform has answered others since: what fails is the letter, and not the platform."""
        return since is not None and self._answered_at is not None and since < self._answered_at
