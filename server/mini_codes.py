"""Pictures of the mini-program's codes, from its platform (MA 获取不限制的小程序码)."""

import asyncio

from server.channels.mini import MiniChannel
from server.channels.transport import Carrier
from server.config import Config, Mini
from server.database import Database
from server.joining import png
from server.tokens import Tokens, accounts

PAGE = "pages/report/index"  # where every code arrives: it asks what the scene is, and goes on from there


def picture(config: Config, mini: Mini, database: Database, scene: str) -> bytes:
    """A PNG. Raises a Trouble of server/channels/base.py."""
    return asyncio.run(_picture(config, mini, database, scene))


async def _picture(config: Config, mini: Mini, database: Database, scene: str) -> bytes:
    tokens = Tokens(database, accounts(config.wechat))
    async with Carrier({"mini": mini.api_base_url}, tokens, connections=1) as carrier:
        answer = await carrier.carry("mini", MiniChannel(mini).code_picture(scene, PAGE))
    return png(answer["picture"])
