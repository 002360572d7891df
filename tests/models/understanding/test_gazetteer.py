import pytest
from understanding_data import gazetteer

from models.understanding import Gazetteer


@pytest.mark.parametrize(
    ("text", "estate"),
    [
        ("森大花园进门", "森大花园"),
        ("老育英四号楼", "育英小区"),
        ("汇星家园十六栋", "汇兴家园"),
        ("站钱小区四号楼", "站前小区"),
        ("我在育英", "育英小区"),
        ("先到光明再到松鹤", "光明新村"),
        ("育英小学门口", None),
        ("站前街那排树", None),
        ("灯不亮", None),
        ("", None),
    ],
)
def test_estates_by_name_alias_and_slip(text, estate):
    found = gazetteer().find(text)
    assert (found and found.name) == estate


def test_a_short_name_counts_only_with_a_place_behind_it():
    town = Gazetteer.of([("和平花园", ())])
    assert town.find("和平3号楼")
    assert town.find("和平小区门口")
    assert not town.find("希望和平解决")


def test_a_short_name_that_two_estates_share_is_neither():
    town = Gazetteer.of([("和平花园", ()), ("和平家园", ())])
    assert not town.find("和平3号楼")


TOWN = Gazetteer.of(
    [
        ("一矿小区", ("一矿",)),
        ("三八里", ()),
        ("八一新村", ("八一",)),
        ("2046公馆", ()),
        ("阳光100", ("阳光一百",)),
        ("18街坊", ()),
        ("南山小区", ()),
        ("小南山小区", ("小南山",)),
        ("荔景华庭", ()),
        ("青年路小区", ()),
        ("幸福家园", ("幸福",)),
        ("东方明珠花园", ()),
        ("桂园新村", ("桂园",)),
    ]
)


@pytest.mark.parametrize(
    ("text", "estate"),
    [
        ("1矿小区3号楼", "一矿小区"),
        ("38里5栋", "三八里"),
        ("81新村2栋", "八一新村"),
        ("二零四六公馆", "2046公馆"),
        ("阳光壹佰7栋", "阳光100"),
        ("十八街坊5号楼", "18街坊"),
        ("丽景华庭6座", "荔景华庭"),
        ("力景华廷的狗", "荔景华庭"),
        ("桂圆新村12幢", "桂园新村"),
        ("桂园 新村12幢", "桂园新村"),
        ("一矿的小区", "一矿小区"),
        ("幸福花园6栋", "幸福家园"),
        ("明珠3栋1单元", "东方明珠花园"),
        ("小南山小区2号楼", "小南山小区"),
        ("南山小区2号楼", "南山小区"),
        ("我住幸福,家里冷", "幸福家园"),
        ("三八节有活动吗", None),
        ("八一建军节", None),
        ("青年路18号门口", None),
        ("幸福感下降", None),
        ("天天都很幸福", None),
        ("丹桂园8号楼", None),
        ("桂圆放久了", None),
        ("打400-810-1234", None),
        ("站在幸福里5号楼", None),
    ],
)
def test_names_of_any_town_by_what_stands_around_them(text, estate):
    found = TOWN.find(text)
    assert (found and found.name) == estate


def test_the_kind_behind_a_name_belongs_to_it():
    found = TOWN.find("我在一矿的小区里")
    assert found
    assert (found.start, found.end) == (2, 7)


def test_a_town_of_700_estates_keeps_them_apart():
    names = [(f"第{n}{kind}", (f"{n}号院", f"老{n}")) for n in range(350) for kind in ("花园", "小区")]
    assert Gazetteer.of(names).size == 700
