"""Each application reads every one of its addresses and compiles for each a function that writes it. To do so
once for all applications of a process saves a page's test more than half of its time."""

from collections.abc import Hashable
from typing import Any

from flask import Flask
from werkzeug.routing import Map
from werkzeug.routing.rules import Rule, RuleFactory

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


class _Said:
    """A rule as Flask says it, before anybody has read it."""

    provide_automatic_options: bool | None = None

    def __init__(
        self, rule: str, methods: set[str], defaults: dict[str, Hashable] | None = None, **more: Hashable
    ) -> None:
        self.rule, self.methods, self.defaults, self.more = rule, frozenset(methods), defaults or {}, more

    def key(self) -> Hashable:
        options = self.provide_automatic_options
        return self.rule, self.methods, options, *self.defaults.items(), *self.more.items()

    def read(self) -> Rule:
        made = Rule(self.rule, methods=self.methods, defaults=self.defaults, **self.more)  # type: ignore[arg-type]
        made.provide_automatic_options = self.provide_automatic_options  # type: ignore[attr-defined]
        return made


class _SharedMap(Map):
    """Takes what an earlier map of the same rules has read: once it is read, a rule does not change."""

    _read: dict[Hashable, Map] = {}  # noqa: RUF012 - of all of them

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self._said: list[_Said] = []
        self._more = tuple(sorted(more.items()))

    def add(self, rulefactory: RuleFactory) -> None:
        assert isinstance(rulefactory, _Said)
        self._said.append(rulefactory)
        self._remap = True

    def update(self) -> None:
        if self._remap:
            key = (self._more, *(one.key() for one in self._said))
            if key not in self._read:
                self._read[key] = Map([one.read() for one in self._said], **dict(self._more))
            there = self._read[key]
            there.update()
            self._matcher, self._rules_by_endpoint = there._matcher, there._rules_by_endpoint
            self._remap = False


def share() -> None:
    Rule.compile = _compiled_once  # type: ignore[method-assign, assignment]
    Flask.url_rule_class, Flask.url_map_class = _Said, _SharedMap  # type: ignore[assignment]
