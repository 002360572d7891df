"""Who writes in the chat, as all accounts of one owner know them: the unionid, by which somebody who opens
the mini-program is the same person (SA 获取用户基本信息, user/info/batchget).

Asked for those who were heard lately and of whom it is not known yet, so an account that belongs to no open
platform costs one call for each hundred people who write.
"""

import asyncio
import logging
from datetime import timedelta

from models.base.clock import ago
from models.base.quarantine import in_quarantine
from models.joins.coming_in import settle, unknown_unions
from models.outbox.address import Channel
from server.channels.base import Trouble
from server.channels.official import Client
from server.channels.transport import Carrier
from server.config import Config, Official
from server.database import Database
from server.tokens import Tokens, accounts

log = logging.getLogger(__name__)

LATELY = timedelta(minutes=3)  # of three slots: one may be missed
AT_ONCE = 100  # the platform's own limit


def learn(config: Config, database: Database) -> None:
    """One round; a platform that gives no answer is asked again in the next."""
    official = config.wechat.official
    if official is None or config.wechat.mini is None:
        return
    with database.read():
        wanted = [] if in_quarantine() else unknown_unions(ago(seconds=LATELY.total_seconds()), AT_ONCE)
    if not wanted:
        return
    try:
        found = asyncio.run(_asked(config, official, database, wanted))
    except Trouble as trouble:
        log.warning("no unionids: %s", trouble.reason)
        return
    for openid, unionid in found.items():
        database.write(settle, Channel.OFFICIAL, openid, unionid)


async def _asked(
    config: Config, official: Official, database: Database, openids: list[str]
) -> dict[str, str]:
    call = Client(official.app_id, official.app_secret).user.get_batch(openids)
    tokens = Tokens(database, accounts(config.wechat))
    async with Carrier({"official": official.api_base_url}, tokens, connections=1) as carrier:
        answer = await carrier.carry("official", call)
    several = answer.get("user_info_list")
    told = [one for one in several if isinstance(one, dict)] if isinstance(several, list) else []
    known = {str(one.get("openid")): str(one.get("unionid") or "") for one in told}
    return {openid: known[openid] for openid in openids if 0 < len(known.get(openid, "")) <= 128}
