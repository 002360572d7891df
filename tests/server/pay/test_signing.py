"""What we say to WeChat Pay is signed over the very bytes that go out."""

from __future__ import annotations

import base64
import re
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from pay_desk import accounts

from server.pay.signing import Signer, lines

AT = datetime.fromtimestamp(1554208460, UTC)


def test_the_lines_are_those_of_the_platforms_page():
    package = "prepay_id=wx201410272009395522657a690389285100"
    said = lines("wx2421b1c4370ec43b", "1554208460", "593BEC0C930BF1AFEB40B4A08C8FB242", package)
    assert said == (
        b"wx2421b1c4370ec43b\n1554208460\n593BEC0C930BF1AFEB40B4A08C8FB242\n"
        b"prepay_id=wx201410272009395522657a690389285100\n"
    )


def test_a_call_names_who_signs_and_is_signed_over_path_query_and_body():
    pay = accounts().pay
    assert pay is not None
    signer = Signer("1900000100", "4F1B", pay.merchant, lambda: AT)
    header = signer.authorization("POST", "/v3/pay?x=1", b'{"a":1}')
    scheme, _, rest = header.partition(" ")
    fields = dict(re.findall(r'(\w+)="([^"]*)"', rest))
    assert scheme == "WECHATPAY2-SHA256-RSA2048"
    assert (fields["mchid"], fields["serial_no"], fields["timestamp"]) == ("1900000100", "4F1B", "1554208460")
    said = f'POST\n/v3/pay?x=1\n1554208460\n{fields["nonce_str"]}\n{{"a":1}}\n'.encode()
    signed = base64.b64decode(fields["signature"])
    pay.merchant.public_key().verify(signed, said, PKCS1v15(), SHA256())


def test_no_two_calls_have_one_nonce():
    pay = accounts().pay
    assert pay is not None
    signer = Signer("1900000100", "4F1B", pay.merchant)
    assert len({signer.parameters("wx1", "p")["nonceStr"] for _ in range(50)}) == 50
