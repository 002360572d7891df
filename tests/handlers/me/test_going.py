"""Where somebody goes after coming in: one of these pages, and nowhere else (A8)."""

import pytest

from handlers.me.coming import own_path


@pytest.mark.parametrize(
    "asked",
    [
        "https://evil.example/",
        "//evil.example",
        "/me//evil",
        "/\\evil.example",
        "/me/../console",
        "/meow",
        "/me/back?code=1",
        "/me?next=https://evil.example",
        "/me\n",
        "/me/%2e%2e/console",
        "",
        "/me/" + "a" * 600,
    ],
)
def test_nobody_is_led_to_another_place(asked: str) -> None:
    assert own_path(asked) == "/me"


@pytest.mark.parametrize("asked", ["/me", "/me?", "/me/report?door=a-b_C", "/me/cases/x?cursor=y"])
def test_everybody_is_led_to_these_pages(asked: str) -> None:
    assert own_path(asked) == asked.removesuffix("?")
