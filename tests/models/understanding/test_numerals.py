import pytest

from models.understanding.numerals import number, spoken


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
