"""What a process needs to deal with WeChat Pay, made of [wechat.pay]."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from weakref import WeakKeyDictionary

from models.base.clock import now
from models.base.refusals import Unavailable
from models.pay.said import Platform
from server.config import Config, Pay
from server.database import Database
from server.pay import certificates
from server.pay.certificates import PlatformKeys
from server.pay.client import Merchant
from server.pay.keys import BadKey, api_key, private_key, public_key
from server.pay.signing import Signer
from server.pay.troubles import Trouble
from server.pay.verifying import Verifier
from server.pay.wire import Wire

log = logging.getLogger(__name__)


class Office:
    """Raises BadKey when a key file cannot be used."""

    def __init__(self, config: Config, database: Database, clock: Callable[[], datetime] = now) -> None:
        pay = config.wechat.pay
        assert pay is not None  # callers ask first whether it is on
        own = {pay.public_key_id: public_key(Path(pay.public_key_file))} if pay.public_key_id else {}
        self.verifier = Verifier(PlatformKeys(database, own, clock), clock)
        self.api_key = api_key(pay.api_v3_key)
        self.platform = platform_of(config)
        signer = Signer(pay.mch_id, pay.cert_serial_no, private_key(Path(pay.private_key_file)), clock)
        self.wire = Wire(pay.api_base_url, signer, self.verifier, key_id=pay.public_key_id, clock=clock)
        self.merchant = Merchant(pay.mch_id, self.wire, signer, config.server.base_url)


def is_complete(pay: Pay | None) -> bool:
    """A section without a key is off: nothing can be signed, nothing opened."""
    return pay is not None and bool(pay.private_key_file and pay.cert_serial_no and pay.api_v3_key)


_made: WeakKeyDictionary[Database, tuple[Config, Office | None]] = WeakKeyDictionary()
_making = threading.Lock()


def opened(config: Config, database: Database) -> Office | None:
    """The office of this process, made once, so that all share its connections and its breaker.

    None where WeChat Pay is off or its keys are of no use: all else goes on without it.
    """
    with _making:
        known, office = _made.get(database, (None, None))
        if known is not config:
            office = _made_of(config, database)
            _made[database] = (config, office)
    return office


def _made_of(config: Config, database: Database) -> Office | None:
    if config.wechat.pay is None:
        return None
    if not is_complete(config.wechat.pay):
        log.warning("[wechat.pay] is off: it lacks a key (hemei doctor says which)")
        return None
    try:
        return Office(config, database)
    except BadKey as trouble:
        log.error("WeChat Pay is off: %s", trouble)
        return None


def platform_of(config: Config) -> Platform:
    """What a payment must name to be ours."""
    wechat = config.wechat
    assert wechat.pay is not None
    apps = (one.app_id for one in (wechat.official, wechat.mini) if one is not None)
    return Platform(wechat.pay.mch_id, frozenset(apps))


def look_for_certificates(config: Config, database: Database) -> None:
    """A line of the timetable. What goes wrong is said in the log and tried again in ten minutes."""
    office = opened(config, database)
    pay = config.wechat.pay
    if office is None or pay is None:
        return
    try:
        certificates.look(database, office.wire, office.api_key, is_needed=not pay.public_key_id)
    except (Trouble, Unavailable) as trouble:
        log.warning("no certificates of WeChat Pay: %s", trouble)
