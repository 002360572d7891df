"""What a writer takes back or puts right."""

import pytest

from models.understanding.amendments import (
    Amendment,
    amendment_in,
    calls_off,
    gives_up,
    is_apart,
    is_me_too,
    only_calls_off,
)


@pytest.mark.parametrize(
    ("text", "said", "denied"),
    [
        ("不是12栋是13栋", "13栋", "12栋"),
        ("是4单元不是2单元", "4单元", "2单元"),
        ("说错了 是三号楼", "三号楼", ""),
        ("不是漏水是返水", "返水", "漏水"),
        ("楼号说错了，5号楼", "5号楼", ""),
        ("打错了 是5号楼", "5号楼", ""),
        ("不是3号楼，5号楼", "5号楼", "3号楼"),
        ("不对，是5号楼", "5号楼", ""),
        ("应该是5号楼", "5号楼", ""),
        ("地址错了 5号楼1单元", "5号楼1单元", ""),
        ("不是灯，是水管漏水", "水管漏水", "灯"),
        ("我说的是五号楼", "五号楼", ""),
        ("搞错了，是楼上漏水不是下水堵", "楼上漏水", ""),
        ("不是3号楼", "", "3号楼"),
    ],
)
def test_what_holds_and_what_does_not(text: str, said: str, denied: str) -> None:
    assert amendment_in(text) == Amendment(said, denied)


@pytest.mark.parametrize("text", ["不是报修 我就问问", "我就问问", "没想报修"])
def test_what_was_no_report(text: str) -> None:
    found = amendment_in(text)
    assert found is not None
    assert found.withdrawn


@pytest.mark.parametrize(
    ("text", "urgency"), [("不急", "normal"), ("别慌 不是急事", "normal"), ("挺急的", "urgent")]
)
def test_how_pressing_it_is(text: str, urgency: str) -> None:
    found = amendment_in(text)
    assert found is not None
    assert found.urgency == urgency


@pytest.mark.parametrize(
    "text",
    ["", "灯不亮", "3号楼2单元灯不亮!", "是不是停水了", "是二单元", "打错了", "灯坏了不是一天两天了"],
)
def test_what_puts_nothing_right(text: str) -> None:
    assert amendment_in(text) is None


@pytest.mark.parametrize("text", ["不是一件", "另一件", "这是两码事", "100023和那个不是一回事"])
def test_what_takes_apart(text: str) -> None:
    assert is_apart(text)


def test_a_long_story_takes_nothing_apart() -> None:
    assert not is_apart("上次说的另一件事你们办得挺好，这次是楼道里的灯又不亮了，麻烦再来看看")


def test_nobody_need_come_any_more():
    assert calls_off("不用来了，自己修好了")
    assert not calls_off("灯不亮")
    assert not calls_off("不用来了" + "我等了一个上午也没有看到一个人影你们忙吧")


def test_a_mere_word_that_calls_off_is_told_from_a_sentence():
    assert only_calls_off(" 取消 ")
    assert not only_calls_off("取消昨天那个灯")


@pytest.mark.parametrize("text", ["算了", "发错了", "不报了吧", "取消"])
def test_what_is_still_asked_about_is_given_up(text: str) -> None:
    assert gives_up(text)


@pytest.mark.parametrize("text", ["3号楼", "算了我还是说吧是育英小区三号楼"])
def test_who_goes_on_telling_gives_nothing_up(text: str) -> None:
    assert not gives_up(text)


def test_who_met_the_same_thing_says_so():
    assert is_me_too("我家也是这样，3号楼")
    assert not is_me_too("灯不亮")
