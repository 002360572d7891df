"""The picture of a code for joining is made anew from its pixels, whatever the platform's address gave."""

import io
from typing import Any

import pytest
from PIL import Image

from server.channels.base import Permanent, Transient
from server.joining import JoinCodes, png


def picture(width: int, height: int, form: str = "PNG", **more: Any) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (width, height), "white").save(written, form, **more)
    return written.getvalue()


@pytest.mark.parametrize("form", ["PNG", "JPEG"])
def test_a_code_is_a_plain_png(form: str) -> None:
    made = Image.open(io.BytesIO(png(picture(300, 300, form))))
    assert (made.format, made.size, made.info.get("exif")) == ("PNG", (300, 300), None)


@pytest.mark.parametrize(
    "data", [b"", b"<html>", picture(300, 300)[:200], picture(9, 9, "GIF"), b"\x89PNG\r\n\x1a\n"]
)
def test_what_is_no_picture_is_asked_for_again(data: bytes) -> None:
    with pytest.raises(Transient):
        png(data)


def test_a_huge_picture_is_refused() -> None:
    with pytest.raises((Permanent, Transient)):
        png(picture(2100, 2000))
    with pytest.raises((Permanent, Transient)):
        png(picture(7000, 7000))


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("https://qyapi.example.org/cgi/x.png", "https://qyapi.example.org/cgi/x.png"),
        ("http://p.qpic.cn/wwhead/abc/0", "https://p.qpic.cn/wwhead/abc/0"),
        ("https://wework.qpic.cn/a", "https://wework.qpic.cn/a"),
        ("http://127.0.0.1/x", None),
        ("https://evil.example/p.qpic.cn", None),
        ("https://p.qpic.cn.evil.example/", None),
        ("https://evilqpic.cn/", None),
        ("file:///etc/passwd", None),
        ("http://[::1", None),
        ("", None),
    ],
)
def test_only_the_platforms_own_addresses_are_asked(address: str, allowed: str | None) -> None:
    codes = JoinCodes(None, None, "https://qyapi.example.org", lambda: None)  # type: ignore[arg-type,return-value]
    if allowed is None:
        with pytest.raises(Permanent):
            codes._allowed(address)
    else:
        assert str(codes._allowed(address)) == allowed
