"""Who holds the phone: WeChat's silent page login (snsapi_base), kept in a signed cookie for two hours.

Whoever opens a link need not be the person it was written to, and WeChat lets nobody else pay than whoever an
order names. Source: developers.weixin.qq.com, 网页授权.
"""

import secrets
from typing import Protocol

from flask import Response, redirect, request
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.wrappers import Response as AnyResponse

from models.base.privacy import derived
from models.base.refusals import NotAllowed

IN_WECHAT = "MicroMessenger"
PAYER, STATE = "payer", "paying"
SECONDS = 2 * 3600
STATE_SECONDS = 600


class Started(Protocol):
    """An order to be paid: its number, its sum in fen, and what the phone needs for it."""

    @property
    def number(self) -> str: ...
    @property
    def fen(self) -> int: ...
    @property
    def parameters(self) -> dict[str, str]: ...


class Cashier(Protocol):
    """WeChat as the pay page asks it (server/cashier.py)."""

    bridge: str | None  # a script that stands for WeChat's own bridge, where the sandbox plays WeChat

    def is_open(self) -> bool:
        """Whether anybody can pay over WeChat here."""
        ...

    def login_address(self, path: str, state: str) -> str:
        """Where WeChat says who holds the phone, and comes back to `path` with a code."""
        ...

    def openid(self, code: str) -> str:
        """Who that is. Raises NotAllowed: pay_login."""
        ...

    def pay(self, household_id: int, payer_id: int, openid: str, bills: list[int]) -> Started:
        """An order for these bills. Raises as server/paying.py says."""
        ...


def in_wechat(cashier: Cashier) -> bool:
    return cashier.bridge is not None or IN_WECHAT in request.headers.get("User-Agent", "")


def payer() -> str | None:
    """The openid of whoever holds the phone, as WeChat said it lately."""
    try:
        return str(_signer().loads(request.cookies.get(PAYER, ""), max_age=SECONDS))
    except BadSignature:
        return None


def ask(cashier: Cashier, path: str) -> AnyResponse:
    """Off to WeChat, which comes back to `path`."""
    state = secrets.token_urlsafe(12)
    response = redirect(cashier.login_address(path, state), 302)
    _put(response, STATE, state, path, STATE_SECONDS)
    return response


def has_come_back() -> bool:
    """Whether WeChat has sent the browser here with a code. Raises NotAllowed: pay_login where it was not
    this very browser that was sent there, lest somebody is made to pay as another."""
    if not request.args.get("code"):
        return False
    state = request.args.get("state", "")
    if not state or request.cookies.get(STATE) != state:
        raise NotAllowed("pay_login")
    return True


def remember(cashier: Cashier, path: str) -> AnyResponse:
    """Asks who it is and goes on to `path`, without the code in the address. Raises NotAllowed: pay_login."""
    openid = cashier.openid(request.args.get("code", "")[:512])
    response = redirect(path, 303)
    _put(response, PAYER, str(_signer().dumps(openid)), "/p/", SECONDS)
    response.delete_cookie(STATE, path=path)
    return response


def _put(response: Response | AnyResponse, name: str, value: str, path: str, seconds: int) -> None:
    response.set_cookie(
        name, value, max_age=seconds, path=path, httponly=True, samesite="Lax", secure=request.is_secure
    )


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(derived("payer"), salt="payer")
