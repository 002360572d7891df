import pytest

from models.understanding.normal import changes, normal
from models.understanding.spelling import Repair, repairs


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("登不亮", "灯不亮"),
        ("楼道等又坏了", "楼道灯又坏了"),
        ("下水到堵了", "下水道堵了"),
        ("暖器不热", "暖气不热"),
        ("楼到里黑", "楼道里黑"),
        ("电提坏了", "电梯坏了"),
        ("店梯坏了", "电梯坏了"),
        ("物业废咋交", "物业费咋交"),
        ("单源门坏了", "单元门坏了"),
        ("停车为被占", "停车位被占"),
        ("充店桩", "充电桩"),
        ("自来谁发黄", "自来水发黄"),
        ("辣鸡桶", "垃圾桶"),
        ("高空抛务", "高空抛物"),
        ("居为会在哪", "居委会在哪"),
        ("造音太大", "噪音太大"),
        ("井该碎了", "井盖碎了"),
    ],
)
def test_a_word_that_was_written_as_it_sounds(written, read):
    assert normal(written) == read


@pytest.mark.parametrize(
    "right",
    [
        "停电提前通知一下",
        "出门尽量走东边",
        "在楼道等你",
        "物业会来吗",
        "物业非常好",
        "物业回复了",
        "物业公示一下",
        "电动车充电起火",
        "正干着活呢",
        "跟着伙伴走了",
        "没人敲门说一声",
        "车碰了一下",
        "煤气关了",
        "下水关了",
        "二楼水管漏",
        "北京这场雪",
        "垃圾攒了四天",
        "热水呀",
        "花池砖塌了",
        "采暖期到几号",
        "老师付的钱",
        "电器插着没拔",
        "保修期内",
        "临时垃圾暂存点",
        "管不上热水",
        "等不着人",
        "楼道对面的邻居",
        "微心愿",
        "法律服务",
        "我家老幺",
        "收拾号码牌",
    ],
)
def test_words_that_are_right_stay(right):
    assert normal(right) == right


def test_what_was_changed_can_be_shown():
    assert changes("四搂的电提坏了") == [("搂", "楼"), ("电提", "电梯")]
    assert changes("四楼的电梯坏了") == []


def test_a_repair_says_where():
    assert repairs("我家电提坏了") == [Repair(2, "电提", "电梯")]


def test_a_slip_is_put_right_once():
    for text in ("楼到灯登不亮", "暖器片不热", "三单圆门尽坏了"):
        assert normal(normal(text)) == normal(text)
