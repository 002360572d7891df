"""What the pay page asks of WeChat: who holds the phone (the service account's page login), and an order."""

import logging
from collections.abc import Sequence
from urllib.parse import urlencode, urlsplit

from models.base.refusals import NotAllowed
from models.outbox.address import Channel
from server.asking import Asker
from server.config import Config, Official
from server.paying import Paying, Started

log = logging.getLogger(__name__)

OWN_HOST = "api.weixin.qq.com"
LOGIN_PAGE = "https://open.weixin.qq.com"  # the real platform's pages lie elsewhere than its interfaces
BRIDGE = "/sandbox/bridge.js"


class Cashier:
    """One for each process; thread-safe. Without `paying`, WeChat Pay is off."""

    def __init__(self, config: Config, paying: Paying | None) -> None:
        self._base_url = config.server.base_url.rstrip("/")
        self._official = config.wechat.official
        self._mini = config.wechat.mini
        self._paying = paying
        self._asker = Asker("official", "pay_login")
        self.bridge = BRIDGE if config.sandbox.enabled else None

    def is_open(self, way: str = Channel.OFFICIAL) -> bool:
        """Whether anybody can pay in this account: official or mini."""
        return self._paying is not None and self._app_id(way) is not None

    def login_address(self, path: str, state: str) -> str:
        """WeChat's page, silent for whoever is in WeChat (snsapi_base)."""
        official = self._account()
        base = official.api_base_url.rstrip("/")
        page = LOGIN_PAGE if urlsplit(base).hostname == OWN_HOST else base
        asked = {
            "appid": official.app_id,
            "redirect_uri": f"{self._base_url}{path}",
            "response_type": "code",
            "scope": "snsapi_base",
            "state": state,
        }
        return f"{page}/connect/oauth2/authorize?{urlencode(asked)}#wechat_redirect"

    def openid(self, code: str) -> str:
        """Who holds the phone, by the code that WeChat sent along. Raises NotAllowed: pay_login."""
        official = self._account()
        asked = {
            "appid": official.app_id,
            "secret": official.app_secret,
            "code": code,
            "grant_type": "authorization_code",
        }
        said = self._asker.ask(f"{official.api_base_url.rstrip('/')}/sns/oauth2/access_token", asked)
        openid = said.get("openid")
        if not isinstance(openid, str) or not 0 < len(openid) <= 128:
            log.warning("page login: %s", said.get("errcode", "garbage"))
            raise NotAllowed("pay_login")
        return openid

    def pay(self, household_id: int, payer_id: int, openid: str, bills: Sequence[int]) -> Started:
        """As server/paying.py."""
        if self._paying is None:
            raise NotAllowed("pay_away")
        return self._paying.pay(household_id, payer_id, openid, self._account().app_id, bills)

    def pay_by(
        self, way: str, household_id: int, payer_id: int, openid: str, bills: Sequence[int]
    ) -> Started:
        """The same in the account, official or mini, where the payer has this openid."""
        app_id = self._app_id(way)
        if self._paying is None or app_id is None:
            raise NotAllowed("pay_away")
        return self._paying.pay(household_id, payer_id, openid, app_id, bills)

    def _app_id(self, way: str) -> str | None:
        account = self._mini if way == Channel.MINI else self._official
        return account.app_id if account is not None else None

    def _account(self) -> Official:
        if self._official is None:
            raise NotAllowed("pay_away")
        return self._official
