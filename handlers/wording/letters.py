"""The words of a kind of letter: templates/letters/<kind>.toml, each string a small template of its own.

Strings are rendered one by one into the finished structure, so what a resident wrote can never add a button,
a line of a table or a link.

    audience = "resident" | "staff"     who is spoken to: staff are reached in WeCom first
    [text] body                         the words in full: chat, by hand, and what the console shows
    [menu] head, tail, [[menu.items]] id, content      a question to be answered by a tap (chat only)
    [values] number, what, where, when …               what template and subscription messages may show
    [template] url · [subscribe] page                  where such a message leads
    [card] type, title, desc, text, url, [[card.fields]] name, value, [[card.buttons]] text, key|url, style
    [group] text                                       building groups and robots
    [sms] text · [call] text                           a text message; what a voice reads out

Items of a list whose text comes out empty are left out: that is how a template makes a button conditional.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from jinja2 import Environment

from models.base.resources import resource, table

_BETWEEN = "\x1f"  # a sign that nobody types
_TELLING = ("content", "value", "text")  # the part of a list's item without which it says nothing


@dataclass(frozen=True, slots=True)
class Words:
    """What a letter says on one channel. `text` is always there and is what is kept as sent."""

    text: str
    menu: dict[str, Any] | None = None  # head, tail, items[{id, content}]
    values: dict[str, str] = field(default_factory=dict)
    url: str | None = None
    page: str | None = None
    card: dict[str, Any] | None = None


_Filled = Callable[[Mapping[str, Any]], Any]


class Letters:
    """All kinds, each compiled once."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._kinds: dict[str, dict[str, _Filled]] = {}

    def words(self, kind: str, way: str, facts: Mapping[str, Any]) -> Words:
        """`way` is one of models.outbox.routing.Way. KeyError for an unknown kind, UndefinedError for a
        fact that is missing."""
        parts = self._kinds.get(kind)
        if parts is None:
            parts = self._kinds[kind] = self._compiled(kind)
        if way in ("robot", "customer_group") or (way == "hand" and "group" in parts):
            return Words(text=parts["group"](facts)["text"])
        if way in ("sms", "call"):
            return Words(text=parts[way](facts)["text"])
        text = parts["text"](facts)["body"] if "text" in parts else parts["group"](facts)["text"]
        if way == "chat":
            return Words(text, menu=parts["menu"](facts) if "menu" in parts else None)
        if way == "template":
            leads = parts["template"](facts) if "template" in parts else {}
            return Words(text, values=parts["values"](facts), url=leads.get("url") or None)
        if way == "mini":
            leads = parts["subscribe"](facts) if "subscribe" in parts else {}
            return Words(text, values=parts["values"](facts), page=leads.get("page") or None)
        if way in ("work", "card"):
            return Words(text, card=parts["card"](facts) if "card" in parts else None)
        return Words(text)

    def _compiled(self, kind: str) -> dict[str, _Filled]:
        if not resource(f"letters/{kind}.toml").is_file():
            raise KeyError(kind)
        source = table(f"letters/{kind}.toml")
        return {name: self._node(part) for name, part in source.items() if isinstance(part, dict)}

    def _render(self, source: str) -> Callable[[Mapping[str, Any]], str]:
        """As Template.render, which walks all globals through a ChainMap: half of what a short text costs."""
        template, common = self._environment.from_string(source), dict(self._environment.globals)
        context = self._environment.context_class

        def render(facts: Mapping[str, Any]) -> str:
            known = context(self._environment, {**common, **facts}, template.name, template.blocks)
            return "".join(template.root_render_func(known))

        return render

    def _strings(self, source: Mapping[str, str]) -> _Filled:
        """Several strings in one rendering, because beginning one costs more than what is in it."""
        render = self._render(_BETWEEN.join(source.values()))
        one_by_one = [(name, self._node(value)) for name, value in source.items()]

        def filled(facts: Mapping[str, Any]) -> dict[str, Any]:
            made = render(facts).split(_BETWEEN)
            if len(made) != len(source):  # somebody wrote the sign itself
                return {name: part(facts) for name, part in one_by_one}
            return {name: text.strip() for name, text in zip(source, made, strict=True)}

        return filled

    def _node(self, source: Any) -> _Filled:
        if isinstance(source, str):
            if "{" not in source:
                return lambda _facts: source
            render = self._render(source)
            return lambda facts: render(facts).strip()
        if isinstance(source, dict) and source and all(isinstance(one, str) for one in source.values()):
            return self._strings(source)
        if isinstance(source, dict):
            parts = [(name, self._node(value)) for name, value in source.items()]
            return lambda facts: {name: part(facts) for name, part in parts}
        if isinstance(source, list):
            items = [self._node(item) for item in source]
            return lambda facts: [made for item in items if _says(made := item(facts))]
        return lambda _facts: source


def _says(item: Any) -> bool:
    if isinstance(item, dict):
        telling = [item[name] for name in _TELLING if name in item]
        return not telling or all(telling)
    return bool(item)
