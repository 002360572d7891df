"""The service account's page login, silent for whoever is in WeChat (snsapi_base).

Source: developers.weixin.qq.com, 网页授权. Where the platform's interfaces stand elsewhere, so do its pages.
"""

from urllib.parse import urlencode, urlsplit

from server.config import Official

OWN_HOST = "api.weixin.qq.com"
LOGIN_PAGE = "https://open.weixin.qq.com"  # the real platform's pages lie elsewhere than its interfaces
MOST = 128  # signs of an openid or a unionid


def login_page(official: Official, back: str, state: str) -> str:
    """The platform's page, which sends the browser on to the address `back` with a code."""
    base = official.api_base_url.rstrip("/")
    page = LOGIN_PAGE if urlsplit(base).hostname == OWN_HOST else base
    asked = {
        "appid": official.app_id,
        "redirect_uri": back,
        "response_type": "code",
        "scope": "snsapi_base",
        "state": state,
    }
    return f"{page}/connect/oauth2/authorize?{urlencode(asked)}#wechat_redirect"


def code_asked(official: Official, code: str) -> tuple[str, dict[str, str]]:
    """Where to ask who is behind a code, and with what."""
    asked = {
        "appid": official.app_id,
        "secret": official.app_secret,
        "code": code,
        "grant_type": "authorization_code",
    }
    return f"{official.api_base_url.rstrip('/')}/sns/oauth2/access_token", asked


def id_in(said: dict[str, object], name: str) -> str | None:
    """An id of the answer, where it has one that can be kept."""
    found = said.get(name)
    return found if isinstance(found, str) and 0 < len(found) <= MOST else None
