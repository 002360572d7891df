"""What cannot be done, in the words of templates/labels/open311.toml. Several things may be wrong at once."""

from typing import Any

from flask import Response

from handlers.open311.answers import failed
from handlers.words import labels


class Trouble(Exception):  # noqa: N818 - an answer, not a fault
    """`status` as the specification has it: 403 for keys, 404 for what is not there, 429 for too much, else
    400; `said` are sentences."""

    def __init__(self, status: int, *said: str, retry_after: int = 0) -> None:
        super().__init__(status)
        self.status, self.said, self.retry_after = status, said, retry_after

    def response(self) -> Response:
        response = failed(self.status, *self.said)
        if self.retry_after:
            response.headers["Retry-After"] = str(self.retry_after)
        return response


def sentence(code: str, /, **facts: Any) -> str:
    return str(labels("open311")["errors"][code]).format(**facts)


def trouble(status: int, code: str, /, *, retry_after: int = 0, **facts: Any) -> Trouble:
    return Trouble(status, sentence(code, **facts), retry_after=retry_after)
