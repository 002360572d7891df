"""What the API asks of the mini-program's platform while somebody looks at a screen: who it is, and the
telephone.

Sources: MA 小程序登录 (jscode2session), 手机号快速验证 (getuserphonenumber). What the platform gives
beside openid and unionid, the session_key above all, is dropped here: it is never returned, kept or written
to a log (A7).
"""

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from handlers.api.errors import Away, wrong
from handlers.database import Database
from models.base.refusals import NotAllowed, Refused
from server.asking import SECONDS, Asker
from server.config import Config, Mini
from server.held_token import HeldToken

log = logging.getLogger(__name__)

MARGIN = timedelta(seconds=240)  # as server/tokens.py: the platform gives the next one 300 s before the end
BLOCKED = 40226  # the platform takes this account for dangerous
USED_UP, OFTEN = 1400001, 45011
CHINA = "86"


@dataclass(frozen=True, slots=True)
class Known:
    openid: str
    unionid: str | None


class MiniDoor:
    """One for each process; thread-safe."""

    def __init__(self, config: Config, database: Database) -> None:
        self._mini = config.wechat.mini
        self._asker = Asker("mini", "login_away")
        self._database = database

    def is_open(self) -> bool:
        return self._mini is not None

    def templates(self) -> Mapping[str, str]:
        """Kind of letter → template id."""
        return {kind: one.id for kind, one in self._mini.templates.items()} if self._mini else {}

    def who(self, code: str) -> Known:
        """Raises Invalid: login_code, login_refused; Away: login_away."""
        mini = self._account()
        asked = {
            "appid": mini.app_id,
            "secret": mini.app_secret,
            "js_code": code,
            "grant_type": "authorization_code",
        }
        said = self._asked(f"{_base(mini)}/sns/jscode2session", asked, time.monotonic() + SECONDS)
        if (trouble := said.get("errcode", 0)) != 0:
            log.warning("login of the mini-program: %s", trouble)
            if trouble in (OFTEN, -1):
                raise _away()
            raise wrong("login_refused" if trouble == BLOCKED else "login_code", "code")
        openid, unionid = said.get("openid"), said.get("unionid")
        if not isinstance(openid, str) or not 0 < len(openid) <= 128:
            raise wrong("login_code", "code")
        return Known(openid, unionid if isinstance(unionid, str) and 0 < len(unionid) <= 128 else None)

    def phone(self, code: str, openid: str) -> str:
        """The number, 11 digits. Raises Invalid: phone_code, phone_abroad; Away: login_away."""
        mini, until = self._account(), time.monotonic() + SECONDS
        body: dict[str, object] = {"code": code, "openid": openid}

        def asked_with(token: str) -> dict[str, object]:
            address = f"{_base(mini)}/wxa/business/getuserphonenumber"
            return self._asked(address, {"access_token": token}, until, body)

        said = self._token(mini, until).used(asked_with, until)
        if (trouble := said.get("errcode", 0)) != 0:
            log.warning("telephone of the mini-program: %s", trouble)
            if trouble in (OFTEN, USED_UP, -1):
                raise _away()
            raise wrong("phone_code", "code")
        info = said.get("phone_info")
        info = info if isinstance(info, dict) else {}
        mark = info.get("watermark")
        if not isinstance(mark, dict) or mark.get("appid") != mini.app_id:
            log.warning("telephone of the mini-program: it is another one's")
            raise wrong("phone_code", "code")
        number = str(info.get("purePhoneNumber", ""))
        if str(info.get("countryCode", "")) != CHINA or len(number) != 11 or not number.isdecimal():
            raise wrong("phone_abroad", "code")
        return number

    def _token(self, mini: Mini, until: float) -> HeldToken:
        def fetched(seconds: float) -> dict[str, object]:
            body: dict[str, object] = {
                "grant_type": "client_credential",
                "appid": mini.app_id,
                "secret": mini.app_secret,
                "force_refresh": False,
            }
            return self._asked(f"{_base(mini)}/cgi-bin/stable_token", {}, time.monotonic() + seconds, body)

        return HeldToken(self._database, f"mini/{mini.app_id}", fetched, _away, MARGIN)

    def _asked(
        self, address: str, fields: dict[str, str], until: float, body: dict[str, object] | None = None
    ) -> dict[str, object]:
        try:
            return self._asker.ask(address, fields, until - time.monotonic(), body)
        except NotAllowed:
            raise _away() from None

    def _account(self) -> Mini:
        if self._mini is None:
            raise _away()
        return self._mini


def _base(mini: Mini) -> str:
    return mini.api_base_url.rstrip("/")


def _away() -> Refused:
    return Away("login_away", seconds=5)
