"""Somebody writes for somebody else."""

import pytest

from models.understanding.behalf import behalf_in, disowns


@pytest.mark.parametrize(
    ("text", "name", "phone"),
    [
        ("代报 3号楼2单元501 王奶奶 家里灯不亮", "王奶奶", ""),
        ("代报 5号楼1单元301 张大爷 13800000000 家里暖气不热", "张大爷", "13800000000"),
        ("代报 5号楼1单元301 张大爷 电话138-0000-0000 家里暖气不热", "张大爷", "13800000000"),
        ("替我妈报，育英3号楼2单元501家里灯不亮", "", ""),
        ("我替我姥姥报修，5号楼1单元", "", ""),
        ("帮楼下王奶奶反映一下 她家水管漏了", "王奶奶", ""),
        ("帮邻居李大爷报个修 3-2-501 没水", "李大爷", ""),
    ],
)
def test_whom_it_is_for(text: str, name: str, phone: str) -> None:
    found = behalf_in(text)
    assert found is not None
    assert (found.name, found.phone) == (name, phone)
    assert "0000" not in found.text


@pytest.mark.parametrize(
    "text", ["", "灯不亮", "帮我报修一下灯", "给物业打电话报了没人管", "给老人送餐", "我给邻居说了他不听"]
)
def test_who_speaks_for_nobody_else(text: str) -> None:
    assert behalf_in(text) is None


@pytest.mark.parametrize("text", ["不是我报的", "我没报", "不用", "不用了。", "我没让他报"])
def test_one_word_takes_it_back(text: str) -> None:
    assert disowns(text)


@pytest.mark.parametrize("text", ["灯还是不亮", "不是", "好的", "不用担心，我自己能换，就是问问你们几点上班"])
def test_other_words_do_not(text: str) -> None:
    assert not disowns(text)
