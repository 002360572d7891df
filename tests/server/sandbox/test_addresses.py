"""Play and earnest never mix."""

from __future__ import annotations

import pytest

from server.sandbox.addresses import RealAddress, refuse_real


def test_loopback_addresses_are_welcome() -> None:
    refuse_real(
        [
            "http://127.0.0.1:8000/sandbox/platform/official",
            "http://localhost/x",
            "http://[::1]:80",
            "http://127.9.9.9",
        ]
    )


@pytest.mark.parametrize(
    "url",
    [
        "https://api.weixin.qq.com", "https://qyapi.weixin.qq.com", "http://10.0.0.1", "http://127.0.0.1.evil.example",
        "http://localhost.example", "", "api.weixin.qq.com",
    ],
)  # fmt: skip
def test_everything_else_is_refused_by_name(url: str) -> None:
    with pytest.raises(RealAddress) as refusal:
        refuse_real(["http://127.0.0.1:1", url])
    assert url in str(refusal.value)
    assert "127.0.0.1:1" not in str(refusal.value)
