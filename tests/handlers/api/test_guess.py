"""What the words seem to mean, while somebody is still writing them: a guess that the writer may correct."""

from collections.abc import Callable
from typing import Any

import pytest
from api_client import Mini
from cast import Cast, Someone
from sqlalchemy import func, select

from models.base.orm import session
from models.case.case import Case
from models.case.tables import Alarm
from server.database import Database

Phone = Callable[[Someone], Mini]


def guessed(mini: Mini, text: str) -> dict[str, Any]:
    found: dict[str, Any] = mini.post("/guess", {"text": text})
    return found


@pytest.mark.parametrize(
    ("text", "category", "label", "label_of_place"),
    [
        ("育英小区3号楼2单元楼道灯不亮", "lighting", "照明", "育英小区3号楼2单元"),
        ("家里暖气不热", "heating", "供热", None),
        ("建设小区1号楼下水道堵了", "drainage", "排水", "建设小区1号楼"),
    ],
)
def test_words_of_a_report(
    mini: Phone, town: Cast, text: str, category: str, label: str, label_of_place: str | None
) -> None:
    found = guessed(mini(town.wang), text)
    place = found["place"]
    assert (found["category"], found["label"], found["urgency"]) == (category, label, "normal")
    assert (place["label"] if place else None) == label_of_place


def test_what_was_guessed_can_be_sent_and_corrected(mini: Phone, town: Cast) -> None:
    wang, text = mini(town.wang), "育英小区3号楼2单元楼道灯不亮"
    found = guessed(wang, text)
    for number, category in enumerate((found["category"], "water")):
        draft = {"draft_id": f"draft-000{number}", "text": text, "place_id": found["place"]["place_id"]}
        assert wang.post("/reports", draft | {"category": category})["category"] == category


@pytest.mark.parametrize("text", ["", "   ", "哈哈哈", "那个东西坏了"])
def test_words_that_say_nothing_are_no_error_and_no_category(mini: Phone, town: Cast, text: str) -> None:
    assert guessed(mini(town.wang), text) == {
        "category": None, "label": None, "urgency": "normal", "place": None,
    }  # fmt: skip


@pytest.mark.parametrize("text", ["3号楼着火了", "电梯里困住人了快来", "楼道里有很浓的煤气味"])
def test_words_of_danger_are_said_to_be_so_and_ring_nobody_yet(
    mini: Phone, town: Cast, db: Database, text: str
) -> None:
    found = guessed(mini(town.wang), text)
    assert found["urgency"] == "emergency"
    with db.read():
        counts = [session().scalar(select(func.count(one.id))) for one in (Case, Alarm)]
    assert counts == [0, 0]


def test_how_long_it_may_be(mini: Phone, town: Cast) -> None:
    wang, long = mini(town.wang), "灯不亮" * 333 + "了"
    assert guessed(wang, long)["category"] == "lighting"
    assert wang.refused("POST", "/guess", {"text": long + "。"}) == (422, "bad_field", "text")
    assert wang.refused("POST", "/guess", {}) == (422, "bad_field", "text")
    assert wang.refused("POST", "/guess", {"text": None}) == (422, "bad_field", "text")


def test_nobody_guesses_without_having_agreed(app: Any, town: Cast) -> None:
    assert Mini(app).refused("POST", "/guess", {"text": "灯不亮"})[:2] == (401, "login_needed")
