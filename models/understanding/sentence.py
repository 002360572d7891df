"""The whole of a sentence: normalise → place → danger → evidence → intent → category → urgency."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from models.base.resources import table
from models.understanding.category import category_of
from models.understanding.classifier import Classifier, Verdict, classifier
from models.understanding.danger import Danger, Signs, danger_by
from models.understanding.evidence import evidence_in
from models.understanding.gazetteer import Gazetteer
from models.understanding.hazard import hazard_in
from models.understanding.intent import intent_of
from models.understanding.normal import normal
from models.understanding.own_words import OwnWords, Words, in_use
from models.understanding.place import Place, place_in
from models.understanding.replies import ShortReply, short_reply_in
from models.understanding.terms import Lexicon
from models.understanding.urgency import Urgency, danger_of, urgency_of

_PRAISE_FROM = 2
_PRAISING = frozenset({"evaluate", "chat"})


@dataclass(frozen=True, slots=True)
class Understanding:
    """What a message says, in the codes of the label guide.

    ``danger``: the number to call (``"119"``, ``"110"``, ``"120"``, ``"122"``) and ``threat``: the kind of
    danger (a section of lexicon/danger.toml), only with urgency emergency.
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
    threat: str | None
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


class Findings(NamedTuple):
    """What is found in a sentence, before intent, category and urgency are decided by it.

    ``text`` is normalised; ``words`` are the lists that go for it; ``danger`` is told by a word of them.
    """

    text: str
    place: Place
    words: Words
    signs: Signs
    features: set[str]
    verdict: Verdict
    danger: Danger | None


@cache
def _praise() -> Lexicon:
    return Lexicon.from_weights(table("lexicon/praise.toml"))


def findings_in(
    text: str, gazetteer: Gazetteer, model: Classifier, words: OwnWords | None = None
) -> Findings:
    """The first half of ``understand``, and what ``--explain`` shows."""
    text = normal(text)
    place = place_in(text, gazetteer)
    lists = (words or in_use()).of(gazetteer.community_of(place.estate))
    signs = lists.danger.signs_in(text)
    features = evidence_in(text, signs.features, lists.evidence)
    verdict = model.verdict(features)
    danger = danger_of(signs, verdict["urgency"], model.thresholds["hinted"])
    return Findings(text, place, lists, signs, features, verdict, danger)


def understand(
    text: str, gazetteer: Gazetteer, model: Classifier | None = None, words: OwnWords | None = None
) -> Understanding:
    """Understand one message. Never raises; the same text and gazetteer always give the same answer.

    Which decides when: place is read by rules alone; intent, category and urgency are told by the trained
    model (``model``, else the one that is shipped), to which the word lists are evidence; over it stand a
    sure word of danger, a hint of danger that the model confirms, a hazard that is urgent by rule, a town's
    own sure word of a category, and the rules that intent.py, category.py and urgency.py name. ``words``: the
    town's own, else those that the process uses; a community's count where the place belongs to it, or else
    the home that the gazetteer is seen from.
    """
    model = model or classifier()
    text, place, lists, signs, _, verdict, danger = findings_in(text, gazetteer, model, words)
    intent = intent_of(text, verdict["intent"], danger is not None)
    about = category_of(intent.label, lists.ranked(text, verdict["category"]), model.thresholds["also"])
    urgency = urgency_of(
        intent.label,
        verdict["urgency"],
        danger is not None,
        model.thresholds[signs.threshold],
        model.thresholds["urgent"],
    )
    if urgency == "normal" and intent.label == "report" and hazard_in(text) is not None:
        urgency = "urgent"
    threat = _threat(danger or signs.hint, urgency, about.main)
    return Understanding(
        intent.label,
        about.main,
        about.also,
        place.estate,
        place.building,
        place.unit,
        place.floor,
        place.room,
        urgency,
        threat and threat.call,
        threat and threat.kind,
        round(model.sure(intent.probability * about.probability), 3),
        intent.label in _PRAISING and _praise().scores(text)[0] >= _PRAISE_FROM,
        short_reply_in(text),
    )


def _threat(danger: Danger | None, urgency: Urgency, category: str | None) -> Danger | None:
    """The danger that a word names; without such a word, the one that goes with the category."""
    if urgency != "emergency":
        return None
    return danger or danger_by(category)
