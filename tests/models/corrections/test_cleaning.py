"""What says whose a sentence is goes; what it is about stays."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.corrections.cleaning import cleaned


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("电话13812345678，找我", "电话某号，找我"),
        ("打138-1234-5678", "打某号"),
        ("+86 138 1234 5678", "+某号"),
        ("１３８１２３４５６７８", "某号"),
        ("一三八零零零零一二三四打不通", "某号打不通"),
        ("0468-3456789没人接", "某号没人接"),
        ("身份证230402 1990 0101 123X", "身份证某号"),
        ("卡号6222 0200 0011 2233 445", "卡号某号"),
        ("单号100014怎么还没修", "单号某号怎么还没修"),
        ("黑A12345挡道", "某车挡道"),
        ("新能源黑AD12345占位", "新能源某车占位"),
        ("我叫王建国，灯坏了", "我叫某，灯坏了"),
        ("业主张桂兰", "业主某"),
        ("李师傅来过", "某师傅来过"),
        ("赵桂兰老人摔了", "某老人摔了"),
        ("隔壁老王家漏水", "隔壁老某家漏水"),
        ("欧阳主任说的", "某主任说的"),
        ("3号楼2单元501灯不亮", "3号楼2单元某室灯不亮"),
        ("3-2-501漏水", "3-2-某室漏水"),
        ("二单元五零一室", "二单元某室"),
        ("5栋502和601都漏", "5栋某室和某室都漏"),
        ("1302室没水", "某室没水"),
    ],
)
def test_what_could_name_somebody_is_gone(text: str, left: str) -> None:
    assert cleaned(text) == left


@pytest.mark.parametrize(
    "text",
    [
        "3号楼2单元灯不亮", "十二栋三单元四楼漏水", "育英小区5号楼", "12路公交站没雪棚", "欠费1300元，2024年",
        "室温15度", "零下31度", "叫了三天没人来", "找高层反映", "小区没灯，老楼了", "小高层电梯坏了",
        "小时候就有", "两三天没人修", "一百二十户都没水", "晚上11点到早上6点", "报了好几回了，1回都没来",
    ],
)  # fmt: skip
def test_what_it_is_about_stays(text: str) -> None:
    assert cleaned(text) == text


def test_known_names_go_wherever_they_stand() -> None:
    assert cleaned("卫东答应今天来，李卫东没来", ["李卫东", "卫东"]) == "某答应今天来，某没来"


def test_a_line_is_one_line_and_not_endless() -> None:
    assert cleaned("灯\n不\t亮  了") == "灯 不 亮 了"
    assert len(cleaned("灯不亮" * 500)) == 300


@given(st.text(alphabet="0123456789 -东西灯楼号单元室", max_size=60))
def test_no_long_number_is_left_whatever_stands_around_it(text: str) -> None:
    assert not re.search(r"\d{7,}", cleaned(text))


@given(st.text(max_size=80))
def test_cleaning_never_fails_and_twice_is_once(text: str) -> None:
    once = cleaned(text)
    assert "\n" not in once
    assert "\t" not in once
    assert len(once) <= 300
