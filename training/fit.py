"""From labelled messages to the bytes of the model: weights of a linear machine for each label, in whole
numbers."""

import json
import zlib
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from messages import INTENTS, URGENCIES, WITH_CATEGORY, Labelled, made_from
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.preprocessing import normalize
from sklearn.svm import LinearSVC

from models.understanding.category import codes
from models.understanding.classifier import ZERO
from models.understanding.danger import shipped
from models.understanding.evidence import evidence_in
from models.understanding.normal import normal

#: Features that the model keeps: half of them say next to nothing, and all of them take 100 MiB of memory.
MOST_FEATURES = 120_000
_SOFTNESS = 1.0  # C of the machine; 0.5 to 2 differ by less than 0.005 in any figure
#: What a word list says counts half of what the words themselves say: measured, 0.3 to 0.7 are alike.
_OF_LISTS = 0.5
_LARGEST = 127


class Weights(NamedTuple):
    """Real weights before they are rounded: features × labels, and what each label begins with."""

    kinds: dict[str, tuple[str, ...]]
    features: list[str]
    own: NDArray[np.float64]
    weights: NDArray[np.float64]
    biases: NDArray[np.float64]


def features_of(messages: Iterable[Labelled]) -> list[list[str]]:
    """Each message's evidence, sorted, so that the same messages always give the same model."""
    texts = [normal(message.text) for message in messages]
    lists = shipped()
    return [sorted(evidence_in(text, lists.signs_in(text).features)) for text in texts]


def fit(messages: Sequence[Labelled], evidence: Sequence[list[str]]) -> Weights:
    """One machine for each kind of label; categories are learnt from the intents that have one."""
    vectors = TfidfVectorizer(analyzer=lambda features: features, min_df=2, binary=True, norm=None)
    counts: csr_matrix = vectors.fit_transform(evidence)
    names = vectors.get_feature_names_out()
    share = np.array([_OF_LISTS if name.startswith("#") else 1.0 for name in names])
    matrix = normalize(csr_matrix(counts.multiply(share)))
    own = vectors.idf_ * share
    kinds = {"intent": INTENTS, "category": ("-", *codes()), "urgency": URGENCIES}
    weights, biases = [], []
    for kind, labels in kinds.items():
        rows = [
            number
            for number, message in enumerate(messages)
            if kind != "category" or message.intent in WITH_CATEGORY
        ]
        wanted = [getattr(messages[row], kind) for row in rows]
        machine = LinearSVC(C=_SOFTNESS, random_state=0).fit(matrix[rows], wanted)
        known = [labels.index(label) for label in machine.classes_]
        part = np.zeros((len(labels), matrix.shape[1]))
        begin = np.full(len(labels), -1.0)
        part[known], begin[known] = machine.coef_, machine.intercept_
        weights.append(part)
        biases.append(begin)
    found = np.concatenate(weights).T * own[:, None]
    kept = np.sort(np.argsort(-_worth(weights, own, counts), kind="stable")[:MOST_FEATURES])
    return Weights(kinds, [str(names[at]) for at in kept], own[kept], found[kept], np.concatenate(biases))


def _worth(
    weights: Sequence[NDArray[np.float64]], own: NDArray[np.float64], counts: csr_matrix
) -> NDArray[np.float64]:
    """What a feature tells, each kind by its own measure lest categories drown urgency, times how often it is
    heard: 120 000 chosen so lose nothing to all 330 000, chosen by the largest weight they lost 0.02 of
    urgency."""
    told = sum(largest / largest.mean() for part in weights for largest in (np.abs(part * own).max(axis=0),))
    return np.asarray(told * np.sqrt(counts.getnnz(axis=0)))


def packed(
    found: Weights,
    temperatures: dict[str, float],
    thresholds: dict[str, float],
    confidence: Sequence[tuple[float, float]],
) -> bytes:
    """The file of the model: see models/understanding/classifier.py."""
    heat = np.concatenate([np.full(len(labels), temperatures[kind]) for kind, labels in found.kinds.items()])
    scales = np.abs(found.weights).max(axis=0) / _LARGEST
    scales[scales == 0] = 1.0
    whole = np.rint(found.weights / scales).astype(np.int64) + ZERO
    square = float((found.own**2).max()) / 255
    squares = np.rint(found.own**2 / square).astype(np.int64)
    header = {
        "made_from": made_from(),
        "kinds": found.kinds,
        "scales": [float(f"{one:.6g}") for one in scales / heat],
        "biases": [float(f"{one:.6g}") for one in found.biases / heat],
        "heat": [float(f"{one:.4g}") for one in heat],
        "square": float(f"{square:.6g}"),
        "thresholds": thresholds,
        "confidence": [[round(raw, 5), round(sure, 4)] for raw, sure in confidence],
    }
    table = np.concatenate([whole, squares[:, None]], axis=1).astype(np.uint8)
    head = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    return zlib.compress(head + b"\n" + "\n".join(found.features).encode() + b"\n\n" + table.tobytes(), 9)
