"""Who speaks is WeChat Pay, or is not listened to: the platform's own example, and every way to alter it."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from server.pay import sealed
from server.pay.troubles import Forged
from server.pay.verifying import Verifier

# From the tests of wechatpay-go (core/notify/notify_test.go, utils/aes_test.go): made by the platform itself.
SERIAL = "D7CE59D1F522D701"
MOMENT = 1624523846
BODY = (
    '{"id":"3119dfba-e649-5eec-ab1e-3412bc4d2e17","create_time":"2021-06-24T16:37:26+08:00",'
    '"resource_type":"encrypt-resource","event_type":"PAYSCORE.USER_OPEN_SERVICE","summary":"签约成功",'
    '"resource":{"original_type":"payscore","algorithm":"AEAD_AES_256_GCM","ciphertext":"YDS3lKPaC4Y52Gf3uh'
    "ft5qUBlIa8b428AWTtTauHQfQrRw+X1WpiuHIDy0vo1Vd6VEq67aVyqPdDYMkRVSDaZL3iZttevRMOoPKMifozg6XPWjIZumks/GpT"
    "48lI4NizyeaqLBokNebthah3o1H76qSlO9NkDjp9bzmKLEYYH9TEklFUpsvPqOTOcgSLgh21YJXYR7dEBXFgRLiNIKRgO5JdXh1hcc"
    'RUAlyVWxE54PXpnQ==","associated_data":"payscore","nonce":"Kj7QIyUiYx1q"}}'
).encode()
HEADERS = {
    "Wechatpay-Timestamp": str(MOMENT),
    "Wechatpay-Nonce": "EcZ9Cmy4Xyx1i6RlJQzLcCyEqDa26NBz",
    "Wechatpay-Serial": SERIAL,
    "Wechatpay-Signature": (
        "tJHIiIS9eB2hAYstmAmbbD3ZE5LiIm/Ug5tuL4fC0YOFRWIHV39UFIZXC0e9Wl6lBu6sKvkqDkzpqzBsVHyXFlbYZTOQrVdG4b6L"
        "fTnK4mikv9++ixJMd3vTf2yCqvBkh98zs3Ds5zsYQakzbcwhmw4fMJs4nPLws28H0UW9FjDR//rxELLwXvV1VEA1IBLX70xptjL8"
        "hrfUjEE8kkry6yNJTHZRU8CAc7qHli2Ng1V1qb9ARbK8A3ThmFmPQvRGrapI/jS2laKKgYUmfdEdkNO6B2Cke5e8VTxY406ArAmQ"
        "90GAihDwIcb16TQMnzCMBoutnwZKNiKRACrFmtxw2Q=="
    ),
}
KEY = load_pem_public_key(b"""-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA2VCTd91fnUn73Xy9DLvt
/V62TVxRTEEstVdeRaZ3B3leO0pldE806mXO4RwdHXagHQ4vGeZN0yqm++rDsGK+
U3AH7kejyD2pXshNP9Cq5YwbptiLGtjcquw4HNxJQUOmDeJf2vg6byms9RUipiq4
SzbJKqJFlUpbuIPDpSpWz10PYmyCNeDGUUK65E5h2B834uxl1zNLYQCrkdBzb8oU
xwYeP5a2DNxmjL5lsJML7DGr5znsevnoqGRwTm9fxCGfy8wus7hwKz6clt3Whmmd
a7UAdb1c08hEQFVRbF14AR73xbnd8N0obCWJPCbzMCtkaSef4FdEEgEXJiw0VAJT
8wIDAQAB
-----END PUBLIC KEY-----
""")
API_KEY = b"0123456789abcdef0123456789abcdef"


class Known:
    def find(self, serial: str) -> RSAPublicKey | None:
        assert isinstance(KEY, RSAPublicKey)
        return KEY if serial == SERIAL else None


def verifier(seconds_later: float = 0) -> Verifier:
    at = datetime.fromtimestamp(MOMENT, UTC) + timedelta(seconds=seconds_later)
    return Verifier(Known(), lambda: at)


def reason(headers: dict[str, str], body: bytes = BODY, seconds_later: float = 0) -> str:
    with pytest.raises(Forged) as forged:
        verifier(seconds_later).check(headers, body)
    return forged.value.reason


def test_the_platforms_own_example_is_believed():
    verifier().check(HEADERS, BODY)
    verifier().check(HEADERS | {"Wechatpay-Signature-Type": "WECHATPAY2-SHA256-RSA2048"}, BODY)


@pytest.mark.parametrize("seconds", [299, -299, 300, -300])
def test_within_five_minutes_either_way(seconds: int):
    verifier(seconds).check(HEADERS, BODY)


@pytest.mark.parametrize("seconds", [301, -301, 86_400])
def test_older_or_younger_is_refused(seconds: int):
    assert reason(HEADERS, seconds_later=seconds) == "time"


@pytest.mark.parametrize("name", HEADERS)
def test_no_header_may_be_missing_or_empty(name: str):
    assert reason({one: value for one, value in HEADERS.items() if one != name}) == "header"
    assert reason(HEADERS | {name: ""}) == "header"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"Wechatpay-Serial": "D7CE59D1F522D702"}, "serial"),
        ({"Wechatpay-Serial": "PUB_KEY_ID_1"}, "serial"),
        ({"Wechatpay-Nonce": "EcZ9Cmy4Xyx1i6RlJQzLcCyEqDa26NBy"}, "signature"),
        ({"Wechatpay-Timestamp": str(MOMENT + 1)}, "signature"),
        ({"Wechatpay-Timestamp": f"+{MOMENT}"}, "header"),
        ({"Wechatpay-Timestamp": "1e9"}, "header"),
        ({"Wechatpay-Timestamp": "９"}, "header"),
        ({"Wechatpay-Timestamp": "9" * 400}, "header"),
        ({"Wechatpay-Signature": "not base64!"}, "signature"),
        ({"Wechatpay-Signature": "AAAA"}, "signature"),
        ({"Wechatpay-Signature": "A" * 5000}, "header"),
        ({"Wechatpay-Signature": "ключ"}, "signature"),
        ({"Wechatpay-Signature-Type": "WECHATPAY2-SM2-WITH-SM3"}, "header"),
        ({"Wechatpay-Signature": "WECHATPAY/SIGNTEST/abcd"}, "probe"),
    ],
)
def test_one_altered_header_is_enough(change: dict[str, str], expected: str):
    assert reason(HEADERS | change) == expected


def test_every_altered_bit_of_the_signature_is_seen():
    signature = base64.b64decode(HEADERS["Wechatpay-Signature"])
    for place in range(len(signature)):
        altered = bytearray(signature)
        altered[place] ^= 1 << place % 8
        change = {"Wechatpay-Signature": base64.b64encode(altered).decode()}
        assert reason(HEADERS | change) == "signature"


def test_every_altered_byte_of_the_body_is_seen():
    for place in range(len(BODY)):
        altered = BODY[:place] + bytes([BODY[place] ^ 1]) + BODY[place + 1 :]
        assert reason(HEADERS, altered) == "signature"
    assert reason(HEADERS, BODY + b" ") == "signature"
    assert reason(HEADERS, b"") == "signature"


def test_the_platforms_own_sealed_words_are_opened():
    resource = json.loads(BODY)["resource"]
    with pytest.raises(sealed.Broken):
        sealed.opened(API_KEY, resource)
    plain = AESGCM(b"testMchAPIv3Key0").decrypt(
        resource["nonce"].encode(), base64.b64decode(resource["ciphertext"]), b"payscore"
    )
    assert json.loads(plain)["mchid"] == "1234567890"
    assert sealed.opened(b"testMchAPIv3Key0", resource) == plain


def resource() -> dict[str, str]:
    ciphertext = AESGCM(API_KEY).encrypt(b"fdasflkja484", b'{"mchid":"1"}', b"transaction")
    return {
        "algorithm": "AEAD_AES_256_GCM",
        "ciphertext": base64.b64encode(ciphertext).decode(),
        "associated_data": "transaction",
        "nonce": "fdasflkja484",
    }


@pytest.mark.parametrize(
    "change",
    [
        {"associated_data": "refund"},
        {"associated_data": None},
        {"associated_data": 7},
        {"nonce": "fdasflkja485"},
        {"nonce": ""},
        {"nonce": "short"},
        {"nonce": None},
        {"nonce": "\ud800asflkja484"},
        {"algorithm": "AEAD_AES_128_GCM"},
        {"algorithm": None},
        {"ciphertext": ""},
        {"ciphertext": "AAAA"},
        {"ciphertext": "ключ"},
        {"ciphertext": ["x"]},
    ],
)
def test_what_was_sealed_otherwise_stays_closed(change: dict[str, object]):
    with pytest.raises(sealed.Broken):
        sealed.opened(API_KEY, resource() | change)


@pytest.mark.parametrize("odd", [None, 7, "text", [], {}])
def test_what_is_no_resource_stays_closed(odd: object):
    with pytest.raises(sealed.Broken):
        sealed.opened(API_KEY, odd)


def test_every_flipped_bit_of_sealed_words_is_seen():
    good = resource()
    assert sealed.opened(API_KEY, good) == b'{"mchid":"1"}'
    plain = base64.b64decode(good["ciphertext"])
    for bit in range(len(plain) * 8):
        altered = bytearray(plain)
        altered[bit // 8] ^= 1 << bit % 8
        with pytest.raises(sealed.Broken):
            sealed.opened(API_KEY, good | {"ciphertext": base64.b64encode(altered).decode()})
