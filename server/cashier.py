"""What the pay page asks of WeChat: who holds the phone (the service account's page login), and an order."""

import logging
from collections.abc import Sequence

from models.base.refusals import NotAllowed
from models.outbox.address import Channel
from server.asking import Asker
from server.config import Config, Official
from server.page_login import code_asked, id_in, login_page
from server.paying import Paying, Started

log = logging.getLogger(__name__)

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
        return login_page(self._account(), f"{self._base_url}{path}", state)

    def openid(self, code: str) -> str:
        """Who holds the phone, by the code that WeChat sent along. Raises NotAllowed: pay_login."""
        said = self._asker.ask(*code_asked(self._account(), code))
        openid = id_in(said, "openid")
        if openid is None:
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
