"""What our pages take of the library of sheets, and that the sheet they load is that."""

import tomllib
from typing import Any

import library
import pytest

from handlers.pages.front import asset

WANTED: dict[str, Any] = {
    "dress": {"btn": "button, :where(a.button)", "btn-stop": "button:where(.stop)", "hid": ".hid, .away"},
    "without": ["legend"],
    "colours": {"#00f": "var(--green)", "0, 0, 255": "var(--green-rgb)"},
}


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("p{margin:0}", "p{margin:0}\n"),
        (".nav{margin:0}", ""),
        ("p,.nav,h1{margin:0}", "p,h1{margin:0}\n"),
        ("legend,p{margin:0}", "p{margin:0}\n"),
        (".btn:hover{top:0}", ":is(button, :where(a.button)):hover{top:0}\n"),
        (".btn-stop .hid{top:0}", ":is(button:where(.stop)) :is(.hid, .away){top:0}\n"),
        (".btn.show{top:0}", ""),
        ("a:not(.btn,b){top:0}", "a:not(:is(button, :where(a.button)),b){top:0}\n"),
        ("p{color:#00f;fill:rgb(0, 0, 255)}", "p{color:var(--green);fill:rgb(var(--green-rgb))}\n"),
        ("p{top:0!important}", "p{top:0!important}\n"),
        ("p{background:url(\"data:image/svg+xml,%3csvg a=';'%3e\")}", None),
        ("@media print{.nav{top:0}}", ""),
        ("@media print{.nav{top:0}p{top:0}}", "@media print{p{top:0}\n}\n"),
        ("@font-face{font-family:x}", ""),
        ("@keyframes x{from{top:0}}", ""),
    ],
)
def test_a_rule_stays_for_elements_and_for_what_is_named(theirs: str, ours: str | None) -> None:
    assert library.trimmed(theirs, WANTED, "") == (f"{theirs}\n" if ours is None else ours)


def test_a_property_stays_that_somebody_asks_for() -> None:
    theirs = ":root{--a:1;--b:var(--c,2);--c:3;--d:var(--e);--e:4;--f:5}p{top:var(--b)}.nav{top:var(--f)}"
    ours = ":root{--b:var(--c,2);--c:3;--e:4}\np{top:var(--b)}\n"
    assert library.trimmed(theirs, WANTED, "b{top:calc(1px + var(--e))}") == ours


def test_the_pages_load_what_the_package_gives_now() -> None:
    assert library.MADE.read_text(encoding="utf-8") == library.made(), (
        "make .venv/.ready-to-test makes it again"
    )
    assert asset("library.css").startswith("/static/library.")


def test_everything_that_is_named_is_in_the_library() -> None:
    """A name that the next version of the library no longer has would leave its elements bare."""
    wanted = tomllib.loads((library.HERE / "library.toml").read_text(encoding="utf-8"))
    made = library.made()
    assert [ours for ours in wanted["dress"].values() if f":is({ours})" not in made] == []
    assert [ours for ours in wanted["colours"].values() if ours not in made] == []
    assert "#0d6efd" not in made
    assert "Licensed under MIT" in made
