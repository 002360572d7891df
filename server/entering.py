"""Coming into the console over a platform: WeCom's page login, inside its app or by QR, and the service
account's for staff whose telephone has no WeCom.

Sources: developer.work.weixin.qq.com 91022 (page login), 98151 (QR), 91023 (who it is); SA 网页授权. The
access token is the one that the senders share (models/outbox/tokens.py); no transaction is open while a
platform is asked, and all that is asked for one person takes three seconds at most.
"""

import logging
import secrets
import time
from datetime import timedelta
from urllib.parse import urlencode, urlsplit

from handlers.database import Database
from models.base.clock import now
from models.base.refusals import NotAllowed
from models.outbox import tokens
from server.asking import SECONDS, Asker
from server.config import Config, Official, Work

log = logging.getLogger(__name__)

# The real platforms' pages lie elsewhere than their interfaces.
WORK_HOST, OFFICIAL_HOST = "qyapi.weixin.qq.com", "api.weixin.qq.com"
INSIDE, QR = "https://open.weixin.qq.com", "https://login.work.weixin.qq.com"
LEASE = timedelta(seconds=20)  # as server/tokens.py
PAUSE = timedelta(seconds=5)
MARGIN = timedelta(seconds=5)
POLL_SECONDS = 0.1
BAD_TOKEN = {40001, 40014, 42001}


class Ways:
    """One for each process; thread-safe."""

    def __init__(self, config: Config, database: Database) -> None:
        self._base_url = config.server.base_url.rstrip("/")
        self._work, self._official = config.wechat.work, config.wechat.official
        self._database = database
        self._who = secrets.token_hex(8)
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
        address = f"{work.api_base_url.rstrip('/')}/cgi-bin/auth/getuserinfo"
        refused: tokens.Held | None = None
        for _ in range(2):
            token = self._token(work, refused, until)
            asked = {"access_token": str(token.value), "code": code}
            said = self._askers["work"].ask(address, asked, until - time.monotonic())
            if said.get("errcode") not in BAD_TOKEN:
                break
            refused = token
        return self._id_in(said, "userid", "UserId")

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

    def _token(self, work: Work, refused: tokens.Held | None, until: float) -> tokens.Held:
        """The one that all processes share; fetched by whoever finds it old, waited for by the others."""
        row = f"work/{work.corp_id}/app"
        while time.monotonic() < until:
            with self._database.read():
                held = tokens.held(row, now())
            is_newer = refused is None or held.version > refused.version
            if held.value is not None and is_newer:
                return held
            if held.refused_until is not None and held.refused_until > now():
                break
            if self._database.write(tokens.begin_refresh, row, self._who, held.version, now(), LEASE):
                self._fetch(work, row, until)
            else:
                time.sleep(POLL_SECONDS)
        raise NotAllowed("login_platform")

    def _fetch(self, work: Work, row: str, until: float) -> None:
        """Raises NotAllowed; then nobody tries again for a moment."""
        asked = {"corpid": work.corp_id, "corpsecret": work.secret}
        address = f"{work.api_base_url.rstrip('/')}/cgi-bin/gettoken"
        value = None
        try:
            said = self._askers["work"].ask(address, asked, until - time.monotonic())
            value, seconds = said.get("access_token"), said.get("expires_in")
        finally:
            if not isinstance(value, str) or not value:
                self._database.write(tokens.give_up, row, self._who, now() + PAUSE)
        if not isinstance(value, str) or not value:
            raise NotAllowed("login_platform")
        lasts = timedelta(seconds=seconds if isinstance(seconds, int) else 7200)
        self._database.write(tokens.store, row, self._who, value, now() + lasts - min(MARGIN, lasts / 2))

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
