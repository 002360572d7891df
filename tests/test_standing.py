"""What tests look for with `standing` is found where somebody would read it, and not inside an id."""

import json
from urllib.parse import quote

import pytest
from standing import standing


@pytest.mark.parametrize(
    "text",
    [
        "501",
        "2单元501室",
        "<td>501</td>",
        'value="501"',
        "501.00元",
        "-501",
        "3-2-501",
        "501-502",
        "房号：501，",
        "/homes/501?x",
        "room=501&unit=2",
        json.dumps({"room": "单元501室"}),
        repr({"room": "单元\n501"}),
        quote("2单元501室"),
    ],
)
def test_what_somebody_would_read_is_found(text: str) -> None:
    assert standing("501", text) == ["501"]


@pytest.mark.parametrize(
    "text",
    [
        "编号 6501866a",
        'nonce="Zk501xQ3bT"',
        "/media/aB-501_q",
        "/p/x501-Ab",
        "/p/501-Ab",
        "c9f1-501a-77",
        "15012",
        "2026-11-22T10:31:17.501234",
        "main-50124.css",
        "",
    ],
)
def test_what_is_a_part_of_something_else_is_not(text: str) -> None:
    assert standing("501", text) == []


def test_several_are_looked_for_at_once_the_longer_ones_too() -> None:
    text = "18765分，CASH-77，10.01元，110.01元，a187"
    assert standing(r"187|18765|10\.01|CASH-77", text) == ["18765", "CASH-77", "10.01"]
