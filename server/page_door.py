"""Who holds the telephone on which a page of the service account is open: openid and, where the account
shares its owner with a mini-program, unionid.

Sources: SA 网页授权 (the answer to snsapi_base holds no unionid), 获取用户基本信息(UnionID机制) (which
says it of whoever follows the account), 快照页模式 (in a preview of a page the openid is a made-up one).
No transaction may be open around a call; all that is asked for one person takes three seconds at most.
"""

import logging
import time
from dataclasses import dataclass
from datetime import timedelta

from handlers.database import Database
from models.base.refusals import NotAllowed
from server.asking import SECONDS, Asker
from server.config import Config, Official
from server.held_token import HeldToken
from server.page_login import code_asked, id_in, login_page

log = logging.getLogger(__name__)

MARGIN = timedelta(seconds=240)  # as server/tokens.py: the platform gives the next one 300 s before the end
AWAY = "page_login_away"


@dataclass(frozen=True, slots=True)
class Known:
    openid: str
    unionid: str | None


class PageDoor:
    """One for each process; thread-safe."""

    def __init__(self, config: Config, database: Database) -> None:
        self._official = config.wechat.official
        self._shares_people = config.wechat.mini is not None
        self._base_url = config.server.base_url.rstrip("/")
        self._asker = Asker("official", AWAY)
        self._database = database
        self.is_demo = config.sandbox.enabled

    def is_open(self) -> bool:
        return self._official is not None

    def address(self, path: str, state: str) -> str:
        """Where the platform says who it is, and comes back to `path`."""
        return login_page(self._account(), f"{self._base_url}{path}", state)

    def who(self, code: str) -> Known:
        """Raises NotAllowed: page_login_away; page_login_preview for somebody who only previews the page."""
        official, until = self._account(), time.monotonic() + SECONDS
        said = self._asker.ask(*code_asked(official, code))
        openid = id_in(said, "openid")
        if openid is None:
            log.warning("page login: %s", said.get("errcode", "garbage"))
            raise NotAllowed(AWAY)
        if said.get("is_snapshotuser") == 1:
            raise NotAllowed("page_login_preview")
        unionid = id_in(said, "unionid")
        if unionid is None and self._shares_people:
            unionid = self._unionid(official, openid, until)
        return Known(openid, unionid)

    def _unionid(self, official: Official, openid: str, until: float) -> str | None:
        """None also where the platform does not say it now: the telephone joins two records another day."""
        base = official.api_base_url.rstrip("/")

        def fetched(seconds: float) -> dict[str, object]:
            body: dict[str, object] = {
                "grant_type": "client_credential",
                "appid": official.app_id,
                "secret": official.app_secret,
                "force_refresh": False,
            }
            return self._asker.ask(f"{base}/cgi-bin/stable_token", {}, seconds, body)

        def asked_with(token: str) -> dict[str, object]:
            asked = {"access_token": token, "openid": openid, "lang": "zh_CN"}
            return self._asker.ask(f"{base}/cgi-bin/user/info", asked, until - time.monotonic())

        row = f"official/{official.app_id}"
        token = HeldToken(self._database, row, fetched, lambda: NotAllowed(AWAY), MARGIN)
        try:
            return id_in(token.used(asked_with, until), "unionid")
        except NotAllowed:
            return None

    def _account(self) -> Official:
        if self._official is None:
            raise NotAllowed(AWAY)
        return self._official
