"""`make model`: from the labelled messages to the model that hemei ships, and the report about it.

The same messages, libraries and platform give the same bytes. Cross-validation comes first: it is where the
temperatures, thresholds and the curve of confidence come from, so that none of them is learnt from messages
whose labels the machine has seen.
"""

from collections.abc import Sequence
from itertools import product
from pathlib import Path

import numpy as np
import report
from fit import Weights, features_of, fit, packed
from messages import WITH_CATEGORY, Labelled, open_ones
from numpy.typing import NDArray
from sklearn.isotonic import IsotonicRegression
from sklearn.model_selection import KFold

from models.understanding import Gazetteer, Understanding, understand
from models.understanding.classifier import FILE, Classifier
from models.understanding.danger import shipped
from models.understanding.normal import normal

ROOT = Path(__file__).resolve().parents[1]
FOLDS = 5
CURVE_POINTS = 40
#: Of the normal messages in ordinary files: the others were written to lie close to danger or to a neighbour.
MOST_FALSE_ALARMS = 0.008
ORDINARY = (
    "first",
    "letters",
    "plain-",
    "stream",
    "day-house",
    "day-yard",
    "day-people",
    "day-mixed",
    "more-mixed",
)
#: Probabilities of an emergency that are tried as thresholds.
STEPS = np.arange(0.04, 0.99, 0.02)
#: Fewer second categories than this say nothing about how often they are right.
FEWEST_NAMED = 20
NEVER = 9.0
#: Of the answers that are called this sure …
SURE = 0.9
#: … so many are right at least (the bar is 0.98).
RIGHT_WHEN_SURE = 0.985
NO_PLACES = Gazetteer.of(())
UNITY = ((1.0, 1.0),)

Matrix = NDArray[np.float64]
Parts = list[tuple[Weights, list[Labelled]]]
Curve = tuple[tuple[float, float], ...]


def main() -> None:
    messages = open_ones()
    evidence = features_of(messages)
    folds = KFold(FOLDS, shuffle=True, random_state=0)
    unseen: list[Labelled] = []
    parts: list[tuple[Weights, list[Labelled]]] = []
    margins = []
    for known, rest in folds.split(messages):
        print(f"learns from {len(known)}, is asked {len(rest)}", flush=True)
        weights = fit([messages[n] for n in known], [evidence[n] for n in known])
        asked = [messages[n] for n in rest]
        parts.append((weights, asked))
        unseen += asked
        margins.append(margins_of(weights, [evidence[n] for n in rest]))
    scores, kinds = np.concatenate(margins), parts[0][0].kinds
    heat = temperatures(scores, unseen, kinds)
    thresholds = {
        "also": also_from(scores, unseen, kinds),
        **emergency_from(scores, unseen, kinds, heat["urgency"]),
        "urgent": urgent_from(scores, unseen, kinds, heat["urgency"]),
    }
    curve = confidence(answers(parts, heat, thresholds, UNITY), unseen)
    (ROOT / "templates" / FILE).write_bytes(packed(fit(messages, evidence), heat, thresholds, curve))
    report.write(answers(parts, heat, thresholds, curve), unseen)


def margins_of(weights: Weights, evidence: Sequence[list[str]]) -> Matrix:
    """What each message scores for each label, before any temperature."""
    machine = Classifier.parse(packed(weights, dict.fromkeys(weights.kinds, 1.0), {}, UNITY))
    return np.array([machine.sums(features) for features in evidence])


def temperatures(
    margins: Matrix, messages: Sequence[Labelled], kinds: dict[str, tuple[str, ...]]
) -> dict[str, float]:
    """For each kind the divisor of margins under which the right labels are most probable together."""
    heat, at = {}, 0
    for kind, labels in kinds.items():
        part = margins[:, at : at + len(labels)]
        at += len(labels)
        rows = [n for n, one in enumerate(messages) if kind != "category" or one.intent in WITH_CATEGORY]
        right = [labels.index(getattr(messages[n], kind)) for n in rows]

        def surprise(divisor: float, part: Matrix = part[rows], right: list[int] = right) -> float:
            scores = part / divisor
            return float(
                np.log(np.exp(scores).sum(axis=1)).mean() - scores[np.arange(len(right)), right].mean()
            )

        heat[kind] = min((round(step / 50, 2) for step in range(5, 100)), key=surprise)
    return heat


def also_from(margins: Matrix, messages: Sequence[Labelled], kinds: dict[str, tuple[str, ...]]) -> float:
    """The margin from which at least half of the second categories that it names are right."""
    labels = kinds["category"]
    part = margins[:, len(kinds["intent"]) :][:, : len(labels)]
    named = []
    for row, message in zip(part, messages, strict=True):
        if message.intent in WITH_CATEGORY:
            second = np.argsort(-row)[1:3]
            named += [(float(row[n]), labels[n] in message.also) for n in second if labels[n] != "-"]
    named.sort(reverse=True)
    right = np.cumsum([is_right for _, is_right in named]) / np.arange(1, len(named) + 1)
    good = np.nonzero(right[FEWEST_NAMED:] >= 0.5)[0]
    return round(named[FEWEST_NAMED + int(good[-1])][0], 2) if len(good) else NEVER


