"""Errors that a person can read: a code names the words in templates/, facts fill them."""

from typing import Any


class Refused(Exception):  # noqa: N818 - a refusal is an answer, not a fault
    """A verb that may not happen. `code` is a key of templates/labels/refusals.toml."""

    status = 409

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


class NotAllowed(Refused):
    """The thing is there and visible, but this move is not open (to this person, or from this state)."""

    status = 409


class NotFound(Refused):
    """Not there, or not visible to this person: the same answer for both."""

    status = 404


class Invalid(Refused):
    """What was sent cannot be used; says which part and why."""

    status = 422


class Unavailable(Exception):  # noqa: N818
    """The database cannot take this now; the caller may try again in a moment (503)."""
