"""What the router may say back within the callback itself (被动回复)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from handlers import words
from models.base.refusals import Refused


@dataclass(frozen=True, slots=True)
class Nothing:
    """Received; the visitor sees nothing."""


@dataclass(frozen=True, slots=True)
class Text:
    """Words, any length: the reply writer cuts them at the platform's 2 048 bytes."""

    text: str


@dataclass(frozen=True, slots=True)
class News:
    """One article with a link; `picture` is the address of its picture or ""."""

    title: str
    description: str
    url: str
    picture: str = ""


@dataclass(frozen=True, slots=True)
class ButtonUpdate:
    """WeCom: the tapped card's buttons go grey and show these words, for the one who tapped."""

    replace_name: str


@dataclass(frozen=True, slots=True)
class CardUpdate:
    """WeCom: the tapped card is replaced for the one who tapped.

    `card` has the shape of `template_card` in message/send. `userids` says for whom the sender means it;
    the passive reply itself reaches only who tapped, others need update_template_card.
    """

    userids: tuple[str, ...]
    card: Mapping[str, Any]


Answer = Nothing | Text | News | ButtonUpdate | CardUpdate


def refused(refusal: Refused) -> Text:
    """Why something cannot be done, in words."""
    return Text(words.refusal(refusal))
