"""Ready-made pushes of the service account, encrypted and signed, as whole HTTP requests."""

import secrets
import time

from server.wechat.crypto import Cipher

TOKEN, KEY, APP = "bench-token", "b" * 42 + "8", "wxbench000000000001"
SAID = (
    "{estate}{building}号楼{unit}单元灯不亮!",
    "{estate}{building}号楼{unit}单元下水道堵了，往外返水",
    "{estate}{building}栋{unit}单元单元门坏了关不上",
    "{estate}{building}号楼门口雪没人清",
)
_TEXT = (
    "<xml><ToUserName><![CDATA[gh_bench]]></ToUserName><FromUserName><![CDATA[{openid}]]></FromUserName>"
    "<CreateTime>{at}</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[{text}]]></Content>"
    "<MsgId>{id}</MsgId></xml>"
)
_EVENT = (
    "<xml><ToUserName><![CDATA[gh_bench]]></ToUserName><FromUserName><![CDATA[{openid}]]></FromUserName>"
    "<CreateTime>{at}</CreateTime><MsgType><![CDATA[event]]></MsgType>"
    "<Event><![CDATA[TEMPLATESENDJOBFINISH]]></Event><MsgID>{id}</MsgID><Status><![CDATA[success]]></Status></xml>"
)
_cipher = Cipher(TOKEN, KEY, APP)
_ids = iter(range(secrets.randbelow(1 << 40), 1 << 62))


def reports(count: int, estates: list[str], people: int = 1000) -> list[bytes]:
    """Texts that each become a case, by so many different people."""
    return [_request(_report(next(_ids), estates, people)) for _ in range(count)]


def events(count: int, people: int = 1000) -> list[bytes]:
    """Events that are kept and need no answer."""
    return [
        _request(_EVENT.format(openid=_openid(n % people), at=_now(), id=next(_ids))) for n in range(count)
    ]


def _report(number: int, estates: list[str], people: int) -> str:
    said = SAID[number % len(SAID)].format(
        estate=estates[number % len(estates)], building=number % 3 + 1, unit=number % 4 + 1
    )
    return _TEXT.format(openid=_openid(number % people), at=_now(), text=said, id=number)


def _openid(number: int) -> str:
    return f"oBench-{number:020}"


def _now() -> int:
    return int(time.time())


def _request(plain: str) -> bytes:
    sealed = _cipher.seal(plain.encode(), str(_now()), secrets.token_hex(5))
    body = (
        "<xml><ToUserName><![CDATA[gh_bench]]></ToUserName>"
        f"<Encrypt><![CDATA[{sealed.encrypt}]]></Encrypt></xml>"
    ).encode()
    query = (
        f"signature=0&timestamp={sealed.timestamp}&nonce={sealed.nonce}&openid=o&encrypt_type=aes"
        f"&msg_signature={sealed.msg_signature}"
    )
    head = (
        f"POST /wechat/official?{query} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/xml\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
