"""Do the platforms know us, and do our clocks agree? Asks for a token of every account that is on."""

import http.client
import json
import ssl
import urllib.request
from collections.abc import Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlencode

from models.base.clock import now
from models.base.resources import table
from server.config import Config, Mini, Official, Templates, Work
from server.doctor.finding import Finding, bad, note, ok

TIMEOUT_SECONDS = 5
CLOCK_SECONDS = 60  # signatures and tokens live by the clock; callbacks are refused from 600 s on


def examine(config: Config) -> Iterator[Finding]:
    wechat = config.wechat
    for name, account in (("official", wechat.official), ("mini", wechat.mini), ("work", wechat.work)):
        if account is None:
            continue
        yield from _callback(name, account)
        yield from _access(name, account)
        if isinstance(account, Official | Mini):
            yield from _templates(name, account.templates)


def _callback(name: str, account: Official | Mini | Work) -> Iterator[Finding]:
    if not account.token:
        yield note("callback_off", section=name)
    elif not account.encoding_aes_key:
        yield note("callback_plain", section=name)


def _access(name: str, account: Official | Mini | Work) -> Iterator[Finding]:
    address, body = _token_call(account)
    try:
        answer, date = _ask(address, body)
    except (OSError, http.client.HTTPException, ValueError) as trouble:
        yield bad("platform_silent", section=name, trouble=type(trouble).__name__)
        return
    if date is not None and abs((now() - date).total_seconds()) > CLOCK_SECONDS:
        yield bad("clock_off", seconds=int((now() - date).total_seconds()))
    if answer.get("access_token"):
        yield ok("platform_known", section=name)
        return
    code = str(answer.get("errcode", "?"))
    known = table("labels/doctor.toml")["codes"]
    words = known.get(code) or known["other"]
    yield bad("platform_refuses", section=name, errcode=code, words=words.format(said=_short(answer)))


def _token_call(account: Official | Mini | Work) -> tuple[str, bytes | None]:
    if isinstance(account, Work):
        query = urlencode({"corpid": account.corp_id, "corpsecret": account.secret})
        return f"{account.api_base_url}/cgi-bin/gettoken?{query}", None
    # the stable one, because it does not kill the token that the running service holds
    body = {"grant_type": "client_credential", "appid": account.app_id, "secret": account.app_secret}
    return f"{account.api_base_url}/cgi-bin/stable_token", json.dumps(body).encode()


def _ask(address: str, body: bytes | None) -> tuple[dict[str, Any], datetime | None]:
    request = urllib.request.Request(  # noqa: S310 - http(s) only: server/config.py has looked
        address, body, {"Content-Type": "application/json"}
    )
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=ssl.create_default_context())
    )
    with opener.open(request, timeout=TIMEOUT_SECONDS) as response:
        answer = json.loads(response.read(1 << 16))
        date = response.headers.get("Date")
    if not isinstance(answer, dict):
        raise ValueError("not an object")
    return answer, parsedate_to_datetime(date) if date else None


def _templates(name: str, templates: Templates) -> Iterator[Finding]:
    kinds = set(table("labels/letter_kinds.toml"))
    unknown = sorted(set(templates) - kinds)
    if unknown:
        yield bad("templates_unknown", section=name, kinds=", ".join(unknown))
    if not templates:
        yield note("templates_none", section=name)
    else:
        yield ok("templates_some", section=name, count=len(templates))


def _short(answer: dict[str, Any]) -> str:
    return str(answer.get("errmsg", ""))[:80]
