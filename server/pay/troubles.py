"""What can become of a call to WeChat Pay, besides an answer that is believed.

Refused    the platform said no, with a code: nothing happened
Unknown    it may have happened: no answer, or one that says nothing
NotSent    an Unknown of which one thing is known: it did not happen, because it never went out
Forged     somebody answered whose signature is not the platform's: nothing of it is believed
"""

COME_AGAIN = {"FREQUENCY_LIMITED", "RATELIMIT_EXCEEDED", "STATEMENT_CREATING"}


class Trouble(Exception):  # noqa: N818 - reads as what happened
    """`reason` is a code for the log and for the row that waits; never what was sent."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Refused(Trouble):
    """`code` as the platform spells it (ORDERPAID, NOT_ENOUGH …); `later`: it asks to come again."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(f"{code} {message}".strip())
        self.status = status
        self.code = code
        self.message = message

    @property
    def later(self) -> bool:
        return self.status == 429 or self.code in COME_AGAIN


class Unknown(Trouble):
    pass


class NotSent(Unknown):
    pass


class Forged(Trouble):
    """`reason`: header, probe, time, serial, signature."""
