"""C6: what no honest platform sends: broken bytes, broken XML, broken HTTP; half of it rightly signed.

Everything goes over bare sockets, because no client would send it.
"""

import asyncio
import json
import time
from base64 import b64encode
from collections import Counter
from collections.abc import Callable
from random import Random
from urllib.parse import quote

from chaos_rig import oracle, talk
from chaos_rig.house import House, resident_kib
from server.wechat.crypto import Cipher

CLIENTS = 8
PATIENCE = 10.0
ALLOWED = {400, 401, 403, 404, 405, 411, 413, 414, 415, 422, 431}
EMOJI = "👨‍👩‍👧‍👦🏴󠁧󠁢󠁥󠁮󠁧󠁿\u202e𠮷]]>&#0;"
Request = tuple[str, bytes, bool]  # what kind of garble, the whole request, whether 200 is an honest answer


class Garbler:
    """Makes requests; the same ones for the same seed."""

    def __init__(self, dice: Random) -> None:
        self._dice = dice
        outer: list[tuple[str, Callable[[], bytes]]] = [
            ("bad UTF-8", lambda: b"<xml>\xff\xfe\xc3\x28" + self._noise(200) + b"</xml>"),
            ("UTF-16", lambda: self._message("灯不亮").encode("utf-16")),
            ("UTF-32", lambda: self._message("灯不亮").encode("utf-32")),
            ("NUL", lambda: self._message("灯\x00不亮").encode()),
            ("unclosed tags", lambda: self._cut(self._message("灯不亮").encode())),
            ("deep nesting", lambda: b"<a>" * self._dice.choice((100, 7_000, 20_000))),
            ("deep JSON", lambda: b"[" * self._dice.choice((100, 30_000))),
            ("wrong types", self._wrong_types),
            ("base64 noise", lambda: talk.envelope(b64encode(self._noise(333)).decode())),
            ("no base64", lambda: talk.envelope("灯" * 50)),
            ("duplicated fields", lambda: b"<xml>%s</xml>" % (b"<a>1</a>" * self._dice.randint(2, 500))),
            ("huge numbers", lambda: self._message("灯", id="9" * 5_000).encode()),
            ("entities", lambda: b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><xml>&b;</xml>'),
            ("empty", lambda: b""),
            ("noise", lambda: self._noise(self._dice.randint(1, 3_000))),
        ]  # fmt: skip
        self._outer = outer

    def make(self, n: int) -> Request:
        """Three ways by turns: bare garble, garble sealed by the right key, broken HTTP or padding."""
        way = n % 4
        if way == 0:
            name, body = self._dice.choice(self._outer)
            stamp = int(time.time())
            return name, _post(f"timestamp={stamp}&nonce=2&msg_signature={'0' * 40}", body()), False
        if way == 1:
            name, body = self._dice.choice(self._outer)
            is_polite = name == "wrong types"  # a kind that nobody knows yet is kept and answered
            return f"sealed {name}", _post(*talk.sealed("official", body())), is_polite
        if way == 2:
            return self._odd_but_honest()
        return self._broken_http(n)

    def _odd_but_honest(self) -> Request:
        text = "".join(self._dice.choices(EMOJI + "灯不亮3号楼", k=self._dice.randint(1, 300)))
        text = text.replace("]]>", "").replace("&", "").replace("<", "").replace("\x00", "")
        plain = self._message(text, id=str(self._dice.getrandbits(50)))
        return "strange letters", _post(*talk.sealed("official", plain)), True

    def _broken_http(self, n: int) -> Request:
        match n // 4 % 10:
            case 0:
                return "wrong padding", self._padded(self._dice.choice((0, 33, 200, 255))), False
            case 1:
                return "length that lies", _post("timestamp=1", b"<xml>", length=999), False
            case 2:
                return "length that is none", _post("timestamp=1", b"<xml>", length="ten"), False
            case 3:
                return "many parameters", _post("&".join(f"a{i}=1" for i in range(2_000)), b"<xml/>"), False
            case 4:
                return (
                    "bad query",
                    _post(f"timestamp=%ff%00&nonce={quote(EMOJI)}&msg_signature=%ud800", b""),
                    False,
                )
            case 5:
                return (
                    "wrong method",
                    b"PUT /wechat/official HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
                    False,
                )
            case 6:
                body = b"x" * (20 << 20 if n % 1000 < 4 else 70_000)
                return "large body", _post("timestamp=1", body), False
            case 7:
                return (
                    "large header",
                    _post("timestamp=1", b"", more=b"X-A: " + b"a" * 100_000 + b"\r\n"),
                    False,
                )
            case 8:
                return "no HTTP", self._noise(300) + b"\r\n\r\n", False
            case _:
                body = json.dumps({"Encrypt": [1, {"a": float("inf")}], "n": 1e300}).encode()
                return "JSON with Infinity", _post("timestamp=1&nonce=1", body), False

    def _padded(self, pad: int) -> bytes:
        """A sealed body whose last byte claims a padding that is not there."""
        cipher = talk.cipher("official")
        made = cipher.seal(b"x" * 100, str(int(time.time())), "nonce")
        encrypt = b64encode(_with_padding(cipher, pad)).decode()
        signature = cipher.sign(made.timestamp, made.nonce, encrypt)
        query = f"timestamp={made.timestamp}&nonce={made.nonce}&msg_signature={signature}"
        return _post(query, talk.envelope(encrypt))

    def _wrong_types(self) -> bytes:
        value = self._dice.choice((None, True, [], {}, 1e308, -1, "", [[1]], {"a": {"b": 1}}))
        names = ("ToUserName", "FromUserName", "CreateTime", "MsgType", "Content", "MsgId")
        return json.dumps({name: value if self._dice.random() < 0.5 else "1" for name in names}).encode()

    def _message(self, text: str, id: str = "1") -> str:  # noqa: A002 - the platform's word
        return (
            "<xml><ToUserName>gh</ToUserName><FromUserName>oGarble</FromUserName>"
            f"<CreateTime>{int(time.time())}</CreateTime><MsgType>text</MsgType>"
            f"<Content>{text}</Content><MsgId>{id}</MsgId></xml>"
        )

    def _noise(self, size: int) -> bytes:
        return self._dice.randbytes(size)

    def _cut(self, body: bytes) -> bytes:
        return body[: self._dice.randrange(len(body))]


def _with_padding(cipher: Cipher, pad: int) -> bytes:
    block = b"r" * 16 + (5).to_bytes(4, "big") + b"<xml>" + b"p" * 38 + bytes([pad])
    encryptor = cipher._keys[0].cipher.encryptor()
    return encryptor.update(block[:64]) + encryptor.finalize()


def _post(query: str, body: bytes, *, length: int | str | None = None, more: bytes = b"") -> bytes:
    head = (
        f"POST /wechat/official?{query} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/xml\r\n"
        f"Content-Length: {len(body) if length is None else length}\r\nConnection: close\r\n"
    )
    return head.encode() + more + b"\r\n" + body


class Garbling:
    """`count` requests; the web workers must be the same afterwards, and hardly larger."""

    def __init__(self, house: House, *, count: int, seed: int) -> None:
        self.house, self.count, self.seed = house, count, seed
        self._statuses: Counter[int] = Counter()
        self._unanswered: Counter[str] = Counter()
        self._strange: list[str] = []
        self._slow: list[str] = []
        self._longest = 0.0

    def run(self) -> oracle.Verdict:
        asyncio.run(self._play(Random(self.seed), 300))  # warm: what it grows by then is no leak
        self._statuses.clear()
        workers = self.house.web_workers()
        before = sum(map(resident_kib, workers))
        began = time.monotonic()
        asyncio.run(self._play(Random(self.seed + 1), self.count))
        seconds = time.monotonic() - began
        grown = (sum(map(resident_kib, self.house.web_workers())) - before) / 1024
        verdict = oracle.Verdict()
        verdict.figures["seed"] = self.seed
        verdict.figures["C6 malformed requests"] = f"{self.count} in {seconds:.1f} s"
        verdict.figures["C6 answers"] = dict(sorted(self._statuses.items()))
        verdict.figures["C6 connection closed without an answer"] = dict(self._unanswered) or "none"
        verdict.figures["C6 longest answer"] = f"{self._longest * 1000:.0f} ms (bar 1 s)"
        verdict.figures["C6 growth of the web workers"] = f"{grown:.1f} MiB (bar 100 MiB)"
        verdict.zero("C6 answers of 5xx", sum(n for status, n in self._statuses.items() if status >= 500))
        verdict.zero("C6 other answers than those allowed", self._strange)
        verdict.zero("C6 slower than a second", self._slow)
        verdict.must(self.house.web_workers() == workers, "C6 web workers were restarted")
        verdict.must(grown <= 100, "C6 web workers grew by more than 100 MiB")
        return verdict

    async def _play(self, dice: Random, count: int) -> None:
        garbler = Garbler(dice)
        await talk.all_of([lambda n=n: self._send(*garbler.make(n)) for n in range(count)], CLIENTS)

    async def _send(self, name: str, request: bytes, honest: bool) -> None:
        began = time.perf_counter()
        reader, writer = await asyncio.open_connection("127.0.0.1", self.house.port)
        status = 0
        try:
            writer.write(request)
            if name == "length that lies":
                writer.write_eof()
            line = await asyncio.wait_for(reader.readline(), PATIENCE)
            status = int(line.split()[1]) if line.startswith(b"HTTP/") else 0
        except (OSError, TimeoutError, ValueError, IndexError):
            pass
        finally:
            writer.transport.abort()
        seconds = time.perf_counter() - began
        self._longest = max(self._longest, seconds)
        if status == 0:
            self._unanswered[name] += 1
        else:
            self._statuses[status] += 1
        if status and status not in ALLOWED and not (honest and status == 200):
            self._strange.append(f"{name} {status}")
        if seconds > 1 and "large" not in name:
            self._slow.append(f"{name} {seconds:.1f} s")
