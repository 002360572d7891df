"""Words that come back to something said before."""

import pytest

from models.understanding.follow_up import closest, points_back


@pytest.mark.parametrize(
    ("text", "back"),
    [
        ("还是不亮", "again"),
        ("咋还没来", "again"),
        ("现在更严重了 水都流到一楼了", "again"),
        ("还没人来", "again"),
        ("那个灯的事儿", "thing"),
        ("刚才说的那个", "thing"),
        ("敲301的门", "comer"),
        ("到了给我打电话", "comer"),
        ("晚上六点以后家里才有人", "comer"),
        ("对了是二单元", "more"),
        ("你们快点啊", "more"),
    ],
)
def test_how_it_comes_back(text: str, back: str) -> None:
    assert points_back(text) == back


@pytest.mark.parametrize(
    "text", ["", "你好", "3号楼2单元灯不亮", "楼上半夜敲门", "下水道堵了", "垃圾没人收", "物业费怎么交"]
)
def test_what_comes_back_to_nothing(text: str) -> None:
    assert points_back(text) is None


def test_the_one_with_most_in_common_is_meant() -> None:
    told = ["3号楼2单元灯不亮", "下水道堵了", "垃圾没人收"]
    assert closest("那个灯的事儿", told) == 0
    assert closest("下水那个", told) == 1
    assert closest("那个事", told) is None


def test_when_two_have_as_much_nobody_guesses() -> None:
    assert closest("灯的事", ["3号楼灯不亮", "5号楼灯不亮"]) is None
