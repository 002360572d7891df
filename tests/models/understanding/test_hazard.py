"""Ice over people's heads, a hole in the way, a burst pipe: urgent by rule (row 102)."""

import pytest

from models.understanding import understand
from models.understanding.gazetteer import Gazetteer
from models.understanding.hazard import hazard_in

TOWN = Gazetteer.of([("育英小区", ["育英"])], {})


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("3号楼房檐有冰溜子", "ice"),
        ("育英小区3号楼屋檐上挂着冰锥", "ice"),
        ("单元门上头冰溜子要掉了", "ice"),
        ("5号楼前井盖没了", "manhole"),
        ("3号楼前面井盖松动", "manhole"),
        ("2号楼门口井没有盖", "manhole"),
        ("3号楼水管冻裂了", "pipe"),
        ("地下室暖气管崩了", "pipe"),
    ],
)
def test_it_is_urgent_however_calmly_it_is_said(text: str, kind: str) -> None:
    assert hazard_in(text) == kind
    assert understand(text, TOWN).urgency in ("urgent", "emergency")


@pytest.mark.parametrize(
    "text",
    [
        "3号楼门口路面结冰",
        "房檐上的冰溜子化了，滴水",
        "井盖已经补上了，谢谢",
        "井盖没丢，是盖反了，两个耳朵翘着绊人",
        "水管爆了泡了我家地板，谁负责",
        "我家水管漏水",
        "3号楼2单元灯不亮",
    ],
)
def test_what_is_over_or_something_else_is_none(text: str) -> None:
    assert hazard_in(text) is None


@pytest.mark.parametrize(
    "text", ["冰溜子哪天来打，房檐上挂着，通知说近期", "井盖坏了该找哪个部门", "谢谢，房檐的冰溜子清得真快"]
)
def test_only_a_report_is_raised(text: str) -> None:
    u = understand(text, TOWN)
    assert u.intent == "report" or u.urgency == "normal"
