"""Coming into the console over a platform: WeCom's page login, inside its app or by QR, and the service
account's for staff whose telephone has no WeCom.

Sources: developer.work.weixin.qq.com 91022 (page login), 98151 (QR), 91023 (who it is); SA 网页授权. The
access token is the one that the senders share (models/outbox/tokens.py); no transaction is open while a
platform is asked, and all that is asked for one person takes three seconds at most.
"""

import logging
import time
from datetime import timedelta
from urllib.parse import urlencode, urlsplit

from handlers.database import Database
from models.base.refusals import NotAllowed
from server.asking import SECONDS, Asker
from server.config import Config, Official, Work
from server.held_token import HeldToken

log = logging.getLogger(__name__)

# The real platforms' pages lie elsewhere than their interfaces.
WORK_HOST, OFFICIAL_HOST = "qyapi.weixin.qq.com", "api.weixin.qq.com"
INSIDE, QR = "https://open.weixin.qq.com", "https://login.work.weixin.qq.com"
MARGIN = timedelta(seconds=5)


class Ways:
    """One for each process; thread-safe."""

    def __init__(self, config: Config, database: Database) -> None:
        self._base_url = config.server.base_url.rstrip("/")
        self._work, self._official = config.wechat.work, config.wechat.official
        self._database = database
        self._askers = {name: Asker(name, "login_platform") for name in ("work", "official")}
        self.is_demo = config.sandbox.enabled

    def offered(self) -> tuple[str, ...]:
        """The ways that are on."""
        there = (("work", self._work), ("official", self._official))
        return tuple(name for name, account in there if account is not None)

    def address(self, way: str, path: str, state: str, *, inside: bool) -> str:
        """Where the platform says who it is, and comes back to `path`. `inside`: in its own app, where it
        asks nothing."""
        back = f"{self._base_url}{path}"
        if way == "official":
            asked = self._page_login(self._account_official().app_id, back, state)
            return f"{_page(self._account_official().api_base_url, OFFICIAL_HOST, INSIDE)}{asked}"
        work = self._account_work()
        if inside:
            asked = self._page_login(work.corp_id, back, state, agentid=str(work.agent_id))
            return f"{_page(work.api_base_url, WORK_HOST, INSIDE)}{asked}"
        scanned = {"login_type": "CorpApp", "appid": work.corp_id, "agentid": work.agent_id}
        query = urlencode({**scanned, "redirect_uri": back, "state": state})
        return f"{_page(work.api_base_url, WORK_HOST, QR)}/wwlogin/sso/login?{query}"

    def who(self, way: str, code: str) -> str:
        """The userid or openid behind a code. Raises NotAllowed: login_platform; login_nobody for somebody
        who is not of this corporation."""
        return self._openid(code) if way == "official" else self._userid(code)

    def _userid(self, code: str) -> str:
        work, until = self._account_work(), time.monotonic() + SECONDS
        base = work.api_base_url.rstrip("/")

        def fetched(seconds: float) -> dict[str, object]:
            asked = {"corpid": work.corp_id, "corpsecret": work.secret}
            return self._askers["work"].ask(f"{base}/cgi-bin/gettoken", asked, seconds)

        def asked_with(token: str) -> dict[str, object]:
            asked = {"access_token": token, "code": code}
            left = until - time.monotonic()
            return self._askers["work"].ask(f"{base}/cgi-bin/auth/getuserinfo", asked, left)

        row = f"work/{work.corp_id}/app"
        shared = HeldToken(self._database, row, fetched, lambda: NotAllowed("login_platform"), MARGIN)
        return self._id_in(shared.used(asked_with, until), "userid", "UserId")

    def _openid(self, code: str) -> str:
        official = self._account_official()
        asked = {
            "appid": official.app_id,
            "secret": official.app_secret,
            "code": code,
            "grant_type": "authorization_code",
        }
        address = f"{official.api_base_url.rstrip('/')}/sns/oauth2/access_token"
        return self._id_in(self._askers["official"].ask(address, asked), "openid")

    @staticmethod
    def _id_in(said: dict[str, object], *names: str) -> str:
        if said.get("errcode", 0) != 0:
            log.warning("page login: %s", said.get("errcode"))
            raise NotAllowed("login_platform")
        found = next((said[name] for name in names if said.get(name)), None)
        if not isinstance(found, str) or len(found) > 128:
            raise NotAllowed("login_nobody")
        return found

    @staticmethod
    def _page_login(app_id: str, back: str, state: str, **more: str) -> str:
        asked = {
            "appid": app_id,
            "redirect_uri": back,
            "response_type": "code",
            "scope": "snsapi_base",
            "state": state,
            **more,
        }
        return f"/connect/oauth2/authorize?{urlencode(asked)}#wechat_redirect"

    def _account_work(self) -> Work:
        if self._work is None:
            raise NotAllowed("login_platform")
        return self._work

    def _account_official(self) -> Official:
        if self._official is None:
            raise NotAllowed("login_platform")
        return self._official


def _page(api_base_url: str, own_host: str, page: str) -> str:
    base = api_base_url.rstrip("/")
    return page if urlsplit(base).hostname == own_host else base
