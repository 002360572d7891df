"""The shipped model is the one that `make model` makes of what lies in training/."""

import json
import zlib

from messages import Labelled, made_from, open_ones, sealed

from models.base.resources import resource
from models.understanding.classifier import FILE, Classifier


def header() -> dict[str, object]:
    found: dict[str, object] = json.loads(zlib.decompress(resource(FILE).read_bytes()).partition(b"\n")[0])
    return found


def few() -> list[Labelled]:
    return open_ones()[:1500:2]


def test_the_model_is_made_from_what_is_here():
    assert header()["made_from"] == made_from(), "the messages, lists or code changed: make model"


def test_the_same_messages_give_the_same_bytes():
    from fit import features_of, fit, packed  # here, because it loads a matrix library

    def once() -> bytes:
        messages = few()
        kinds = {"intent": 0.3, "category": 0.3, "urgency": 0.3}
        return packed(fit(messages, features_of(messages)), kinds, {"also": 1.0}, [(1.0, 1.0)])

    first = once()
    assert first == once()
    assert Classifier.parse(first).verdict(["灯", "不亮"])["intent"][0].label


def test_the_sealed_messages_are_never_learnt_from():
    known = {message.text for message in open_ones()}
    assert len(sealed()) == 300
    assert not [message.text for message in sealed() if message.text in known and len(message.text) > 6]


def test_the_package_stays_small():
    assert len(resource(FILE).read_bytes()) < 6_000_000
