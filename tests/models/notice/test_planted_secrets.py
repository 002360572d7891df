"""X05: of five thousand broadcasts with something planted in them, none gets through; honest ones do."""

import random
from collections.abc import Callable

import pytest
from documents import SLIDES, in_runs, office, sheet

from models.base.private_words import private_in
from models.base.refusals import Invalid
from models.media.documents import looked_into
from models.outbox.door import PublicFees

SURNAMES = "王李张刘陈杨赵黄周吴徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾"
GIVEN = (
    "建国",
    "桂兰",
    "秀英",
    "伟",
    "芳",
    "丽娟",
    "志强",
    "玉珍",
    "海燕",
    "明",
    "淑芬",
    "永贵",
    "小红",
    "凤霞",
    "德才",
)
HONEST = (
    "周二早八点到下午五点换水管，请提前存水",
    "今晚八点清雪，请把车挪到广场",
    "3号楼已缴41/60户，没交的请到服务站",
    "物业费每平方米0.3元，50平方米一年180元",
    "咨询电话0468-3421234，或打12345",
    "明天上午九点小广场义诊，带上医保卡",
    "5号楼2单元电梯检修，下午两点恢复",
    "本月收入12345.60元，支出9800.00元，余2545.60元",
    "请各家看好孩子，楼顶有冰溜子，别从檐下走",
    "换灯泡36个，一个4.5元，共162元",
    "物业办公室搬到3号楼1单元101，周一到周五开门",
    "11月21日20:00到22日6:00停气，恢复前别开灶",
    "周日请到3号楼1单元101室登记",
    "温 馨 提 示：2单元楼道刷墙，请靠右走",
    "防空洞改成活动室，在拐角处往里50米，401室是阅览室",
    "严 禁 高 空 抛 物",
    "三楼西侧跑水已修好，高层住户的水压恢复了",
)
DIGITS = {
    "words": "零一二三四五六七八九",
    "called": "洞幺两三四五六拐八勾",
    "full": "０１２３４５６７８９",
    "plain": "0123456789",
}


