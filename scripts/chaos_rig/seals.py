"""Notifications as the platform makes them: sealed with the merchant's APIv3 key, signed with its own."""

import json
import secrets
import time
from pathlib import Path
from typing import Any

from server.sandbox.pay_keys import PLATFORM_FILE, read_key, seal, signature


class Seals:
    """`merchant` is the section [wechat.pay]; beside the merchant's key lies the platform's."""

    def __init__(self, merchant: dict[str, str]) -> None:
        self._key = read_key(Path(merchant["private_key_file"]).with_name(PLATFORM_FILE))
        self._serial, self._secret = merchant["public_key_id"], merchant["api_v3_key"]

    def notification(self, trade: dict[str, Any]) -> bytes:
        """The body that tells of a payment, under a new id of the platform's."""
        plain = json.dumps(trade, ensure_ascii=False).encode()
        return json.dumps(
            {
                "id": f"EV-{secrets.token_hex(12)}",
                "create_time": trade["success_time"],
                "resource_type": "encrypt-resource",
                "event_type": "TRANSACTION.SUCCESS",
                "summary": "TRANSACTION.SUCCESS",
                "resource": seal(self._secret, plain, "transaction", "transaction"),
            }
        ).encode()

    def headers(self, body: bytes) -> dict[str, str]:
        """What proves it, now."""
        stamp, nonce = str(int(time.time())), secrets.token_hex(16)
        return {
            "Content-Type": "application/json",
            "Wechatpay-Timestamp": stamp,
            "Wechatpay-Nonce": nonce,
            "Wechatpay-Serial": self._serial,
            "Wechatpay-Signature": signature(self._key, stamp, nonce, body),
            "Wechatpay-Signature-Type": "WECHATPAY2-SHA256-RSA2048",
        }
