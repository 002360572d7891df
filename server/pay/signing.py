"""What we say is ours: SHA256 with RSA over lines that end with a line feed each (wechat-pay: 签名规则)."""

import base64
import secrets
from collections.abc import Callable
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256

from models.base.clock import now

SCHEME = "WECHATPAY2-SHA256-RSA2048"


def lines(*parts: str) -> bytes:
    """What is signed: every part on a line of its own.

    >>> lines("wx1", "1554208460")
    b'wx1\\n1554208460\\n'
    """
    return "".join(f"{part}\n" for part in parts).encode()


class Signer:
    """Signs as the merchant. `serial` is that of the merchant's certificate, not of a platform key."""

    def __init__(
        self, mch_id: str, serial: str, key: RSAPrivateKey, clock: Callable[[], datetime] = now
    ) -> None:
        self._mch_id = mch_id
        self._serial = serial
        self._key = key
        self._clock = clock

    def authorization(self, method: str, target: str, body: bytes) -> str:
        """The Authorization header of a call; `target` is its path and query, `body` the very bytes sent."""
        stamp, nonce = self._moment()
        said = lines(method, target, stamp, nonce) + body + b"\n"
        fields = {
            "mchid": self._mch_id,
            "nonce_str": nonce,
            "signature": self.sign(said),
            "timestamp": stamp,
            "serial_no": self._serial,
        }
        return f"{SCHEME} " + ",".join(f'{name}="{value}"' for name, value in fields.items())

    def parameters(self, app_id: str, prepay_id: str) -> dict[str, str]:
        """What wx.requestPayment and WeixinJSBridge's getBrandWCPayRequest take."""
        stamp, nonce = self._moment()
        package = f"prepay_id={prepay_id}"
        return {
            "appId": app_id,
            "timeStamp": stamp,
            "nonceStr": nonce,
            "package": package,
            "signType": "RSA",
            "paySign": self.sign(lines(app_id, stamp, nonce, package)),
        }

    def sign(self, said: bytes) -> str:
        return base64.b64encode(self._key.sign(said, PKCS1v15(), SHA256())).decode()

    def _moment(self) -> tuple[str, str]:
        return str(int(self._clock().timestamp())), secrets.token_hex(16).upper()
