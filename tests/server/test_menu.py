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
    config = configured(tmp_path, platform)
    menu.put_up(config, db)
    *first, last = platform.simulator.official.menu
    said = table("labels/menu.toml")["button"]
    assert [(one["type"], one["key"]) for one in first] == [("click", one["key"]) for one in said[:-1]]
    page, who = last["sub_button"]
    assert page == {"type": "view", "name": said[-1]["sub_button"][0]["name"],
                    "url": f"{config.server.base_url}/me"}  # fmt: skip
    assert (who["type"], who["key"]) == ("click", "who")


def test_a_refusal_of_the_platform_is_said(db, platform, tmp_path):
    platform.simulator.fault("refuse", path="*menu/create*", errcode=48001)
    with pytest.raises(Trouble, match="48001"):
        menu.put_up(configured(tmp_path, platform), db)
