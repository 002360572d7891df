import pytest
from understanding_data import gazetteer

from models.understanding import understand
from models.understanding.category import category_of, codes
from models.understanding.classifier import Ranked

LAMP, DRAIN, NONE = Ranked("lighting", 0.6, 0.4), Ranked("drainage", 0.3, 0.2), Ranked("-", 0.1, -0.5)


def test_the_guide_has_29_categories():
    assert len(codes()) == 29


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("楼道灯不亮", "lighting"),
        ("地漏返水", "drainage"),
        ("自来水发黄", "water"),
        ("暖气不热", "heating"),
        ("一开空调就跳闸", "power"),
        ("楼上飞线给电动车充电", "ev_charging"),
        ("电梯停了", "elevator"),
        ("单元门锁坏了", "door"),
        ("外墙皮掉了", "roof_wall"),
        ("井盖响", "road"),
        ("垃圾没人拉", "garbage"),
        ("楼道堆纸壳", "clutter"),
        ("墙上贴满小广告", "adverts"),
        ("树枝挡光", "greening"),
        ("雪没人扫", "snow_ice"),
        ("车位让人占了", "parking"),
        ("楼顶私搭彩钢棚", "illegal_build"),
        ("楼上半夜吵", "noise"),
        ("往楼下扔酒瓶", "falling_objects"),
        ("消防栓没水", "fire_safety"),
        ("大狗不拴绳", "pets"),
        ("快递让人偷了", "security"),
    ],
)
def test_plain_reports(text, code):
    assert understand(text, gazetteer()).category == code


def test_what_asks_for_nothing_has_no_category():
    assert category_of("chat", (LAMP, DRAIN), 0).main is None


def test_questions_of_fees_and_rules_have_their_own():
    assert category_of("fee", (LAMP, DRAIN), 0).main == "fees"
    assert category_of("policy", (LAMP, DRAIN), 0).main == "policy"


def test_a_report_is_always_about_something():
    assert category_of("report", (NONE, LAMP), 9).main == "lighting"
    assert category_of("progress", (NONE, LAMP), 9).main is None


def test_a_second_matter_needs_its_margin():
    assert category_of("report", (LAMP, DRAIN, NONE), 0.2).also == ("drainage",)
    assert category_of("report", (LAMP, DRAIN, NONE), 0.3).also == ()
