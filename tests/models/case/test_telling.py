"""What operators and programs are shown of a case."""

from cast import Cast
from factories import a_case

from models.case import telling
from models.case.caller import keep_caller


def test_a_caller_without_wechat_is_shown_masked(cast: Cast) -> None:
    case = a_case(entered_by=cast.zhao)
    keep_caller(case, "张三", "13800000009")
    assert telling.whole(case)["reporter"] == {"kind": "caller", "name": "张*", "phone": "138****0009"}


def test_a_caller_who_left_only_a_name_has_no_phone(cast: Cast) -> None:
    case = a_case(entered_by=cast.zhao)
    keep_caller(case, "张三", "")
    assert telling.whole(case)["reporter"] == {"kind": "caller", "name": "张*", "phone": None}
