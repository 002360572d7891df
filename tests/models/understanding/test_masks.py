import pytest

from models.understanding.masks import CROSSED, crossed_out


@pytest.mark.parametrize(
    "number",
    [
        "13845678901",
        "138 4567 8901",
        "400-810-1234",
        "0468-3345678",
        "一三八四五六七八九零一",
        "3月2号",
        "十二月一号",
        "2024-3-15",
        "8:30-10:30",
        "黑HA3021",
        "粤B·8502F",
        "502块",
        "89.6平",
        "18-20度",
        "取件码6-2-3305",
        "一梯四户",
        "礼拜三",
    ],
)
def test_numbers_that_are_no_place_are_crossed_out(number):
    assert crossed_out(number) == CROSSED * len(number)


@pytest.mark.parametrize("text", ["3-2-501", "3号楼2单元", "502天天吵", "3-5号楼", "十二号楼", "B区3栋"])
def test_places_stay(text):
    assert crossed_out(text) == text


def test_the_sentence_stays_as_long():
    text = "打13845678901,3号楼"
    assert len(crossed_out(text)) == len(text)
    assert crossed_out(text).endswith(",3号楼")
