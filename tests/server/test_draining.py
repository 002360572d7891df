"""What a client still sends when it is refused is read, so that it can read the answer."""

import io
from typing import Any

import pytest

from server.draining import Draining

BODY = 3_000_000


def rest_of(status: str, **limits: Any) -> int:
    """How much of the body is left unread behind an answer of this status."""

    def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        environ["wsgi.input"].read(10)
        start_response(status, [])
        return [b"because"]

    body = io.BytesIO(b"x" * BODY)
    answered: list[str] = []
    environ = {"wsgi.input": body, "CONTENT_LENGTH": str(BODY)}
    said = Draining(application, **limits)(environ, lambda status, *_: answered.append(status))
    assert (answered, list(said)) == ([status], [b"because"])
    return len(body.read())


@pytest.mark.parametrize("status", ["413 Request Entity Too Large", "403 Forbidden", "404 Not Found"])
def test_a_refused_body_is_read_to_its_end(status: str) -> None:
    assert rest_of(status) == 0


def test_what_was_taken_is_left_alone() -> None:
    assert rest_of("200 OK") == BODY - 10


def test_nobody_sends_for_ever() -> None:
    assert rest_of("413 Request Entity Too Large", most_bytes=1_000_000) == BODY - 10 - 1_000_000
    assert rest_of("413 Request Entity Too Large", most_seconds=0) == BODY - 10


def test_a_request_without_a_body_is_not_waited_for() -> None:
    class Waits(io.BytesIO):
        def read(self, *_: Any) -> bytes:
            raise AssertionError("read")

    def application(_environ: dict[str, Any], start_response: Any) -> list[bytes]:
        start_response("404 Not Found", [])
        return [b"because"]

    Draining(application)({"wsgi.input": Waits()}, lambda *_: None)


class Waiting(io.BytesIO):
    """As a server whose input does not end where the body ends: who reads on waits for ever."""

    def read(self, size: int | None = -1, /) -> bytes:
        if size is None or size < 0 or self.tell() + size > BODY:
            raise AssertionError("waits")
        return super().read(size)

    def readline(self, size: int | None = -1, /) -> bytes:
        return self.read(size)


@pytest.mark.parametrize("taken", [10, BODY])
@pytest.mark.parametrize("how", ["read", "readline"])
def test_nobody_waits_for_more_than_the_body(taken: int, how: str) -> None:
    def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        assert len(getattr(environ["wsgi.input"], how)(taken)) == taken
        start_response("401 Unauthorized", [])
        return [b"because"]

    body = Waiting(b"x" * BODY)
    Draining(application)({"wsgi.input": body, "CONTENT_LENGTH": str(BODY)}, lambda *_: None)
    assert body.tell() == BODY
