"""Who asks: the address and the browser of a request, as logging in knows them."""

from ipaddress import IPv6Address, ip_address, ip_network

from flask import request

from handlers.console.cookies import browser_of
from handlers.words import labels
from models.account.entering import Browser

IN_WORK, IN_WECHAT = "wxwork", "MicroMessenger"


def browser(key: str | None = None) -> Browser:
    """`key`: what the browser has just been given, when it has nothing of ours yet."""
    name = request.headers.get("User-Agent", "")
    return Browser(_place(request.remote_addr or ""), name[:200], browser_of() if key is None else key)


def in_app(is_demo_phone: bool) -> str | None:
    """In which app of the platform this page is open: it says by itself who holds the phone."""
    name = request.headers.get("User-Agent", "")
    if IN_WORK in name or is_demo_phone:
        return "work"
    return "official" if IN_WECHAT in name else None


def browser_name(said: str) -> str:
    """What people call their browser and their machine, by what it says of itself."""
    known = labels("browsers")
    parts = [
        next((word for sign, word in known[of].items() if sign.lower() in said.lower()), "")
        for of in ("programs", "machines")
    ]
    return "，".join(part for part in parts if part) or str(known["unknown"])


def _place(address: str) -> str:
    """One machine is one place, and so is all that a provider gives to one home: /64."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ip_network(f"{found}/64", strict=False))
    return str(found)
