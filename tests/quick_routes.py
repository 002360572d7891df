"""Each application compiles, for every one of its addresses, a function that writes it. To make the same two
functions once for all applications of a process saves a page's test a third of its time."""

from collections.abc import Callable
from typing import Any

from werkzeug.routing.rules import Rule

_compile: Callable[..., Any] = Rule._compile_builder
_made: dict[tuple[object, ...], Any] = {}


def _compiled_once(rule: Rule, append_unknown: bool = True) -> Any:
    if rule.defaults:  # then what is written hangs on their values as well
        return _compile(rule, append_unknown)
    key = (rule.rule, tuple(rule._trace), append_unknown)
    if key not in _made:
        _made[key] = _compile(rule, append_unknown)
    return _made[key]


def share() -> None:
    Rule._compile_builder = _compiled_once  # type: ignore[method-assign]
