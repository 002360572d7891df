"""The help for staff: docs/zh, the files that a reader of the repository sees, as pages of the console."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from typing import NamedTuple
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from models.base.refusals import NotFound
from models.base.resources import manual

HELP = "/console/help"
FIRST = "README"  # what a repository shows of a folder


class Chapter(NamedTuple):
    """`body` is HTML without its title; nothing in it is anybody's but ours, and HTML in the file is text."""

    title: str
    body: Markup


@cache
def chapter(name: str) -> Chapter:
    """Raises NotFound: page_not_found for a name that is no file of docs/zh."""
    if name not in chapters():
        raise NotFound("page_not_found")
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = markdown.parse(_text(name))
    for token in _all(tokens):
        _led(token)
    for token in tokens:
        token.children = token.children and list(_to_open(token.children))
    for heading, inline in pairwise(tokens):
        if heading.type == "heading_open":
            heading.attrSet("id", anchor(inline.content))
    title = tokens[1].content
    return Chapter(title, Markup(markdown.renderer.render(tokens[3:], markdown.options, {})))  # noqa: S704


@cache
def chapters() -> tuple[str, ...]:
    """Their names, without .md."""
    files = (one.name for one in manual().iterdir())
    return tuple(sorted(name.removesuffix(".md") for name in files if name.endswith(".md")))


@cache
def headings() -> dict[str, str]:
    """By the words of every heading of second order its address in the console."""
    return {
        words: f"{HELP}/{name}#{anchor(words)}"
        for name in chapters()
        for words in re.findall(r"(?m)^## (.+)$", _text(name))
    }


@cache
def picture(name: str) -> bytes:
    """Raises NotFound: page_not_found for what is no picture of docs/zh/images."""
    for one in (manual() / "images").iterdir():
        if one.name == f"{name}.png":
            return one.read_bytes()
    raise NotFound("page_not_found")


def anchor(words: str) -> str:
    """As GitHub makes it, so that a link leads there in both places."""
    return re.sub(r"[^\w\- ]", "", words.lower()).replace(" ", "-")


def _text(name: str) -> str:
    return (manual() / f"{name}.md").read_text(encoding="utf-8")


def _all(tokens: Sequence[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _all(token.children or ())


def _led(token: Token) -> None:
    """A link between files becomes one between pages."""
    if token.type == "link_open":
        file, mark, place = unquote(str(token.attrGet("href"))).partition("#")
        if file.endswith(".md"):
            name = file.removesuffix(".md")
            token.attrSet("href", (HELP if name == FIRST else f"{HELP}/{name}") + mark + place)
    elif token.type == "image":
        token.attrSet("src", f"{HELP}/{str(token.attrGet('src')).removesuffix('.png')}.png")
        token.attrSet("loading", "lazy")


def _to_open(tokens: Sequence[Token]) -> Iterator[Token]:
    """Each picture a link to itself, because a wide one is small on a telephone."""
    for token in tokens:
        if token.type == "image":
            yield Token("link_open", "a", 1, attrs={"href": str(token.attrGet("src"))})
            yield token
            yield Token("link_close", "a", -1)
        else:
            yield token
