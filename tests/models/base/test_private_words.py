"""What may not stand in words for everybody, and what may."""

import pytest

from models.base.private_words import private_in


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("请联系13812345678", "mobile", "13812345678"),
        ("电话１３８ １２３４ ５６７８", "mobile", "１３８ １２３４ ５６７８"),
        ("打一三八零零一三八零零零", "mobile", "一三八零零一三八零零零"),
        ("微信同号：138.0013.8000", "mobile", "138.0013.8000"),
        ("+86 13900001111", "mobile", "13900001111"),
        ("身份证230122198001011234", "identity", "230122198001011234"),
        ("23012219800101123x", "identity", "23012219800101123x"),
        ("车牌黑M12345请挪车", "plate", "黑M12345"),
        ("黑 M·A123B 挡路", "plate", "黑 M·A123B"),
        ("6222 0212 3456 7890 123", "bank_card", "6222 0212 3456 7890 123"),
        ("3号楼2单元501张建国欠费320元", "home", "3号楼2单元501张建国"),
        ("501室王女士请缴费", "home", "501室王女士"),
        ("3-2-501 欠 180元", "home", "3-2-501 欠"),
        ("张建国欠物业费两年", "home", "张建国欠"),
        ("业主李淑芬未交暖气费", "home", "业主李淑芬未交"),
        ("五零一室 欠缴", "home", "五零一室 欠缴"),
        ("3#2-501：180元", "home", "3#2-501：180元"),
        ("301户 320.5元", "home", "301户 320.5元"),
        ("育英3号楼一单元402赵奶奶家", "home", "3号楼一单元402赵奶奶家"),
    ],
)
def test_it_is_found_as_it_was_written(text: str, kind: str, words: str) -> None:
    (found,) = private_in(text)
    assert (found.kind, found.words) == (kind, words)


@pytest.mark.parametrize(
    "text",
    [
        "周二早八点到下午五点停水，请提前存水。",
        "3号楼已缴 41/60 户，还没交的请到服务站。",
        "咨询电话0468-3421234，也可以打12345",
        "物业办公室在3号楼1单元101，周一到周五开门。",
        "每平方米0.3元，50平方米一年180元",
        "2026年11月21日20:00清雪，请挪车",
        "欠费请到社区找赵主任",
        "高层住户未交费的请抓紧",
        "3号楼2单元今晚停电 18:00-20:00",
        "第三季度收支：收入12345.60元",
        "王师傅明天来修301单元门口的灯",
        "医保缴费400元，截止12月25日",
    ],
)
def test_what_everybody_may_read_is_left_alone(text: str) -> None:
    assert private_in(text) == []