class Planter:
    """Writes one secret in one of the ways in which people write it."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)

    def digits(self, number: str, gaps: bool = True) -> str:
        signs = DIGITS[self.dice.choice(["plain", "plain", "full", "words", "called"])]
        between = self.dice.choice(["", "", " ", "-", ".", "·", "—"]) if gaps else ""
        return between.join(signs[int(sign)] if sign.isdigit() else sign for sign in number)

    def number(self, length: int) -> str:
        return "".join(str(self.dice.randrange(10)) for _ in range(length))

    def name(self) -> str:
        apart = self.dice.choice(["", "", "", "", " ", "·", "  "])
        return apart.join(self.dice.choice(SURNAMES) + self.dice.choice(GIVEN))

    def room(self) -> str:
        building, unit = self.dice.randrange(1, 30), self.dice.randrange(1, 6)
        room = f"{self.dice.randrange(1, 19)}0{self.dice.randrange(1, 5)}"
        return self.dice.choice(
            [
                f"{building}号楼{unit}单元{room}",
                f"{building}号楼{unit}单元{room}室",
                f"{building}-{unit}-{room}",
                f"{building}#{unit}-{room}",
                f"{building}栋{room}室",
                f"{room}室",
                f"{room}户",
                f"{unit}单元{self.digits(room, gaps=False)}室",
                f"{unit}单元{self.dice.choice('二三四五六')}楼{self.dice.choice('东西中')}户",
            ]
        )

    def mobile(self) -> str:
        return self.dice.choice(["", "电话", "微信同号", "+86 "]) + self.digits("13" + self.number(9))

    def identity(self) -> str:
        born = f"19{self.dice.randrange(40, 99)}0{self.dice.randrange(1, 9)}1{self.dice.randrange(0, 9)}"
        return "身份证" + self.digits(
            "23012" + self.number(1) + born + self.number(3) + self.dice.choice("0123X")
        )

    def plate(self) -> str:
        tail = self.number(4) + self.dice.choice("0123456789ABDF")
        return self.dice.choice(["黑", "京", "粤", "吉"]) + self.dice.choice(["", "·", " "]).join(["M", tail])

    def debt(self) -> str:
        sum_said = f"{self.dice.randrange(20, 900)}元"
        debt = self.dice.choice(["欠费", "拖欠物业费", "欠", "未缴", "没交物业费", "逾期未交", "欠缴"])
        return self.dice.choice(
            [
                f"{self.room()}{debt}{sum_said}",
                f"{self.room()}：{sum_said}",
                f"{self.name()}{debt}{sum_said}",
                f"业主{self.name()}{debt}",
                f"{self.room()} {self.name()} {debt}",
                f"{debt}的有{self.name()}、{self.name()}",
            ]
        )

    def home(self) -> str:
        person = self.name() + self.dice.choice(["", "女士", "先生", "大爷"])
        return self.dice.choice(
            [f"{self.room()}{person}", f"{self.room()} {person}", f"{person}（{self.room()}）"]
        )

    def broadcast(self) -> str:
        secret = self.dice.choice([self.mobile, self.identity, self.plate, self.debt, self.home])()
        before, after = self.dice.sample(HONEST, 2)
        between = self.dice.choice(["。", "，", "\n", "；", "：", "。另，"])
        return self.dice.choice(
            [f"{secret}。{before}。", f"{before}{between}{secret}。{after}。", f"{before}{between}{secret}"]
        )


def test_of_five_thousand_planted_secrets_none_gets_through() -> None:
    planter = Planter(20261121)
    broadcasts = [planter.broadcast() for _ in range(5000)]
    through = [text for text in broadcasts if not private_in(text)]
    assert through == []


@pytest.mark.parametrize("seed", range(20))
def test_honest_words_get_through(seed: int) -> None:
    dice = random.Random(seed)
    text = "。".join(dice.sample(HONEST, 4)) + "。"
    assert private_in(text) == []


def test_of_five_thousand_fee_notices_with_something_planted_none_reaches_a_group() -> None:
    """Whatever its number says, the type looks through its words."""
    planter = Planter(20261122)
    counts = {"estate": "育英小区", "building": "3", "buildings": None, "paid": 41, "homes": 60}
    said = {
        "number": 1,
        "title": "物业费催缴",
        "signed": "居委会",
        "kind": "ordinary",
        "corrects": False,
        "path": "",
    }
    through = []
    for _ in range(5000):
        text = planter.broadcast()
        try:
            PublicFees(**said, **counts, lead=text)  # type: ignore[arg-type]
        except Invalid:
            continue
        through.append(text)
    assert through == []


def test_of_five_hundred_attachments_with_something_planted_none_is_taken() -> None:
    """In a paragraph cut into runs, in a cell, in neighbouring cells of a row."""
    planter = Planter(20261123)
    dice = planter.dice
    through = []
    forms: tuple[Callable[[str], bytes], ...] = (
        lambda text: in_runs(text, dice),
        lambda text: in_runs(text, dice, SLIDES),
        lambda text: sheet(["楼栋", "说明"], ["全小区", text]),
        lambda _: sheet(
            ["室号", "业主", "欠费"], [planter.room(), planter.name(), f"欠{dice.randrange(20, 900)}元"]
        ),
    )
    for number in range(500):
        data = forms[number % 4](planter.broadcast())
        if not private_in(looked_into(data).text):
            through.append(looked_into(data).text)
    assert through == []


ROWS = (["3", "2", "501", "张建国", 320], ["3", "2", "502", "李淑芬", 180])


@pytest.mark.parametrize(
    "head",
    [
        ["楼号", "单元", "室号", "业主", "欠费"],
        ["楼", "单元", "室", "姓名", "金额（元）"],
        ["楼栋", "单元", "房号", "户主姓名", "应收"],
    ],
)
def test_a_book_with_a_column_for_each_part_of_a_home_is_not_taken(head: list[str]) -> None:
    table = "".join(
        "<w:tr>" + "".join(f"<w:tc><w:p><w:r><w:t>{one}</w:t></w:r></w:p></w:tc>" for one in row) + "</w:tr>"
        for row in (head, *ROWS)
    )
    for data in (sheet(head, *ROWS), office(f"</w:t></w:r></w:p><w:tbl>{table}</w:tbl><w:p><w:r><w:t>")):
        assert [one.kind for one in private_in(looked_into(data).text)][:1] == ["home"]


def test_an_empty_form_and_a_list_of_rooms_without_names_are_taken() -> None:
    for rows in (
        [["姓名", "楼号", "室号", "签字"], ["", "", "", ""]],
        [["室号", "停水时间"], ["501", "8点"]],
    ):
        assert private_in(looked_into(sheet(*rows)).text) == []


@pytest.mark.parametrize("seed", range(5))
def test_honest_attachments_are_taken(seed: int) -> None:
    dice = random.Random(seed)
    for data in (in_runs("。".join(dice.sample(HONEST, 4)), dice), sheet(*([one, 41, 60] for one in HONEST))):
        assert private_in(looked_into(data).text) == []
