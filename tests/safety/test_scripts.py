"""Whatever stands in the database, wherever it came from: on a page it is text (I1, I3).

Every column that holds words is filled with markup, past every check that a form or an import may have.
"""

import io
import re
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from every_page import REFERENCES, Element, Seen, everybodys_pages, everything_on, furnished, read
from hostile_town import fill
from hostile_words import FORMULAS, MARKUP
from openpyxl import load_workbook

from server.database import Database

FEW = ("community", "supervisor", "keeper")
STRANGE = ("iframe", "base", "link", "meta", "style", "math", "mglyph", "object", "embed")
MARK = re.compile(r"alert\(|evil\.example")


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
