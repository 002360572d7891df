"""The addresses of posts: all of them for staff, and what opens is for whoever gives posts."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from handlers.guards import Guard
from handlers.pages.front import Front
from handlers.pages.posts import page

Route = tuple[Guard, str, str, Callable[..., Any]]
_STAFF = "/console/staff"
_PERSON = f"{_STAFF}/<int(max=2147483647):person>"


def post_routes(front: Front) -> Iterator[Route]:
    """(Guard, rule, name, view) of what is read."""
    yield "staff", _STAFF, "posts", partial(page.shown, front)
    yield "staff", f"{_STAFF}.xlsx", "posts_excel", partial(page.as_excel, front)
    yield "staff", _PERSON, "posts_one", partial(page.opened, front)


def post_forms(front: Front) -> Iterator[Route]:
    """The same of what takes forms."""
    yield "staff", f"{_STAFF}/new", "posts_new", partial(page.enter, front)
    yield "staff", f"{_PERSON}/<verb>", "posts_act", partial(page.act, front)
