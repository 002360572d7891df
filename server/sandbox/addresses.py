"""The sandbox never stands beside the real platforms."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from urllib.parse import urlsplit


class RealAddress(RuntimeError):  # noqa: N818 - it names what was found
    """A base URL leads off this machine while the sandbox is on."""


def is_loopback(url: str) -> bool:
    """Whether the URL's host is this machine itself, by name or by literal address."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def refuse_real(urls: Iterable[str]) -> None:
    """Raise RealAddress, naming every base URL that is not loopback: play and earnest must not mix."""
    real = sorted({url for url in urls if not is_loopback(url)})
    if real:
        raise RealAddress(
            "the sandbox refuses to run beside real platform addresses: "
            + ", ".join(real)
            + "; switch [sandbox] off, or point every api_base_url to this machine"
        )
