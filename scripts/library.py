"""Makes templates/static/library.css, what our pages use of Bootstrap, when hemei is installed or packed.

Bootstrap's whole sheet is 232 kB, more than a page may weigh in all, and dresses class names only. Of the
sheet that the package Bootstrap-Flask carries this keeps the rules about elements and about the classes that
templates/static/library.toml names, puts our selectors and colours in place of theirs, and leaves out
properties that nobody asks for (docs/decisions/0042).
"""

import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import tinycss2
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

HERE = Path(__file__).resolve().parent.parent / "templates" / "static"
MADE = HERE / "library.css"
SHEET = "static/bootstrap5/css/bootstrap.min.css"
CLASS = re.compile(r"\.(-?[A-Za-z_][\w-]*)")
ASKED = re.compile(r"var\(\s*(--[\w-]+)")
Rule = tuple[str, "str | list[Rule]"]  # a selector and its declarations, or a condition and its rules


class Library(BuildHookInterface[Any]):
    """What hatchling calls before it packs a wheel, the editable one of scripts/setup.sh too."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        MADE.write_text(made(), encoding="utf-8")
        build_data["artifacts"].append("/templates/static/library.css")  # because git ignores it


def made() -> str:
    """The sheet for our pages, the library's licence first."""
    package = find_spec("flask_bootstrap")
    if package is None or package.origin is None:
        raise SystemExit("The package bootstrap-flask is not installed.")
    text = (Path(package.origin).parent / SHEET).read_text(encoding="utf-8")
    wanted = tomllib.loads((HERE / "library.toml").read_text(encoding="utf-8"))
    own = "".join(one.read_text(encoding="utf-8") for one in HERE.glob("*.css") if one != MADE)
    licence = text[text.index("/*!") : text.index("*/") + 2]
    return f"{licence}\n{trimmed(text, wanted, own)}"


def trimmed(text: str, wanted: dict[str, Any], own: str) -> str:
    """`text` as `wanted` says: `dress` (a class of theirs: the selectors of ours that it dresses), `without`
    (parts of selectors that no page of ours has), `colours` (theirs: ours). Of its custom properties those
    stay that a kept rule or the sheet `own` asks for."""
    for theirs, ours in wanted["colours"].items():
        text = text.replace(theirs, ours)
    sheet = tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True)
    rules = list(_kept(sheet, wanted["dress"], wanted["without"]))
    return _written(rules, _asked(rules, set(ASKED.findall(own))))


def _kept(nodes: list[Any], dress: dict[str, str], without: list[str]) -> Iterator[Rule]:
    for node in nodes:
        if node.type == "qualified-rule":
            heads = [head for head in _parts(node.prelude) if not any(one in head for one in without)]
            heads = [_ours(head, dress) for head in heads if all(one in dress for one in CLASS.findall(head))]
            if heads:
                yield ",".join(heads), tinycss2.serialize(node.content)
        elif node.type == "at-rule" and node.at_keyword == "media":
            inside = tinycss2.parse_rule_list(node.content, skip_whitespace=True)
            yield f"@media {tinycss2.serialize(node.prelude).strip()}", list(_kept(inside, dress, without))


def _parts(prelude: list[Any]) -> list[str]:
    parts: list[list[Any]] = [[]]
    for token in prelude:
        if token == ",":
            parts.append([])
        else:
            parts[-1].append(token)
    return [tinycss2.serialize(part).strip() for part in parts]


def _ours(head: str, dress: dict[str, str]) -> str:
    return CLASS.sub(lambda found: f":is({dress[found[1]]})", head)


def _asked(rules: list[Rule], asked: set[str]) -> set[str]:
    """`asked`, what the values that stay ask for, and what those ask for in turn."""
    found: set[str] = set()
    for one in _every(rules):
        if not one.name.startswith("--") or one.name in asked:
            found.update(ASKED.findall(tinycss2.serialize(one.value)))
    return asked if found <= asked else _asked(rules, asked | found)


def _every(rules: list[Rule]) -> Iterator[Any]:
    for _, body in rules:
        yield from _declarations(body) if isinstance(body, str) else _every(body)


def _declarations(body: str) -> list[Any]:
    return [one for one in tinycss2.parse_blocks_contents(body) if one.type == "declaration"]


def _written(rules: list[Rule], asked: set[str]) -> str:
    lines = []
    for head, body in rules:
        if isinstance(body, str):
            said = [one for one in _declarations(body) if not one.name.startswith("--") or one.name in asked]
            inside = ";".join(one.serialize() for one in said)
        else:
            inside = _written(body, asked)
        if inside:
            lines.append(f"{head}{{{inside}}}\n")
    return "".join(lines)


if __name__ == "__main__":
    sys.stdout.write(made())
