"""The value rules of template messages by keyword type."""

from __future__ import annotations

import pytest

from server.sandbox.accounts import Template
from server.sandbox.keywords import check_data
from server.sandbox.wire import Refused

FREE = Template("t")


def fits(key: str, value: object) -> bool:
    try:
        return bool(check_data({key: {"value": value}}, FREE))
    except Refused as no:
        return no.errcode != 47003


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("thing1", "3号楼2单元灯不亮，已派陈建国"), ("thing1", "字" * 20), ("short_thing1", "字" * 10),
        ("number2", "12.50"), ("number2", 12), ("letter1", "abc"), ("symbol1", "!!!"),
        ("character_string1", "A0001-3"), ("time4", "15:01"), ("time4", "2019年10月1日 15:01"),
        ("time4", "2026-11-21 15:01:09"), ("time4", "9:00~12:00"), ("date3", "2026年11月21日"),
        ("date3", "2026年11月21日 08:00~2026年11月22日 09:00"), ("amount1", "¥120.50"), ("amount1", "120元"),
        ("phone_number1", "0557-1234567"), ("car_number1", "皖L12345"), ("name1", "陈建国"),
        ("name1", "Anna-Maria O'Neill"), ("phrase1", "已接单"), ("keyword1", "任\n意"),
    ],
)  # fmt: skip
def test_what_the_platform_takes(key: str, value: object) -> None:
    assert fits(key, value)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("thing1", "字" * 21), ("thing1", ""), ("thing1", "  "), ("thing1", "两\n行"), ("thing1", None),
        ("number2", "12间"), ("number2", "1" * 33), ("letter1", "a1"), ("symbol1", "ab"),
        ("symbol1", "!" * 6),
        ("character_string1", "编号1"), ("character_string1", "A" * 33), ("time4", "下午三点"),
        ("time4", "25:00"),
        ("date3", "明天"), ("amount1", "12345678901"), ("amount1", "很多"), ("phone_number1", "1" * 18),
        ("car_number1", "皖L1234567"), ("name1", "字" * 11), ("name1", "a" * 21), ("name1", "陈建国2"),
        ("phrase1", "已经接了单了"), ("phrase1", "ok"),
    ],
)  # fmt: skip
def test_what_the_platform_refuses(key: str, value: object) -> None:
    assert not fits(key, value)


def test_the_keys_must_be_those_of_the_template_all_of_them_and_no_other() -> None:
    template = Template("t", keywords={"thing1": "", "time2": ""})
    both = {"thing1": {"value": "灯"}, "time2": {"value": "15:01"}}
    assert check_data(both, template) == {"thing1": "灯", "time2": "15:01"}
    with pytest.raises(Refused, match="time2"):
        check_data({"thing1": {"value": "灯"}}, template)
    with pytest.raises(Refused, match="thing3"):
        check_data(both | {"thing3": {"value": "灯"}}, template)
    with pytest.raises(Refused, match="empty"):
        check_data({}, template)
