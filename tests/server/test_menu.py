"""The service account's menu, put up through the platform's own call."""

import pytest
from settings_files import configuration

from models.base.resources import table
from server import menu
from server.channels.base import Trouble
from server.sandbox.accounts import Accounts
from server.sandbox.aio import SimulatorServer
from server.sandbox.simulator import Simulator


@pytest.fixture
def platform():
    with SimulatorServer(Simulator(Accounts.example())) as running:
        yield running


def configured(folder, platform):
    sections = Accounts.example().settings(platform.base_url)
    return configuration(folder, wechat_official=sections["official"])


def test_the_phones_show_the_menu_that_the_labels_name(db, platform, tmp_path):
    menu.put_up(configured(tmp_path, platform), db)
    shown = platform.simulator.official.menu
    assert [button["key"] for button in shown] == [
        button["key"] for button in table("labels/menu.toml")["button"]
    ]


def test_a_refusal_of_the_platform_is_said(db, platform, tmp_path):
    platform.simulator.fault("refuse", path="*menu/create*", errcode=48001)
    with pytest.raises(Trouble, match="48001"):
        menu.put_up(configured(tmp_path, platform), db)
