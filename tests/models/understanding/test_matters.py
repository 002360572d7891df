"""Several matters in one message, and above all: one story stays one."""

import pytest
from understanding_data import gazetteer, held_out, messages

from models.understanding.gazetteer import Gazetteer
from models.understanding.matters import matters_in

TOWN = Gazetteer.of([("育英小区", ["育英"]), ("建设小区", ["建设"])])


def told(text: str) -> list[tuple[str | None, str | None, str | None]]:
    return [(m.meaning.category, m.meaning.building, m.meaning.unit) for m in matters_in(text, TOWN)]


@pytest.mark.parametrize(
    ("text", "matters"),
    [
        (
            "育英3号楼2单元灯不亮，另外下水道也堵了，还有5号楼门口雪没清",
            [("lighting", "3", "2"), ("drainage", "3", "2"), ("snow_ice", "5", None)],
        ),
        (
            "1.楼道灯坏了 2.垃圾没人收 3.健身器材坏了",
            [("lighting", None, None), ("garbage", None, None), ("facility", None, None)],
        ),
        (
            "反映三个问题：1、楼道灯不亮；2、单元门关不严；3、5号楼后面垃圾堆成山。谢谢",
            [("lighting", None, None), ("door", None, None), ("garbage", "5", None)],
        ),
        ("楼道灯坏了\n垃圾没人收\n谢谢", [("lighting", None, None), ("garbage", None, None)]),
        (
            "育英小区3号楼，楼道灯坏了，小广告也贴满了，下水还反味",
            [("lighting", "3", None), ("adverts", "3", None), ("drainage", "3", None)],
        ),
        ("①路灯不亮②井盖没了", [("lighting", None, None), ("road", None, None)]),
        ("一是楼道灯坏了，二是单元门关不上", [("lighting", None, None), ("door", None, None)]),
        (
            "第一，电梯坏了；第二，楼道灯不亮；第三，小广告太多",
            [("elevator", None, None), ("lighting", None, None), ("adverts", None, None)],
        ),
        ("灯坏了 顺便问下物业费多少钱一平", [("lighting", None, None), ("fees", None, None)]),
        ("灯坏了，还有5号楼灯也坏了", [("lighting", None, None), ("lighting", "5", None)]),
    ],
)
def test_what_a_writer_counts_or_turns_to_is_told_apart(text, matters) -> None:
    assert told(text) == matters


@pytest.mark.parametrize(
    "text", ["育英3号楼有两个事：1.灯不亮 2.门关不严", "1、楼道灯坏了\n2、垃圾没人收\n育英3号楼"]
)
def test_a_place_in_front_or_behind_goes_for_all(text) -> None:
    assert [building for _, building, _ in told(text)] == ["3", "3"]


def test_a_danger_among_other_things_keeps_its_own_number_to_call() -> None:
    gas, light = matters_in("楼道有煤气味 另外灯也不亮", TOWN)
    assert (gas.meaning.danger, light.meaning.danger) == ("119", None)
    assert light.meaning.urgency == "normal"


def test_the_words_of_every_part_are_the_writers_own() -> None:
    text = "育英3号楼2单元灯不亮，另外下水道也堵了，还有5号楼门口雪没清"
    assert [m.text for m in matters_in(text, TOWN)] == [
        "育英3号楼2单元灯不亮",
        "另外下水道也堵了",
        "还有5号楼门口雪没清",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "灯坏了",
        "我们单元灯坏了，另外我家老人腿脚不好，晚上不敢下楼",
        "楼上漏水把我家棚都泡了，找他他不开门，你们快来人看看吧",
        "水管爆了。水都流到电梯里了。快来人！",
        "灯不亮，还有味儿",
        "楼道灯三个月没亮了，我妈下楼摔了一跤，还有谁管这事",
        "1号楼2单元3楼灯不亮",
        "垃圾两天没人收了 另外你们几点上班",
    ],
)
def test_one_story_stays_one(text) -> None:
    assert len(matters_in(text, TOWN)) == 1
    assert matters_in(text, TOWN)[0].text == text


def test_of_the_messages_that_were_read_hardly_any_is_torn_apart() -> None:
    """Those that ask for one thing (`also` is empty): at most one in a hundred may be cut."""
    read = [one for one in messages() if one["id"] not in held_out() and not one["also"]]
    torn = [one["text"] for one in read if len(matters_in(one["text"], gazetteer())) > 1]
    assert len(read) > 500
    assert len(torn) <= len(read) / 100, torn
