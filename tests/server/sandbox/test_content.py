"""Content safety: words are judged at once, pictures fetched and judged in an event, and only for an openid
that was seen within two hours."""

from __future__ import annotations

from typing import Any

import pytest
from sandbox_desk import Desk


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.wang.mini_seen_at = desk.clock()
    desk.simulator.mini.content.suspects["现金返还"] = ("risky", 20008)
    return desk


def words(desk: Desk, content: str = "周二停水", **more: Any) -> dict[str, Any]:
    said = {"version": 2, "scene": 3, "openid": "m-wang", "content": content, **more}
    return desk.mini("/wxa/msg_sec_check", said)


def picture(desk: Desk, **more: Any) -> dict[str, Any]:
    said = {"version": 2, "scene": 3, "openid": "m-wang", "media_url": "http://x/p", "media_type": 2, **more}
    return desk.mini("/wxa/media_check_async", said)


def test_an_errcode_of_zero_alone_does_not_mean_clean(desk: Desk) -> None:
    assert words(desk)["result"] == {"suggest": "pass", "label": 100}
    bad = words(desk, "缴费有现金返还")
    assert (bad["errcode"], bad["result"]) == (0, {"suggest": "risky", "label": 20008})


@pytest.mark.parametrize(
    ("more", "code"),
    [({"version": 1}, 47001), ({"scene": 5}, 47001), ({"content": ""}, 44002),
     ({"content": "字" * 2501}, 45002), ({"openid": "m-nobody"}, 40003)],
)  # fmt: skip
def test_what_the_page_does_not_allow_is_refused(desk: Desk, more: dict[str, Any], code: int) -> None:
    assert words(desk, **more)["errcode"] == code


def test_who_has_not_opened_the_mini_program_for_two_hours_cannot_be_asked_about(desk: Desk) -> None:
    desk.clock.turn(7199)
    assert words(desk)["errcode"] == 0
    desk.clock.turn(2)
    assert words(desk)["errcode"] == 61010
    assert picture(desk)["errcode"] == 61010


def test_a_picture_is_only_promised_and_judged_later(desk: Desk) -> None:
    told: list[str] = []
    desk.simulator.mini.content.tell = told.append
    trace = picture(desk)["trace_id"]
    assert told == [trace]
    desk.simulator.mini.content.answers = False
    picture(desk)
    assert told == [trace]


def test_an_address_that_nobody_can_fetch_is_said_in_the_event(desk: Desk) -> None:
    trace = picture(desk, media_url="http://127.0.0.1:9/nothing")["trace_id"]
    event = desk.simulator.mini.content.event(trace)
    assert (event["trace_id"], event["errcode"]) == (trace, -1008)
    assert "result" not in event
