import pytest
from understanding_data import gazetteer

from models.understanding import understand
from models.understanding.classifier import Ranked
from models.understanding.urgency import urgency_of


def ranked(normal: float, urgent: float, emergency: float) -> tuple[Ranked, ...]:
    told = {"normal": normal, "urgent": urgent, "emergency": emergency}
    return tuple(Ranked(label, share, 0) for label, share in told.items())


def test_a_word_of_danger_decides_alone():
    assert urgency_of("chat", ranked(0.99, 0.01, 0), True, 0.3, 0.5) == "emergency"


def test_the_model_calls_an_emergency_before_it_is_more_likely_than_not():
    assert urgency_of("report", ranked(0.5, 0.1, 0.4), False, 0.3, 0.5) == "emergency"
    assert urgency_of("report", ranked(0.6, 0.2, 0.2), False, 0.3, 0.5) == "normal"


def test_what_is_not_normal_and_no_emergency_is_urgent():
    assert urgency_of("report", ranked(0.45, 0.35, 0.2), False, 0.3, 0.5) == "urgent"


def test_a_question_can_wait():
    assert urgency_of("policy", ranked(0.1, 0.8, 0.1), False, 0.3, 0.5) == "normal"


@pytest.mark.parametrize(
    "text",
    [
        "水管爆了水哗哗淌",
        "厕所返水淌客厅了",
        "井盖没了",
        "冰溜子两米长正对单元门",
        "电线裸露伸手就能够着",
        "屋里才11度,孩子刚满月",
        "暖气冰凉,我妈瘫痪",
    ],
)
def test_harm_today(text):
    assert understand(text, gazetteer()).urgency == "urgent"


@pytest.mark.parametrize(
    "text", ["灯不亮", "暖气不热", "垃圾没人拉", "井盖换了新的,不响了", "老人多,装个扶手"]
)
def test_what_can_wait(text):
    assert understand(text, gazetteer()).urgency == "normal"
