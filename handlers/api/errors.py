"""One shape for whatever goes wrong: a code for programs, a sentence for people, the field it is about."""

from typing import Any

import msgspec
from flask import Response

from handlers.api.shapes import Shape
from handlers.words import labels, refusal
from models.base.refusals import Invalid, NotFound, Refused

JSON = "application/json"
CASE = "case_not_found"  # by which programs know that a case, and not a page, is not theirs


class Error(Shape):
    code: str
    message: str
    field: str | None


class Trouble(Shape):
    """The body of every answer from 400 on."""

    error: Error


class LoginNeeded(Refused):
    """No token, or one that is over."""

    status = 401


class Needed(Refused):
    """Something of the person's is missing first: consent_needed, place_consent_needed, phone_needed or
    home_needed."""

    status = 403


class TooOften(Refused):
    """`seconds` until it may be tried again."""

    status = 429


class Away(Refused):
    """A platform that must be asked first does not answer."""

    status = 503


class WrongType(Refused):
    status = 415


class TooLarge(Refused):
    status = 413


def wrong(code: str, field: str, **facts: Any) -> Invalid:
    """What was sent cannot be used, and which field it is about ("photos.0")."""
    return Invalid(code, field=field, **facts)


def not_there() -> NotFound:
    """The same for what is not there and what is not this person's to see."""
    return NotFound("not_found")


def trouble(refused: Refused) -> Response:
    """The answer to a refusal."""
    field = refused.facts.get("field")
    if isinstance(refused, NotFound) and refused.code != CASE:
        # because how it was looked for must not say whether it is there
        refused = not_there()
    made = said(refused.status, refused.code, sentence(refused), field if isinstance(field, str) else None)
    if "seconds" in refused.facts:
        made.headers["Retry-After"] = str(refused.facts["seconds"])
    if refused.status == LoginNeeded.status:
        made.headers["WWW-Authenticate"] = "Bearer"
    return made


def said(status: int, code: str, message: str, field: str | None = None) -> Response:
    body = msgspec.json.encode(Trouble(error=Error(code=code, message=message, field=field)))
    return Response(body, status, content_type=JSON)


def sentence(refused: Refused) -> str:
    own = labels("api_errors").get(refused.code)
    return str(own) if own is not None else refusal(refused)
