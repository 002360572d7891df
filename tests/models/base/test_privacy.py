"""Phones in what people wrote are found and masked, however they wrote them."""

import pytest

from models.base.privacy import phone_in, without_phones


@pytest.mark.parametrize(
    "written", ["13812345678", "138 1234 5678", "138-1234-5678", "+8613812345678", "86 13812345678"]
)
def test_a_mobile_number_is_masked_as_people_write_it(written: str) -> None:
    assert without_phones(f"灯不亮，打{written}找我") == "灯不亮，打138****5678找我"
    assert phone_in(f"灯不亮，打{written}找我") == "13812345678"


@pytest.mark.parametrize("text", ["工单 572438", "账号 138123456789012", "3号楼2单元501"])
def test_other_numbers_stay(text: str) -> None:
    assert without_phones(text) == text
    assert phone_in(text) == ""
