"""Who may come in at which door. Every route says so; a route that does not keeps the service from starting.

    public          anybody, and nothing personal is behind it
    platform        a platform of WeChat, proved by its signature
    personal_link   whoever holds a letter's link: a token that names one person and one thing
    token           whoever is logged in to the mini-program or a page that uses its API (handlers/api)
    partner         another program, proved by its key (models/partner)
    staff           whoever is logged in and has a post: opens what this post may see
    operator        whoever runs the machine, proved by a token or by being on it
    loopback        this machine only
    sandbox         only where the sandbox is switched on

The mark stands beside the view; the check itself is in the view or in what its blueprint does before.
"""

from collections.abc import Callable
from typing import Any, Literal, TypeVar, get_args
from weakref import WeakKeyDictionary

from flask import Blueprint, Flask

Guard = Literal[
    "public", "platform", "personal_link", "token", "partner", "staff", "operator", "loopback", "sandbox"
]
_GUARDS = frozenset(get_args(Guard))  # once, because every route of every application asks
V = TypeVar("V", bound=Callable[..., Any])

_of_view: WeakKeyDictionary[Any, Guard] = WeakKeyDictionary()  # an app that is gone takes its views along
_of_blueprint: dict[str, Guard] = {}


class Unguarded(RuntimeError):  # noqa: N818 - said to the developer as it stands
    """Routes that do not say who may come in."""


def guarded(guard: Guard) -> Callable[[V], V]:
    """Marks one view; above the blueprint's mark."""
    _known(guard)

    def mark(view: V) -> V:
        _of_view[view] = guard
        return view

    return mark


def guard_all(blueprint: Blueprint, guard: Guard) -> Blueprint:
    """Marks every view of a blueprint that has no mark of its own."""
    _known(guard)
    _of_blueprint[blueprint.name] = guard
    return blueprint


def guard_of(app: Flask, endpoint: str) -> Guard | None:
    view = app.view_functions[endpoint]
    mark = _of_view.get(view)
    return mark if mark is not None else _of_blueprint.get(endpoint.rpartition(".")[0])


def require_all(app: Flask) -> None:
    """Raises Unguarded, naming the routes without a guard."""
    rules = app.url_map.iter_rules()
    bare = sorted(f"{one.rule} ({one.endpoint})" for one in rules if not guard_of(app, one.endpoint))
    if bare:
        raise Unguarded("these routes do not say who may come in: " + ", ".join(bare))


def _known(guard: str) -> None:
    if guard not in _GUARDS:
        raise ValueError(f"{guard} is no guard")
