import pytest

from models.understanding.normal import LIMIT, normal


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("３号楼，２单元！", "3号楼,2单元!"),
        ("四搂的登不亮", "四楼的灯不亮"),
        ("五号楼一单园", "五号楼一单元"),
        ("暖器不热", "暖气不热"),
        ("三杠二杠五零一", "三-二-五零一"),
        ("燈壞了", "灯坏了"),
        ("  灯\x00不\u200b亮\n", "灯 不 亮"),
        ("\ud800灯", "灯"),
    ],
)
def test_one_spelling(typed, read):
    assert normal(typed) == read


@pytest.mark.parametrize(
    "right", ["搂着孩子", "跟谁登记", "往下水里倒油", "二楼水管", "从那天开始", "收拾屋子", "打扫学校"]
)
def test_right_words_stay(right):
    assert normal(right) == right


def test_long_texts_are_cut():
    assert len(normal("\ufdfa" * 100_000)) <= LIMIT
