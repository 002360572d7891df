import pytest

from models.understanding.normal import normal
from models.understanding.urgency import is_urgent


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
    assert is_urgent(normal(text))


@pytest.mark.parametrize(
    "text", ["灯不亮", "暖气不热", "垃圾没人拉", "井盖换了新的,不响了", "老人多,装个扶手"]
)
def test_what_can_wait(text):
    assert not is_urgent(normal(text))
