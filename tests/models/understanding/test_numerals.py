import pytest

from models.understanding.numerals import floor_and_door, in_words, number, spoken


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12),
        ("十二", 12),
        ("二十", 20),
        ("二十一", 21),
        ("十", 10),
        ("一百零三", 103),
        ("两", 2),
        ("二一", 21),
        ("楼", None),
    ],
)
def test_counted(text, value):
    assert number(text) == value


@pytest.mark.parametrize(("text", "digits"), [("五零二", "502"), ("1零1", "101"), ("五十", None), ("", None)])
def test_said_one_by_one(text, digits):
    assert spoken(text) == digits


@pytest.mark.parametrize("value", [1, 9, 10, 11, 18, 20, 24, 99, 100, 101, 110, 118, 120, 305, 999])
def test_in_words_and_back(value):
    assert number(in_words(value)) == value


@pytest.mark.parametrize(
    ("text", "room"),
    [("十一零二", "1102"), ("二十三零四", "2304"), ("零二", None), ("十一", None), ("楼上", None)],
)
def test_a_room_as_floor_and_door(text, room):
    assert floor_and_door(text) == room
