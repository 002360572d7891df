"""Each application reads every one of its addresses and compiles for each a function that writes it. To do so
once for all applications of a process saves a page's test half of its time."""

from typing import Any

from werkzeug.routing import Map
from werkzeug.routing.rules import Rule

_compile = Rule.compile
_known: dict[tuple[object, ...], tuple[Any, ...]] = {}


def _compiled_once(rule: Rule) -> None:
    there = rule.map
    if rule.defaults or there is None or there.host_matching or there.converters != Map.default_converters:
        return _compile(rule)  # then it hangs on more than its words
    key = (rule.rule, rule.subdomain, there.merge_slashes)
    if key in _known:
        rule._parts, rule._trace, rule._converters, arguments, *writers = _known[key]
        rule.arguments |= arguments
        rule._build, rule._build_unknown = (one.__get__(rule, None) for one in writers)
    else:
        _compile(rule)
        writers = [one.__func__ for one in (rule._build, rule._build_unknown)]  # type: ignore[attr-defined]
        _known[key] = (rule._parts, rule._trace, rule._converters, frozenset(rule.arguments), *writers)
    return None


def share() -> None:
    Rule.compile = _compiled_once  # type: ignore[method-assign]
