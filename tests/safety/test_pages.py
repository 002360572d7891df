"""Every page that anybody can come to: nothing of strangers in it, nothing broken behind it (I13, X24)."""

import re
from collections import Counter
from urllib.parse import urljoin, urlsplit

import pytest
from every_page import DIRECT, REFERENCES, STARTS, Seen, Walk, Walked
from flask import Flask

# Reached by a scanner, a program or what the demo's town does not have: each has tests of its own.
ELSEWHERE = re.compile(
    r"/(health|metrics|api|me|open311|wechat|static|reports|console/(again|login|logout|account|password))\b"
    r"|/media/|/picture|/photo/|/voucher/|/signatures/|/files/|/checked/|/receipt|/state$|<path:rest>"
    r"|/groups|/income/|/fees/visits/|/progress|\.xlsx$|/difference$|/odd$|/visits/|<key>$|/people/<public>$"
    r"|/screen\.js$"
)
INSIDE = re.compile(r"data:,|data:image/(png|svg\+xml);base64,[\w+/=]+|tel:[\d+-]+")
OURS = ("localhost", "")


@pytest.fixture
def app(walked_house: Walked) -> Flask:
    return walked_house.app


@pytest.fixture
def walked(walked_house: Walked) -> list[tuple[Walk, Seen]]:
    return walked_house.seen


def test_everybody_finds_pages_and_none_breaks(walked: list[tuple[Walk, Seen]]) -> None:
    visits = Counter(seen.who for _, seen in walked)
    assert min(visits.values()) >= 5
    assert not [(one.who, one.path, one.status) for _, one in walked if one.status >= 500]


def test_no_link_leads_nowhere(walked: list[tuple[Walk, Seen]]) -> None:
    starts = {*STARTS, *DIRECT}  # are not for everybody
    assert not [(one.who, one.path) for _, one in walked if one.status == 404 and one.path not in starts]


def test_every_page_of_the_house_was_come_to(app: Flask, walked: list[tuple[Walk, Seen]]) -> None:
    seen = {one.rule for _, one in walked}
    routes = {rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert not {rule for rule in routes - seen if not ELSEWHERE.search(rule)}


def test_no_page_is_heavy(app: Flask, walked: list[tuple[Walk, Seen]]) -> None:
    """Itself, its sheets and scripts, neither packed nor kept from the page before; photos come on top."""
    client, files = app.test_client(), dict[str, int]()

    def heavy(page: Seen) -> int:
        loaded = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page.html))
        for one in loaded - files.keys():
            files[one] = len(client.get(one).data)
        return len(page.html.encode()) + sum(files[one] for one in loaded)

    pages = [(heavy(one), one.who, one.path) for _, one in walked if one.kind == "text/html"]
    assert [one for one in pages if one[0] > (100_000 if one[1] in ("resident", "public") else 150_000)] == []
    assert min(pages)[0] > 30_000, "the sheets were not counted"


def test_every_reference_stays_with_us(walked: list[tuple[Walk, Seen]]) -> None:
    strangers, looked = set(), 0
    for _, page in walked:
        for tag, attributes in page.elements:
            for name in REFERENCES & attributes.keys():
                looked += 1
                there = attributes[name]
                if re.fullmatch(
                    r"data:,|data:image/(png|svg\+xml);base64,[\w+/=]+|tel:[\d+-]+|blob:.*", there
                ):
                    continue
                whole = urlsplit(urljoin(f"http://localhost{page.path}", there))
                if whole.scheme != "http" or whole.hostname not in OURS:
                    strangers.add((page.rule, tag, there))
    assert looked > 2000
    assert not strangers


def test_nothing_runs_or_looks_otherwise_than_the_policy_allows(walked: list[tuple[Walk, Seen]]) -> None:
    wrong = set()
    for _, page in walked:
        if page.kind != "text/html":
            continue
        assert "object-src 'none'" in page.policy
        assert "unsafe" not in page.policy
        for tag, attributes in page.elements:
            bad = [name for name in attributes if name.startswith("on") or name in ("style", "srcdoc")]
            if tag == "style" and "'sha256-" not in page.policy:
                bad.append(tag)
            if tag in ("iframe", "object", "embed", "base") or "inline" in attributes:
                bad.append(tag)
            nonced = re.search(r"'nonce-([\w-]+)'", page.policy)
            if tag == "script" and nonced and attributes.get("nonce") != nonced[1]:
                bad.append("script without nonce")
            if bad:
                wrong.add((page.rule, tag, *bad))
    assert not wrong


def test_every_form_that_changes_something_carries_a_key(walked: list[tuple[Walk, Seen]]) -> None:
    bare = {
        (page.rule, form.action)
        for _, page in walked
        for form in page.forms
        if form.method == "post" and "once" not in form.fields
    }
    assert not bare
