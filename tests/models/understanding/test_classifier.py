import json
import zlib

import pytest

from models.understanding.classifier import Classifier, classifier


def packed(rows: dict[str, list[int]], **header: object) -> bytes:
    """A model of one kind with two labels; each row: two weights and the square, as bytes."""
    head = {
        "kinds": {"intent": ["report", "chat"]},
        "scales": [0.1, 0.2],
        "biases": [0.0, 1.0],
        "heat": [1.0, 1.0],
        "square": 1.0,
        "thresholds": {},
        "confidence": [[0.5, 0.2], [1.0, 0.8]],
    }
    body = "\n".join(rows).encode() + b"\n\n" + b"".join(map(bytes, rows.values()))
    return zlib.compress(json.dumps(head | header).encode() + b"\n" + body)


MODEL = Classifier.parse(packed({"灯": [138, 128, 1], "你好": [118, 148, 3]}))


def test_sums_are_what_adding_by_hand_gives():
    assert MODEL.sums(["灯", "你好", "unknown"]) == pytest.approx([0.0, 20 * 0.2 / 2 + 1])
    assert MODEL.sums(["灯"]) == pytest.approx([1.0, 1.0])
    assert MODEL.sums([]) == [0.0, 1.0]


def test_lanes_do_not_run_into_each_other_however_many_features_there_are():
    rows = {str(n): [255, 0, 255] for n in range(3000)}
    one, two = Classifier.parse(packed(rows)).sums(rows)
    length = (3000 * 255) ** 0.5
    assert one == pytest.approx(127 * 3000 * 0.1 / length)
    assert two == pytest.approx(-128 * 3000 * 0.2 / length + 1)


def test_a_verdict_ranks_all_labels():
    first, second = MODEL.verdict(["你好"])["intent"]
    assert (first.label, second.label) == ("chat", "report")
    assert first.probability + second.probability == pytest.approx(1)
    assert first.margin > second.margin


def test_confidence_follows_the_line():
    assert MODEL.sure(0.25) == pytest.approx(0.1)
    assert MODEL.sure(0.75) == pytest.approx(0.5)
    assert MODEL.sure(1.0) == pytest.approx(0.8)


def test_why_names_the_weightiest_first():
    told = MODEL.why(["灯", "你好"], "intent", "report", "chat")
    assert [name for name, _ in told] == ["你好", "灯"]
    assert told[1][1] == pytest.approx(0.5)


def test_the_shipped_model_is_small_and_knows_the_labels():
    model = classifier()
    assert list(model.kinds) == ["intent", "category", "urgency"]
    assert len(model.kinds["intent"]) == 11
    assert len(model.kinds["category"]) == 30
    assert len(model.rows) > 10_000
