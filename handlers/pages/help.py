"""The help in the console: the folder docs/zh, a page for each of its files. Whoever has a post reads it."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from flask import Response

from handlers.guards import Guard
from handlers.pages.access import Access
from handlers.pages.chain.sight import staff_of_link
from handlers.pages.front import Front, download, show
from handlers.wording import manual

Route = tuple[Guard, str, str, Callable[..., Any]]


def help_routes(front: Front) -> Iterator[Route]:
    """(Guard, rule, name, view)."""
    yield "staff", manual.HELP, "help", partial(chapter, front, name=manual.FIRST)
    yield "staff", f"{manual.HELP}/<name>", "help_chapter", partial(chapter, front)
    yield "staff", f"{manual.HELP}/images/<name>.png", "help_picture", partial(picture, front)


def chapter(front: Front, access: Access, name: str) -> Response:
    """Raises NotFound for whoever has no post, and for a name that none of the files has."""
    _staff(front, access)
    return show("help/chapter.html", chapter=manual.chapter(name), is_first=name == manual.FIRST)


def picture(front: Front, access: Access, name: str) -> Response:
    """The same of a picture of docs/zh/images."""
    _staff(front, access)
    response = download(manual.picture(name), "image/png", f"{name}.png", inline=True)
    response.headers["Cache-Control"] = "private, max-age=86400"
    return response


def _staff(front: Front, access: Access) -> None:
    with front.database.read():
        staff_of_link(access)
