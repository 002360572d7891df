import pytest
from hypothesis import given
from hypothesis import strategies as st
from understanding_data import gazetteer

from models.understanding import Gazetteer, understand
from models.understanding.normal import LIMIT


def test_the_first_message_of_the_project():
    assert understand("3号楼2单元灯不亮!", gazetteer()).as_dict() | {"confidence": 1} == {
        "intent": "report",
        "category": "lighting",
        "also": [],
        "estate": None,
        "building": "3",
        "unit": "2",
        "floor": None,
        "room": None,
        "urgency": "normal",
        "confidence": 1,
    }


def test_praise_is_told_apart_from_thanks_and_reports():
    assert understand("感谢刘大姐，调解挺管用", gazetteer()).praise
    assert understand("我要表扬师傅，手艺不错", gazetteer()).praise
    assert not understand("谢谢", gazetteer()).praise
    assert not understand("感谢物业让我天天免费爬楼，电梯第五天不动", gazetteer()).praise
    assert not understand("不满意，师傅糊弄人", gazetteer()).praise


def test_a_short_reply_is_told():
    assert understand("不满意 还是漏", gazetteer()).matters == "dissatisfied"
    assert understand("3号楼2单元灯不亮!", gazetteer()).matters is None


def test_without_a_gazetteer_the_rest_is_still_understood():
    seen = understand("育英小区3号楼灯不亮", Gazetteer.of(()))
    assert (seen.estate, seen.building, seen.category) == (None, "3", "lighting")


@given(st.text(alphabet=st.characters(), max_size=300))
def test_any_text_gives_an_answer(text):
    assert 0 <= understand(text, gazetteer()).confidence <= 1


HOSTILE = {
    "digits": "1" * 100_000,
    "numerals": "一" * 100_000,
    "dashes": "1-" * 50_000,
    "controls": "\x00\x1b\r\n" * 25_000,
    "surrogates": "\ud83d" * 100_000,
    "ligatures": "\ufdfa" * 100_000,
    "marks": "e" + "\u0301\u0327" * 50_000,
    "stars": "1*" * 50_000,
    "lamps": "灯" * 100_000,
    "danger": "着火电梯井盖" * 17_000,
    "estates": "育英" * 50_000,
    "blanks": " " * 100_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_of_a_hostile_text_only_the_beginning_is_read(text):
    assert understand(text, gazetteer()) == understand(text[:LIMIT], gazetteer())
