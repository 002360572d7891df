import time

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


def test_a_town_of_700_estates_is_built_at_once():
    names = [(f"第{n}{kind}", (f"{n}号院", f"老{n}")) for n in range(350) for kind in ("花园", "小区")]
    Gazetteer.of(names[:2])
    began = time.perf_counter()
    assert Gazetteer.of(names).size == 700
    assert time.perf_counter() - began < 0.1
