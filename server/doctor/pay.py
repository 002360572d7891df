"""Would WeChat Pay take a payment? Keys, their files, and one signed call whose answer must be its own.

What only a real payment shows (the notification reaching us) is in docs/operating.md: pay one fen.
"""

from collections.abc import Iterator
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from server.config import Config, Pay, beyond_loopback, is_real
from server.doctor.finding import Finding, bad, note, ok
from server.pay import certificates
from server.pay.client import Merchant
from server.pay.keys import BadKey, api_key, private_key, public_key, serial_of
from server.pay.signing import Signer
from server.pay.troubles import Forged, Refused, Trouble
from server.pay.verifying import Verifier
from server.pay.wire import Wire

NEEDED = ("cert_serial_no", "private_key_file", "api_v3_key")
CERTIFICATE = "apiclient_cert.pem"  # lies beside the key in what the merchant console gives
NOBODYS_ORDER = "hemei-doctor"  # a number that hemei never uses
NOT_SIGNED_RIGHT = 401


def examine(config: Config, *, ask_platform: bool = True) -> Iterator[Finding]:
    pay = config.wechat.pay
    if pay is None:
        return
    missing = [name for name in NEEDED if not getattr(pay, name)]
    if pay.public_key_id and not pay.public_key_file:
        missing.append("public_key_file")
    if missing:
        yield note("pay_off", keys="、".join(missing))
        return
    try:
        key, wire, merchant = _tools(config, pay)
    except BadKey as trouble:
        yield bad("pay_key_bad", problem=str(trouble))
        return
    yield from _files(pay, key)
    if is_real(pay.api_base_url) and not beyond_loopback(config.server.base_url):
        yield bad("pay_notify_local", address=config.server.base_url)
    if config.wechat.official is None and config.wechat.mini is None:
        yield bad("pay_without_app")
    if ask_platform:
        yield from _access(pay, wire, merchant)


class _Own:
    """The public key from the merchant console alone: the doctor reads no database for this."""

    def __init__(self, pay: Pay) -> None:
        self._keys = {pay.public_key_id: public_key(Path(pay.public_key_file))} if pay.public_key_id else {}
        self.find = self._keys.get


def _tools(config: Config, pay: Pay) -> tuple[RSAPrivateKey, Wire, Merchant]:
    """Raises BadKey."""
    api_key(pay.api_v3_key)
    key = private_key(Path(pay.private_key_file))
    signer = Signer(pay.mch_id, pay.cert_serial_no, key)
    wire = Wire(pay.api_base_url, signer, Verifier(_Own(pay)), key_id=pay.public_key_id)
    return key, wire, Merchant(pay.mch_id, wire, signer, config.server.base_url)


def _files(pay: Pay, key: RSAPrivateKey) -> Iterator[Finding]:
    file = Path(pay.private_key_file)
    if file.stat().st_mode & 0o077:
        yield bad("pay_key_open", file=file)
    else:
        yield ok("pay_key_closed", file=file)
    try:
        certificate = x509.load_pem_x509_certificate(file.with_name(CERTIFICATE).read_bytes())
    except (OSError, ValueError):
        return
    if certificate.public_key() != key.public_key():
        yield bad("pay_key_of_another", file=file, certificate=CERTIFICATE)
    elif serial_of(certificate) != pay.cert_serial_no.upper():
        yield bad("pay_serial_wrong", serial=serial_of(certificate))


def _access(pay: Pay, wire: Wire, merchant: Merchant) -> Iterator[Finding]:
    try:
        if pay.public_key_id:
            merchant.query(NOBODYS_ORDER)
        else:
            certificates.fetched(wire, api_key(pay.api_v3_key))
    except Refused as no:
        if no.status == NOT_SIGNED_RIGHT:
            yield bad("pay_unknown", errcode=no.code)
        else:
            yield bad("platform_refuses", section="pay", errcode=no.code, words=no.message[:80])
    except Forged as forged:
        yield bad("pay_forged", reason=forged.reason)
    except Trouble as trouble:
        yield bad("platform_silent", section="pay", trouble=trouble.reason)
    else:
        yield ok("platform_known", section="pay")
