"""The one room that renders words: pages, replies and letters, all from templates/.

    say("case_filed", number="5724", …)      a chat reply, templates/replies/<name>.txt
    page("board.html", …)                    a page, templates/pages/<name>
    letter("case_finished", "chat", facts)   the words of a letter on one way
    labels("categories")                     a table of labels, templates/labels/<name>.toml

A missing fact is an error and never an empty place (StrictUndefined). Only html is escaped, because chat and
cards show text as it is.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined, select_autoescape
from jinja2.ext import Extension

from handlers.wording import filters
from handlers.wording.filters import fate, reason, use_base_url
from handlers.wording.letters import Letters, Words
from handlers.wording.values import fitted
from models.base.refusals import Refused
from models.base.resources import resource, table

__all__ = [
    "Words",
    "audience",
    "environment",
    "fate",
    "fitted",
    "knows",
    "labels",
    "letter",
    "page",
    "reason",
    "refusal",
    "say",
    "speaks",
    "use_base_url",
]


class _Nonced(Extension):
    """Every script of a page carries the page's nonce, so that nobody who writes one has to think of it."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        return source.replace("<script ", "<script nonce=\"{{ nonce|default('') }}\" ")


@cache
def environment() -> Environment:
    """The templates, compiled when first used and kept."""
    made = Environment(
        loader=FunctionLoader(_source),
        undefined=StrictUndefined,
        autoescape=select_autoescape(("html",), default_for_string=False),
        auto_reload=False,
        cache_size=-1,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=[_Nonced],
    )
    filters.install(made)
    made.globals["group_words"] = lambda kind, facts: letter(kind, "hand", facts).text
    return made


def _source(name: str) -> str | None:
    file = resource(name)
    return file.read_text(encoding="utf-8") if file.is_file() else None


@cache
def _reply(name: str) -> Any:
    return environment().get_template(f"replies/{name}.txt").render


def say(name: str, **facts: Any) -> str:
    """The words of a chat reply. UndefinedError names a fact that is missing."""
    return str(_reply(name)(facts)).strip()


def refusal(refused: Refused) -> str:
    """Why something cannot be done."""
    return say("refused", code=refused.code, facts=refused.facts)


def page(name: str, **facts: Any) -> str:
    """A page from templates/pages, escaped."""
    return environment().get_template(f"pages/{name}").render(facts)


def labels(name: str) -> Mapping[str, Any]:
    """A table of labels, read-only: code → words, or code → {label, …}."""
    return table(f"labels/{name}.toml")


@cache
def _letters() -> Letters:
    return Letters(environment())


def letter(kind: str, way: str, facts: Mapping[str, Any]) -> Words:
    """What a letter of this kind says on this way (models.outbox.routing.Way)."""
    return _letters().words(kind, way, facts)


@cache
def audience(kind: str) -> str:
    """As whom the kind speaks to somebody: staff, resident or group."""
    return str(_shape(kind)["audience"])


_NEEDED = {
    "work": ("card", "text"),
    "template": ("values",),
    "mini": ("values",),
    "chat": ("text",),
    "robot": ("group",),
    "customer_group": ("group",),
    "hand": ("group", "text"),
    "sms": ("sms",),
    "call": ("call",),
}


@cache
def speaks(kind: str, way: str) -> bool:
    """Whether the kind has words for this way: group letters speak to groups, card updates in WeCom only."""
    return any(part in _shape(kind) for part in _NEEDED[way])


@cache
def knows(kind: str) -> bool:
    """Whether anybody wrote words for this kind of letter."""
    return resource(f"letters/{kind}.toml").is_file()


def _shape(kind: str) -> Mapping[str, Any]:
    if not resource(f"letters/{kind}.toml").is_file():
        raise KeyError(kind)
    return table(f"letters/{kind}.toml")
