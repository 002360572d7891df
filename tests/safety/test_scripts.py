"""Whatever stands in the database, wherever it came from: on a page it is text (I1, I3).

Every column that holds words is filled with markup, past every check that a form or an import may have.
"""

import io
import json
import re
import sqlite3
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from every_page import REFERENCES, Element, Seen, everybodys_pages, everything_on, furnished, read
from hostile_words import FORMULAS, MARKUP
from openpyxl import load_workbook

from server.database import Database

WORDS = re.compile(r"[\u4e00-\u9fff]")
KINDS = {("grids", "kind")}  # a word of ours, by which pages look things up
FEW = ("community", "supervisor", "keeper")
STRANGE = ("iframe", "base", "link", "meta", "style", "math", "mglyph", "object", "embed")
MARK = re.compile(r"alert\(|evil\.example")


_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE '%WITHOUT ROWID%'"


def fill(file: Path, payloads: Iterator[str]) -> set[tuple[str, str]]:
    """Puts them wherever words stand now; the columns where they did."""
    filled = set()
    base = sqlite3.connect(file)
    for (trigger,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        base.execute(f'DROP TRIGGER "{trigger}"')
    for (table,) in base.execute(_TABLES).fetchall():
        for _, column, *_ in base.execute(f'PRAGMA table_info("{table}")').fetchall():
            look = f'SELECT rowid, "{column}" FROM "{table}" WHERE typeof("{column}") = \'text\''
            for row, value in base.execute(look).fetchall():
                made = hostile(value, payloads)
                if made != value and (table, column) not in KINDS:
                    filled.add((table, column))
                    change = f'UPDATE "{table}" SET "{column}" = ? WHERE rowid = ?'
                    base.execute(change, (made, row))
    base.commit()
    base.close()
    return filled


def hostile(value: str, payloads: Iterator[str]) -> str:
    """The same, with a payload for every text with a Chinese word in it."""
    if value[:1] in "[{":
        try:
            return json.dumps(hostile_within(json.loads(value), payloads))
        except ValueError:
            pass
    return next(payloads) if WORDS.search(value) else value


def hostile_within(value: Any, payloads: Iterator[str]) -> Any:
    if isinstance(value, dict):
        return {name: hostile_within(one, payloads) for name, one in value.items()}
    if isinstance(value, list):
        return [hostile_within(one, payloads) for one in value]
    return next(payloads) if isinstance(value, str) and WORDS.search(value) else value


def markup_in(page: Seen) -> Iterator[str]:
    """What came to life: elements and attributes that no template of ours has."""
    for tag, attributes in page.elements:
        if tag in STRANGE and MARK.search(str(attributes)):
            yield tag
        if tag == "script" and ("inline" in attributes or "nonce" not in attributes):
            yield tag
        for name, value in attributes.items():
            if name.startswith("on") or MARK.search(name):
                yield f"{tag} {name}"
            if name in REFERENCES and not _is_ours(page.path, value):
                yield f"{tag} {name}={value[:60]}"


def _is_ours(page: str, there: str) -> bool:
    if re.fullmatch(r"data:(,|image/(png|svg\+xml);base64,.*)|tel:[\d+-]+", there):
        return True
    whole = urlsplit(urljoin(f"http://localhost{page}", there.strip()))
    return whole.scheme == "http" and whole.hostname == "localhost"


@pytest.fixture(scope="module")
def walked(
    tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path
) -> Iterator[tuple[set[tuple[str, str]], list[Seen]]]:
    folder = tmp_path_factory.mktemp("scripts")
    file = furnished(sqlite_template, folder)
    # at once unlike each other, because names are
    filled = fill(
        file,
        (
            f"{words} {n}"
            for n, words in enumerate(cycle(each for both in zip(MARKUP, cycle(FORMULAS)) for each in both))
        ),
    )
    database = Database(f"sqlite:///{file}")
    yield filled, [seen for _, seen in everybodys_pages(everything_on(folder, database), 1, FEW)]
    database.close()


def test_words_from_everywhere_stand_on_pages_and_nothing_comes_to_life(
    walked: tuple[set[tuple[str, str]], list[Seen]],
) -> None:
    filled, pages = walked
    assert len(filled) > 40
    assert len(MARKUP) > 300
    shown = sum(bool(MARK.search(read(page.path, page.html)[2])) for page in pages)
    assert shown > 60
    assert not [(page.who, page.path) for page in pages if page.status >= 500]
    assert not {(page.rule, found) for page in pages for found in markup_in(page)}


def test_no_cell_of_any_export_is_a_formula(
    walked: tuple[set[tuple[str, str]], list[Seen]],
) -> None:
    files = [page for page in walked[1] if page.sheets]
    assert len({page.rule for page in files}) > 8
    cells = [
        (page.rule, cell)
        for page in files
        for sheet in load_workbook(io.BytesIO(page.sheets))
        for row in sheet
        for cell in row
        if isinstance(cell.value, str)
    ]
    assert sum(cell.value.startswith(("=", "＝", "@", "＠")) for _, cell in cells) > 10
    assert {cell.data_type for _, cell in cells} == {"s"}
    assert not [
        rule for rule, cell in cells if cell.value.startswith(tuple("=+-@＝＋－＠")) and not cell.quotePrefix
    ]


def test_the_look_for_what_came_to_life_finds_it() -> None:
    for words in (
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        '<a href="javascript:alert(1)">',
    ):
        page = Seen("", "/", "", 200, "text/html", "", "", *read("/", words)[:2])
        assert list(markup_in(page)), words
    assert not list(markup_in(Seen("", "/", "", 200, "", "", "", [Element("a", {"href": "/x"})], [])))
