"""The service account's menu: what stands in templates/labels/menu.toml, put there by one call."""

import asyncio
from collections.abc import Mapping
from typing import Any

from models.base.resources import table
from server.channels.official import Client
from server.channels.transport import Carrier
from server.config import Config
from server.database import Database
from server.tokens import Tokens, accounts


def put_up(config: Config, database: Database) -> None:
    """Raises a Trouble of server/channels/base.py when the platform refuses."""
    asyncio.run(_put_up(config, database))


async def _put_up(config: Config, database: Database) -> None:
    official = config.wechat.official
    assert official is not None
    base = config.server.base_url.rstrip("/")
    buttons = [_button(one, base) for one in table("labels/menu.toml")["button"]]
    call = Client(official.app_id, official.app_secret).menu.create({"button": buttons})
    tokens = Tokens(database, accounts(config.wechat))
    async with Carrier({"official": official.api_base_url}, tokens, connections=1) as carrier:
        await carrier.carry("official", call)


def _button(said: Mapping[str, Any], base: str) -> dict[str, Any]:
    """As the platform wants it: one that opens others, one that opens a page, one that tells us its key."""
    name = said["name"]
    if "sub_button" in said:
        return {"name": name, "sub_button": [_button(one, base) for one in said["sub_button"]]}
    if "page" in said:
        return {"type": "view", "name": name, "url": f"{base}{said['page']}"}
    return {"type": "click", "name": name, "key": said["key"]}
