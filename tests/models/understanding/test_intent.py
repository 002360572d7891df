import pytest
from understanding_data import gazetteer

from models.understanding import understand


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("灯不亮", "report"),
        ("报了三天了还没人来", "progress"),
        ("物业费多少钱一平", "fee"),
        ("低保要啥条件", "policy"),
        ("想给我妈订餐", "service"),
        ("明天停水不", "notice"),
        ("附近哪有厕所", "station"),
        ("不满意,还是漏", "evaluate"),
        ("修好了,谢谢", "evaluate"),
        ("建议修个车棚", "suggest"),
        ("我家网格员是谁", "human"),
        ("谢谢", "chat"),
        ("你好", "chat"),
        ("", "chat"),
    ],
)
def test_the_eleven_intents(text, intent):
    assert understand(text, gazetteer()).intent == intent


def test_category_goes_with_the_intent():
    assert understand("物业费多少钱一平", gazetteer()).category == "fees"
    assert understand("低保要啥条件", gazetteer()).category == "policy"
    assert understand("明天停水不", gazetteer()).category is None
    assert understand("想请人帮个忙", gazetteer()).category == "help"