def emergency_from(
    margins: Matrix, messages: Sequence[Labelled], kinds: dict[str, tuple[str, ...]], heat: float
) -> dict[str, float]:
    """For each of the thresholds of ``Signs`` the probability that calls an emergency: those that together
    find most emergencies with few enough ordinary messages among them, the ``sure`` words counted in."""
    scores = np.exp(margins[:, -len(kinds["urgency"]) :] / heat)
    probable = scores[:, kinds["urgency"].index("emergency")] / scores.sum(axis=1)
    signs = [shipped().signs_in(normal(one.text)) for one in messages]
    strengths = np.array(["sure" if one.sure else one.threshold for one in signs])
    is_normal = np.array([one.urgency == "normal" and _is_ordinary(one) for one in messages])
    is_emergency = np.array([one.urgency == "emergency" for one in messages])
    allowed = MOST_FALSE_ALARMS * is_normal.sum() - (is_normal & (strengths == "sure")).sum()

    def reached(name: str) -> list[tuple[int, int, float]]:
        """(emergencies found, false alarms, threshold) for each step."""
        here = strengths == name
        return [
            (int((called & is_emergency).sum()), int((called & is_normal).sum()), float(step))
            for step in STEPS
            for called in (here & (probable >= step),)
        ]

    best = (0, 0.0, 0.0, 0.0)
    # Because who denies a danger, or only asks, is believed unless the model is nearly always right.
    believed = [step for step in reached("denied") if step[0] >= 12 * step[1]]
    for hinted, denied, alone in product(reached("hinted"), believed, reached("emergency")):
        if hinted[2] <= alone[2] <= denied[2] and hinted[1] + denied[1] + alone[1] <= allowed:
            best = max(best, (hinted[0] + denied[0] + alone[0], hinted[2], denied[2], alone[2]))
    return dict(zip(("hinted", "denied", "emergency"), (round(step, 2) for step in best[1:]), strict=True))


def urgent_from(
    margins: Matrix, messages: Sequence[Labelled], kinds: dict[str, tuple[str, ...]], heat: float
) -> float:
    """The probability of urgent or worse that tells urgent from normal with fewest errors among ordinary
    messages: the other files hold more that is urgent than life does."""
    labels = kinds["urgency"]
    scores = np.exp(margins[:, -len(labels) :] / heat)
    worse = 1 - scores[:, labels.index("normal")] / scores.sum(axis=1)
    rows = [n for n, one in enumerate(messages) if _is_ordinary(one) and one.urgency != "emergency"]
    is_urgent = np.array([messages[n].urgency == "urgent" for n in rows])
    return round(
        max(map(float, STEPS), key=lambda step: float(((worse[rows] >= step) == is_urgent).mean())), 2
    )


def _is_ordinary(message: Labelled) -> bool:
    return message.source.startswith(ORDINARY)


def answers(
    parts: Parts, heat: dict[str, float], thresholds: dict[str, float], curve: Curve
) -> list[Understanding]:
    """What hemei makes of every message, by a machine that has not learnt from it."""
    found = []
    for weights, unseen in parts:
        machine = Classifier.parse(packed(weights, heat, thresholds, curve))
        found += [understand(message.text, NO_PLACES, machine) for message in unseen]
    return found


def confidence(seen: Sequence[Understanding], messages: Sequence[Labelled]) -> Curve:
    """Points of the line from raw probability to confidence.

    Below, confidence is how often such answers are right; it is called SURE or more only where of all the
    answers at least so probable RIGHT_WHEN_SURE are right.
    """
    raw = np.array([one.confidence for one in seen])
    right = np.array([report.is_right(one, message) for one, message in zip(seen, messages, strict=True)])
    order = np.argsort(-raw, kind="stable")
    surest = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    good = np.nonzero(surest >= RIGHT_WHEN_SURE)[0]
    sure_from = float(raw[order][good[-1]]) if len(good) else 1.0
    line = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip").fit(raw, right)
    steps = [step for step in np.linspace(0, 1, CURVE_POINTS + 1)[1:] if step < sure_from]
    below = [
        (float(at), min(float(share), SURE - 0.001))
        for at, share in zip(steps, line.predict(steps), strict=True)
    ]
    return (*below, (sure_from - 1e-4, SURE - 0.001), (sure_from, SURE), (1.0, RIGHT_WHEN_SURE))


if __name__ == "__main__":
    main()
