"""The whole of a sentence: normalise → danger → place → category → intent → urgency."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from models.base.resources import table
from models.understanding.category import category_of
from models.understanding.danger import danger_in
from models.understanding.gazetteer import Gazetteer
from models.understanding.intent import intent_of
from models.understanding.normal import normal
from models.understanding.place import place_in
from models.understanding.replies import ShortReply, short_reply_in
from models.understanding.terms import Lexicon
from models.understanding.urgency import is_urgent

Urgency = Literal["normal", "urgent", "emergency"]

# The guide: these ask for nothing that is mended, so they carry no category.
_WITHOUT_CATEGORY = frozenset({"notice", "station", "human", "chat"})
_FIXED_CATEGORY = {"fee": "fees", "policy": "policy"}
_DEFAULT_CATEGORY = {"report": "other", "service": "help"}
_PRAISE_FROM = 2
_PRAISING = frozenset({"evaluate", "chat"})


@dataclass(frozen=True, slots=True)
class Understanding:
    """What a message says, in the codes of the label guide.

    ``danger``: the number to call (``"119"``, ``"110"``, ``"120"``, ``"122"``), only with urgency emergency.
    ``praise``: thanks or praise for somebody or for a job done, which is kept apart from cases (row 18).
    ``matters``: what the message is when it is a short reply to a question of ours, else None.
    ``confidence``: 0 to 1, that intent and category are right.
    """

    intent: str
    category: str | None
    also: tuple[str, ...]
    estate: str | None
    building: str | None
    unit: str | None
    floor: str | None
    room: str | None
    urgency: Urgency
    danger: str | None
    confidence: float
    praise: bool
    matters: ShortReply | None

    def as_dict(self) -> dict[str, Any]:
        """The object that ``hemei understand`` prints."""
        return {
            "intent": self.intent,
            "category": self.category,
            "also": list(self.also),
            "estate": self.estate,
            "building": self.building,
            "unit": self.unit,
            "floor": self.floor,
            "room": self.room,
            "urgency": self.urgency,
            "confidence": self.confidence,
        }


@cache
def _praise() -> Lexicon:
    return Lexicon.from_weights(table("lexicon/praise.toml"))


def understand(text: str, gazetteer: Gazetteer) -> Understanding:
    """Understand one message. Never raises; the same text and gazetteer always give the same answer."""
    text = normal(text)
    danger = danger_in(text)
    place = place_in(text, gazetteer)
    about = category_of(text)
    intent = intent_of(text, about.score, danger is not None)
    category, also, lead = _category(intent.name, about.main, about.also, about.lead)
    urgency: Urgency = "normal"
    if danger:
        urgency = "emergency"
    elif intent.name in ("report", "progress", "service") and is_urgent(text):
        urgency = "urgent"
    praise = intent.name in _PRAISING and _praise().scores(text)[0] >= _PRAISE_FROM
    return Understanding(
        intent.name,
        category,
        also,
        place.estate,
        place.building,
        place.unit,
        place.floor,
        place.room,
        urgency,
        danger.call if danger else None,
        _confidence(intent.lead, lead),
        praise,
        short_reply_in(text),
    )


def _category(
    intent: str, main: str | None, also: tuple[str, ...], lead: int
) -> tuple[str | None, tuple[str, ...], int]:
    """The category that goes with the intent, the others, and how far it leads."""
    if intent in _WITHOUT_CATEGORY:
        return None, (), 8
    if intent in _FIXED_CATEGORY:
        return _FIXED_CATEGORY[intent], (), 8
    if main is None:
        return _DEFAULT_CATEGORY.get(intent), (), 2
    return main, also, lead


def _confidence(intent_lead: int, category_lead: int) -> float:
    """From the leads of intent and category over their seconds; the weaker one decides.

    The curve follows how often such leads are right on the labelled messages.
    """
    return round(1 - 0.7 * math.exp(-max(0, min(intent_lead, category_lead)) / 6.5), 3)
