import pytest
from hypothesis import given
from hypothesis import strategies as st
from understanding_data import PLACE_FIELDS, gazetteer

from models.understanding import place_only
from models.understanding.normal import normal
from models.understanding.place import place_in, place_words


def said(text: str) -> str:
    """The fields of the place: e:… b:… u:… f:… r:…, those that are there."""
    place = place_in(normal(text), gazetteer())
    return " ".join(f"{name[0]}:{value}" for name in PLACE_FIELDS if (value := getattr(place, name)))


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("3号楼2单元灯不亮!", "b:3 u:2"),
        ("三号楼", "b:3"),
        ("十二栋", "b:12"),
        ("二十一栋四单元", "b:21 u:4"),
        ("五楼堆东西", "f:5"),
        ("3-2-501没水", "b:3 u:2 r:501"),
        ("三杠二杠五零一 没水", "b:3 u:2 r:501"),
        ("3#2单元下水堵", "b:3 u:2"),
        ("12#1-602暖气不热", "b:12 u:1 r:602"),
        ("育英9-2", "e:育英小区 b:9 u:2"),
        ("7-702", "b:7 r:702"),
        ("二门洞窗户碎了", "u:2"),
        ("A5栋2单元", "b:A5 u:2"),
        ("B2号楼", "b:B2"),
        ("森大2号楼603", "e:森大花园 b:2 r:603"),
        ("十五号楼,二单元,四零二", "b:15 u:2 r:402"),
        ("3和5号楼中间", "b:3"),
        ("1至3层", "f:1"),
        ("六楼半", "f:6"),
        ("二三楼没灯", "f:2"),
        ("站前楼二号三单元", "e:站前小区 b:2 u:3"),
        ("601漏水", "r:601"),
        ("四搂", "f:4"),
        ("１号楼２单元２０２", "b:1 u:2 r:202"),
        ("12栋A座", "b:12 u:A"),
        ("5幢2梯", "b:5 u:2"),
        ("6楼3门501", "b:6 u:3 r:501"),
        ("12弄5号301室", "b:5 r:301"),
        ("#7楼后面", "b:7"),
        ("8座1203", "b:8 r:1203"),
        ("8栋12C", "b:8 r:12C"),
        ("13 4 702", "b:13 u:4 r:702"),
        ("11栋十一零二", "b:11 r:1102"),
        ("三栋两单元", "b:3 u:2"),
        ("3、5、7号楼", "b:3"),
        ("十一二楼", "f:11"),
        ("501-503这几家", "r:501"),
        ("18F", "f:18"),
        ("502天天吵", "r:502"),
        ("B区3栋", "b:3"),
        ("拾叁号楼肆单元", "b:13 u:4"),
        ("礼拜三五号楼", "b:5"),
    ],
)
def test_places_as_people_write_them(text, fields):
    assert said(text) == fields


@pytest.mark.parametrize(
    "text",
    [
        "电话13845678901",
        "0468-3345678",
        "139****0987",
        "押金2000",
        "刚交了1860",
        "10月15日",
        "2路车",
        "屋里15度",
        "爬二十四层",
        "六层楼都没水",
        "顶楼",
        "负一层",
        "结了一层冰",
        "小广场东门",
        "打110",
        "8号口坏了",
        "28号停水",
        "2023年",
        "每栋楼",
        "两单元之间",
        "路边7座石墩子",
        "一梯四户",
        "黑HA3021",
        "502胶",
        "3月2号楼上漏水",
        "取件码6-2-3305",
        "B2层车库",
        "-1楼",
        "3号门岗",
        "盖到五层",
        "腊月二十三",
    ],
)
def test_numbers_that_are_no_place(text):
    assert said(text) == ""


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("二单元", {"unit": "2"}),
        ("3-2-501", {"building": "3", "unit": "2", "room": "501"}),
        ("育英3号楼", {"estate": "育英小区", "building": "3"}),
        ("3号楼2单元501", {"building": "3", "unit": "2", "room": "501"}),
        ("我家在育英小区3号楼。", {"estate": "育英小区", "building": "3"}),
        ("育英", {"estate": "育英小区"}),
        ("是五楼的", {"floor": "5"}),
    ],
)
def test_an_answer_that_is_only_a_place(text, fields):
    place = place_only(text, gazetteer())
    assert place
    assert {name: getattr(place, name) for name in PLACE_FIELDS if getattr(place, name)} == fields


def test_what_was_read_as_the_place_can_be_shown():
    assert place_words("育英小区的3号楼2单元灯不亮", gazetteer()) == ("育英小区", "3号楼2单元")
    assert place_words("灯不亮", gazetteer()) == ()


@pytest.mark.parametrize(
    "text", ["", "二单元灯不亮", "还是不亮", "好的", "2", "谢谢", "满意", "二单元" * 100]
)
def test_an_answer_that_is_more_or_less_than_a_place(text):
    assert place_only(text, gazetteer()) is None


def test_a_bare_number_answers_what_was_asked():
    unit = place_only("2", gazetteer(), asked="unit")
    room = place_only("五零一", gazetteer(), asked="room")
    assert unit
    assert unit.unit == "2"
    assert room
    assert room.room == "501"
    assert place_only("0", gazetteer(), asked="unit") is None


@given(
    st.text(
        alphabet="一二三十百零两1235-#号楼栋单元层室门座 ,、.月日元A育英光明登灯~:幺拾\u200b\ud800",
        max_size=40,
    )
)
def test_whatever_is_written_is_read_without_an_error(text):
    spelled = normal(text)
    place = place_in(spelled, gazetteer())
    assert bool(place_words(spelled, gazetteer())) == bool(place)
