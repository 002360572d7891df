"""What exactly is asked, by words that a clerk may extend."""

import pytest

from models.enquiry.asking import (
    area_said,
    asks_instead,
    asks_tariff,
    relayed,
    reports_instead,
    role_asked,
    station_kinds,
    talk_of,
    topic_asked,
    wants_person,
)


@pytest.mark.parametrize(
    "text", ["物业费多少钱一平", "我家59.8平，一年应该是多少", "物业费", "一平物业费多少", "物业费咋算的"]
)
def test_the_price_is_asked(text: str) -> None:
    assert asks_tariff(text)


@pytest.mark.parametrize(
    "text",
    [
        "停车费一个月多少钱",
        "物业费能分期不",
        "我欠多少物业费",
        "物业费涨了多少",
        "空房物业费多少",
        "物业费为啥这么贵",
        "物业费收据丢了能补不",
        "昨天保安说物业费一平一块五，到底多少",
        "交了物业费雪也不扫，多少钱能扫",
    ],
)
def test_something_else_about_the_fee_is_not_the_price(text: str) -> None:
    assert not asks_tariff(text)


@pytest.mark.parametrize(
    ("text", "area"),
    [
        ("59.8平", 5980),
        ("63.55平方米", 6355),
        ("120㎡", 12_000),
        ("一平多少钱", None),
        ("1平", None),
        ("3号楼", None),
    ],
)
def test_an_area_that_is_said(text: str, area: int | None) -> None:
    assert area_said(text) == area


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("我的网格员是谁", "grid_worker"),
        ("谁管我们这栋楼", "building"),
        ("包保干部是谁", "keeper"),
        ("物业经理电话", "property"),
        ("居委会电话", "community"),
        ("管俺们这片的民警叫啥", None),
        ("找王姐", None),
    ],
)
def test_whose_name_is_asked(text: str, role: str | None) -> None:
    assert role_asked(text) == role


def test_a_department_is_asked_for_by_its_matter() -> None:
    assert [topic_asked(text) for text in ("热力公司电话", "通下水的电话", "你好")] == [
        "heating",
        "drainage",
        None,
    ]


@pytest.mark.parametrize("text", ["转人工", "有活人吗", "不想跟机器人唠", "找个能喘气的"])
def test_any_person_will_do(text: str) -> None:
    assert wants_person(text)


def test_what_is_looked_for_at_a_station() -> None:
    assert station_kinds("手机没电了，哪能充电顺便喝口热水") == {"charge", "water"}
    assert station_kinds("驿站在哪") == frozenset()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("带话：明天在家", "明天在家"),
        ("带话给他，我七点回来", "我七点回来"),
        ("捎句话 谢谢", "谢谢"),
        ("带话", ""),
        ("我想带话", None),
    ],
)
def test_words_for_somebody_stand_behind_the_command(text: str, words: str | None) -> None:
    assert relayed(text) == words


def test_it_was_a_question_or_a_report_after_all() -> None:
    assert asks_instead("我是问物业费的") == "物业费"
    assert asks_instead("不是报修，我就是问问停水几点") == "停水几点"
    assert asks_instead("灯不亮") is None
    assert reports_instead("我是要报修") == ""
    assert reports_instead("物业费多少") is None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("谢谢", "thanks"),
        ("你好", "hello"),
        ("发错了", "mistake"),
        ("[微笑]", "sign"),
        ("[强][强]", "sign"),
        ("/::)", "sign"),
        ("😂😂", "sign"),
        ("👍", "sign"),
        ("！！！", "sign"),
        ("你能干啥", "what"),
        ("？", "what"),
        ("水来了", "good"),
        ("嗯嗯", "yes"),
        ("【收到不支持的消息类型，暂无法显示】", "unsupported"),
        ("今天雪真大", None),
        ("[灯坏了]谁来修", None),
    ],
)
def test_small_talk_by_kind(text: str, kind: str | None) -> None:
    assert talk_of(text) == kind
