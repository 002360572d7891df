"""Each type of keyword has a rule of the platform; whatever a resident wrote must come out fitting it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.wording.values import fitted
from server.sandbox.accounts import Template
from server.sandbox.keywords import check_data


@pytest.mark.parametrize(
    ("key", "said", "shown"),
    [
        ("thing1", "3号楼2单元灯不亮", "3号楼2单元灯不亮"),
        ("thing1", "一二三四五六七八九十一二三四五六七八九十一", "一二三四五六七八九十一二三四五六七八九…"),
        ("thing2", "第一行\n第二行\t后面", "第一行 第二行 后面"),
        ("thing2", "灯坏了😭\u200d\ufe0f谢谢", "灯坏了谢谢"),
        ("thing2", "𠮷祥家园", "𠮷祥家园"),
        ("thing2", "", "无"),
        ("short_thing1", "一二三四五六七八九十一", "一二三四五六七八九…"),
        ("number1", "共 12.50 元", "12.50"),
        ("number1", "没有", "0"),
        ("letter1", "ABc 3号", "ABc"),
        ("symbol1", "!!a b??", "!!??"),
        ("character_string1", "编号 5724-A", "5724-A"),
        ("character_string1", "五", "-"),
        ("time1", "2026年11月21日 10:38", "2026年11月21日 10:38"),
        ("date2", "2026年11月21日", "2026年11月21日"),
        ("amount1", "共¥1,250.50元", "¥1250.50元"),
        ("phone_number1", "电话 0431-8888 6666", "0431-8888 6666"),
        ("car_number1", "吉B·12345", "吉B12345"),
        ("name1", "欧阳小明同志在社区工作室", "欧阳小明同志在社区工"),
        ("name1", "Alexander Johnson Smith", "Alexander Johnson Sm"),
        ("phrase1", "已经办好了，谢谢", "已经办好了"),
        ("keyword1", "旧模板\n也一样", "旧模板 也一样"),
    ],
)
def test_a_value_is_made_to_fit_its_keyword(key: str, said: str, shown: str) -> None:
    assert fitted(key, said) == shown


@pytest.mark.parametrize(
    "key",
    [
        "thing1", "short_thing1", "const1", "enum1", "number1", "letter1", "symbol1", "character_string1",
        "amount1", "phone_number1", "name1", "phrase1",
    ],
)  # fmt: skip
@given(said=st.text(max_size=60))
def test_whatever_was_written_the_platform_takes_it(key: str, said: str) -> None:
    value = fitted(key, said)
    assert check_data({key: {"value": value}}, Template("t")) == {key: value}
