"""A browser on a phone of the sandbox, as far as the story needs one: cookies, redirects, forms."""

import http.cookiejar
import json
import re
import urllib.parse
import urllib.request
from html import unescape
from typing import Any

SECONDS = 30


class Browser:
    """`phone` is whose telephone it is: page logins are that person's."""

    def __init__(self, base_url: str, phone: str) -> None:
        self._base = base_url
        self._phone = phone
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._opener = urllib.request.build_opener(jar)

    def tap_link(self, url: str) -> str:
        """As a link in a chat is opened. The page."""
        return self.open(f"/sandbox/open?{urllib.parse.urlencode({'phone': self._phone, 'url': url})}")

    def open(self, path: str) -> str:
        return self._sent(urllib.request.Request(self._base + path))  # noqa: S310 - our own demo, on loopback

    def submit(self, path: str, page: str) -> str:
        """The form of the page that goes to `path`, as it stands there. The page that follows."""
        found = re.search(rf'<form method="post" action="{re.escape(path)}">(.*?)</form>', page, re.DOTALL)
        fields = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', found[1] if found else "")
        body = urllib.parse.urlencode({name: unescape(value) for name, value in fields}).encode()
        headers = {"Origin": self._base, "Content-Type": "application/x-www-form-urlencoded"}
        return self._sent(urllib.request.Request(self._base + path, body, headers))  # noqa: S310

    def asked(self, path: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.open(path))
        return found

    def _sent(self, request: urllib.request.Request) -> str:
        with self._opener.open(request, timeout=SECONDS) as answer:
            return str(answer.read().decode())
