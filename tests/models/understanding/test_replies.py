import pytest

from models.understanding import grade_of, short_reply
from models.understanding.replies import line_chosen


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("满意", "satisfied"),
        ("修好了", "satisfied"),
        ("好了谢谢", "satisfied"),
        ("亮了！辛苦师傅", "satisfied"),
        ("不满意", "dissatisfied"),
        ("还是漏", "dissatisfied"),
        ("没修好", "dissatisfied"),
        ("不满意 还是漏", "dissatisfied"),
        ("修好了又坏了", "dissatisfied"),
        ("是", "yes"),
        ("对", "yes"),
        ("好的谢谢", "yes"),
        ("嗯嗯。", "yes"),
        ("不是", "no"),
        ("不用了，谢谢", "no"),
        ("修好了吗", None),
        ("3号楼2单元灯不亮", None),
        ("", None),
        ("满意" * 20, None),
    ],
)
def test_short_replies(text, reply):
    assert short_reply(text) == reply


@pytest.mark.parametrize(
    ("text", "grade"),
    [
        ("非常不满意", 1),
        ("不满意", 2),
        ("基本满意", 3),
        ("满意", 4),
        ("非常满意", 5),
        ("5分", 5),
        ("五星", 5),
        ("给３分", 3),
        ("两星", 2),
        ("15分", None),
        ("9分", None),
        ("5分钟", None),
        ("满意吗", None),
        ("灯不亮", None),
        ("", None),
    ],
)
def test_grades(text, grade):
    assert grade_of(text) == grade


@pytest.mark.parametrize(
    ("text", "line"), [("1", 0), (" 3 ", 2), ("4", None), ("0", None), ("100014", None), ("3号楼", None)]
)
def test_a_bare_number_chooses_a_line_of_three(text: str, line: int | None) -> None:
    assert line_chosen(text, 3) == line
