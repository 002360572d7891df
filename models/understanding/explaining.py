"""Why a sentence was understood so: what was put right, which words and lists spoke, how the labels
scored."""

from __future__ import annotations

from typing import Any

from models.understanding.classifier import classifier
from models.understanding.evidence import evidence_in
from models.understanding.gazetteer import Gazetteer
from models.understanding.normal import changes, normal
from models.understanding.own_words import in_use
from models.understanding.place import place_in, place_words
from models.understanding.urgency import danger_of

_SHOWN = 3
_WORDS = 8


def explain(text: str, gazetteer: Gazetteer) -> dict[str, Any]:
    """For people who ask why, as plain data.

    ``read``: the sentence as it is understood; ``put_right``: what was written and what is read instead;
    ``place``: the pieces read as place; ``danger``: the list whose word decides, alone or with the model;
    ``signs``: all that the lists of danger say; ``lists``: each word of a list that stands in it, with its
    label and weight; for ``intent``, ``category`` and ``urgency`` the most
    probable labels (``ranked``) and what spoke most for the first rather than the second (``because``: a run
    of characters or a list, see evidence.py, and how much).
    """
    model = classifier()
    read = normal(text)
    words = in_use().of(gazetteer.community_of(place_in(read, gazetteer).estate))
    signs = words.danger.signs_in(read)
    features = evidence_in(read, signs.features, words.evidence)
    verdict = model.verdict(features)
    danger = danger_of(signs, verdict["urgency"], model.thresholds["hinted"])
    return {
        "read": read,
        "put_right": [list(change) for change in changes(text)],
        "place": list(place_words(read, gazetteer)),
        "danger": danger.kind if danger else None,
        "signs": sorted(signs.features),
        "lists": [
            {"word": found.term, "says": found.label, "weight": found.weight}
            for lexicon in words.evidence.values()
            for found in lexicon.find(read)
        ],
        **{
            kind: {
                "ranked": {one.label: round(one.probability, 3) for one in ranked[:_SHOWN]},
                "because": {
                    feature: round(said, 3)
                    for feature, said in model.why(features, kind, ranked[0].label, ranked[1].label)[:_WORDS]
                },
            }
            for kind, ranked in verdict.items()
        },
    }
