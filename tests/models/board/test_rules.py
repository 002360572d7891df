"""Why something waits, in a word for everybody."""

import pytest

from models.board.rules import wait_said


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("配件没到货，大概周五", "parts"),
        ("等开春化冻了再挖", "warmth"),
        ("维修基金在走程序", "money"),
        ("已报批，等批复", "permission"),
        ("厂家排期", "crew"),
        ("自来水公司来人", "department"),
        ("一楼业主不同意", "people"),
        ("王建国说不行", None),
        ("", None),
    ],
)
def test_a_written_reason_comes_to_a_word_for_everybody(reason: str, code: str | None):
    assert wait_said(reason) == code
