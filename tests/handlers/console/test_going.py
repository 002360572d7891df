"""After logging in one goes to a page of the console, whatever the address says (A8)."""

from urllib.parse import urlsplit

import pytest

from handlers.console.going import safe_next

ELSEWHERE = [
    "https://else.example", "https://else.example/console", "//else.example", "///else.example",
    "////else.example", "/\\else.example", "\\/else.example", "\\\\else.example", "/\t/else.example",
    "/\n/else.example", "\t//else.example", " //else.example", "http:else.example", "https:/else.example",
    "https:///else.example", "javascript:alert(1)", "JavaScript:alert(1)", "java\nscript:alert(1)",
    "data:text/html,x", "vbscript:x", "file:///etc/passwd", "ftp://else.example", "blob:x", "about:blank",
    "/console//else.example", "/console/..//else.example", "/console/../p/x", "/console/%2e%2e/p/x",
    "/console/..%2f..%2fp", "/console/%2f/else.example", "/console\\@else.example", "/console@else.example",
    "/console.else.example", "/consoles", "/console:80", "/console/%5c%5celse.example", "console",
    "http://localhost@else.example", "http://localhost.else.example", "https://else.example#/console",
    "https://else.example?/console", "/q/x", "/", "", "/sandbox/open?url=https://else.example",
    "/console/login?next=https://else.example", "/console/logout", "/console/password/x",
    "/console/a\r\nLocation: https://else.example", "/console/a%0d%0aSet-Cookie:x", "/console/\u2028x",
    "/console/\x00", "/console/好", "〱/else.example", "／／else.example", "/．./x", "/console/x" * 100,
    "http://[::1]/", "//[::1]/", "?next=//else.example", "#//else.example", ".", "..", "//",
]  # fmt: skip


@pytest.mark.parametrize("asked", ELSEWHERE)
def test_no_word_in_the_address_leads_elsewhere(asked: str):
    """Of the many ways in which a browser reads another host out of a path."""
    gone = safe_next(asked)
    assert gone == "/console" or (asked == gone and urlsplit(gone).netloc == "" and ".." not in gone)
    if "else.example" in asked.partition("?")[0] or not asked.startswith("/console"):
        assert gone == "/console"


@pytest.mark.parametrize(
    "asked", ["/console", "/console/chain/limits?page=2&of=%E8%82%B2", "/console/cases/57240"]
)
def test_a_page_of_ours_is_where_one_goes(asked: str):
    assert safe_next(asked) == asked
