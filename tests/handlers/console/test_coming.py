"""Where a request comes from, and what people call their browser."""

import pytest

from handlers.console.coming import _place, browser_name


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("unknown", "unknown"),
        ("", ""),
    ],
)
def test_one_home_is_one_place(address: str, place: str):
    assert _place(address) == place


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0) MicroMessenger/8.0 wxwork/4.1", "企业微信，iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/130 Safari/537 Edg/130", "Edge，Windows 电脑"),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/130 Mobile Safari/537", "Chrome，安卓手机"),
        ("curl/8", "别的浏览器"),
        ("", "别的浏览器"),
    ],
)
def test_a_browser_has_the_name_that_people_call_it(said: str, name: str):
    assert browser_name(said) == name
