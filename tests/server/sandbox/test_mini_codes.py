"""The simulator makes codes as the page says: what it takes, what it refuses."""

import json

import pytest
from sandbox_desk import Desk

PATH = "/wxa/getwxacodeunlimit"


@pytest.mark.parametrize(
    ("said", "errcode"),
    [
        ({}, 40129),
        ({"scene": "x" * 33}, 40169),
        ({"scene": "a b"}, 40169),
        ({"scene": "x", "page": "/pages/report/index"}, 41030),
        ({"scene": "x", "page": "pages/report/index?a=1"}, 41030),
        ({"scene": "x", "env_version": "beta"}, 40097),
        ({"scene": "x", "width": 200}, 40097),
    ],
)
def test_what_it_refuses(said: dict[str, object], errcode: int) -> None:
    assert Desk().mini(PATH, said)["errcode"] == errcode


def test_what_it_gives_is_a_picture() -> None:
    desk = Desk()
    token = desk.stable("mini")["access_token"]
    body = json.dumps({"scene": "x" * 32, "page": "pages/report/index", "width": 1280}).encode()
    status, headers, picture = desk.simulator.handle("mini", "POST", PATH, {"access_token": token}, body)
    assert (status, headers["Content-Type"], picture[:4]) == (200, "image/png", b"\x89PNG")
