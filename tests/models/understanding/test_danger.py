import pytest
from understanding_data import gazetteer, rows

from models.understanding import understand
from models.understanding.danger import danger_in
from models.understanding.normal import normal


@pytest.mark.parametrize(("call", "text"), rows("dangers.tsv"))
def test_dangers_and_look_alikes(call, text):
    danger = danger_in(normal(text))
    assert (danger.call if danger else "-") == call


def test_danger_makes_an_emergency_whatever_the_intent():
    seen = understand("你好 请问物业费怎么交 哎呀着火了", gazetteer())
    assert (seen.urgency, seen.danger) == ("emergency", "119")


def test_no_number_to_call_without_danger():
    assert understand("灯不亮", gazetteer()).danger is None
