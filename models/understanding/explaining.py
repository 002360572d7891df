"""Why a sentence was understood so: what was put right, which words and lists spoke, how the labels
scored."""

from __future__ import annotations

from typing import Any

from models.understanding.classifier import classifier
from models.understanding.gazetteer import Gazetteer
from models.understanding.hazard import hazard_in
from models.understanding.normal import changes
from models.understanding.place import place_words
from models.understanding.sentence import findings_in

_SHOWN = 3
_WORDS = 8


def explain(text: str, gazetteer: Gazetteer) -> dict[str, Any]:
    """For people who ask why, as plain data.

    ``read``: the sentence as it is understood; ``put_right``: what was written and what is read instead;
    ``place``: the pieces read as place; ``danger``: the list whose word decides, alone or with the model;
    ``signs``: all that the lists of danger say; ``hazard``: the list by which it is urgent at least;
    ``lists``: each word of a list that stands in it, with its label and weight; for ``intent``, ``category``
    and ``urgency`` the most probable labels as the model ranks them (``ranked``) and what spoke most for the
    first rather than the second (``because``: a run of characters or a list, see evidence.py, and how much).
    """
    model = classifier()
    found = findings_in(text, gazetteer, model)
    return {
        "read": found.text,
        "put_right": [list(change) for change in changes(text)],
        "place": list(place_words(found.text, gazetteer)),
        "danger": found.danger.kind if found.danger else None,
        "signs": sorted(found.signs.features),
        "hazard": hazard_in(found.text),
        "lists": [
            {"word": one.term, "says": one.label, "weight": one.weight}
            for lexicon in found.words.evidence.values()
            for one in lexicon.find(found.text)
        ],
        **{
            kind: {
                "ranked": {one.label: round(one.probability, 3) for one in ranked[:_SHOWN]},
                "because": {
                    feature: round(said, 3)
                    for feature, said in model.why(found.features, kind, ranked[0].label, ranked[1].label)[
                        :_WORDS
                    ]
                },
            }
            for kind, ranked in found.verdict.items()
        },
    }
