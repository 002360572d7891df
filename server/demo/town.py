"""Furnishes a demo: a throw-away folder with its own configuration, database, town and residents."""

import secrets
from pathlib import Path

from models.base import privacy
from models.base.orm import put, session
from models.base.resources import table
from models.outbox.address import Channel, add_address
from models.person.arriving import move_in
from models.person.tables import Person
from models.place.gazetteer import town
from models.place.spot import Spot
from models.town import demo_town, parse, take
from server import migrations
from server.config import Config, load
from server.database import Database
from server.demo import (
    appraised,
    calendar,
    chain,
    keepers,
    money,
    overdue,
    past,
    problems,
    quarrels,
    whistles,
)
from server.sandbox.pay_keys import PayAccount

# In this order, because the later ones build on what the earlier ones left.
ROOMS = (calendar, money, chain, keepers, quarrels, past, appraised, problems, whistles, overdue)

# No quiet hours, because whoever tries it in the evening wants to see the group told. No reminders, because a
# story that is played at ten in the morning is the same.
SETTINGS = """\
[server]
base_url = "{base}"
secret_key = "{key}"
[database]
url = "sqlite:///hemei.db"
[storage]
dir = "files"
[backup]
dir = "backups"
[wechat.official]
app_id = "wxdemo0000000001"
app_secret = "{secret}"
token = "demo-official"
encoding_aes_key = "{aes}"
api_base_url = "{base}/sandbox/platform/official"
[wechat.official.templates]
case_accepted = "demo-case-accepted"
case_closed_default = "demo-case-closed"
notice = "demo-notice"
notice_call = "demo-notice-call"
notice_fee = "demo-notice-fee"
warning_cleared = "demo-warning-cleared"
[wechat.mini]
app_id = "wxdemo0000000002"
app_secret = "{secret}"
token = "demo-mini"
encoding_aes_key = "{aes}"
api_base_url = "{base}/sandbox/platform/mini"
[wechat.work]
corp_id = "wwdemo0000000003"
agent_id = 1000002
secret = "{secret}"
contact_secret = "{secret}-contact"
token = "demo-work"
encoding_aes_key = "{aes}"
api_base_url = "{base}/sandbox/platform/work"
[gateway]
url = "{base}/sandbox/platform/gateway"
token = "{secret}"
[rules]
quiet_from = "00:00"
quiet_until = "00:00"
[fees]
remind = false
[sandbox]
enabled = true
[log]
level = "warning"
"""
APPS = ("wxdemo0000000001", "wxdemo0000000002")


def furnish(home: Path, port: int) -> Config:
    """Writes the configuration and the keys, migrates, imports the town, lets the residents in."""
    path = home / "config.toml"
    path.touch(mode=0o600)
    base = f"http://127.0.0.1:{port}"
    settings = SETTINGS.format(
        base=base, key=secrets.token_urlsafe(32), secret=secrets.token_urlsafe(24), aes=_aes_key()
    )
    path.write_text(settings + _merchant(home, base), encoding="utf-8")
    config = load(path, env={})
    migrations.upgrade(config.database.url)
    privacy.use_key(config.server.secret_key)
    database = Database(config.database.url)
    try:
        database.write(take, parse(demo_town()))
        database.write(_let_residents_in)
        for room in ROOMS:
            room.furnish(database)
    finally:
        database.close()
    return config


def _merchant(home: Path, base: str) -> str:
    """[wechat.pay] of a merchant whose keys, new each time, lie in `home`, the platform's own too."""
    lines = PayAccount.example(APPS).write(home) | {"api_base_url": f"{base}/sandbox/platform/pay"}
    return "\n".join(["[wechat.pay]", *(f'{name} = "{value}"' for name, value in lines.items()), ""])


def _aes_key() -> str:
    """43 characters of Base64 that stand for 32 random bytes."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    # The last of 43 holds only 4 bits: A, E, I … are the ones that every decoder takes.
    return "".join(secrets.choice(letters) for _ in range(42)) + "E"


def _let_residents_in() -> None:
    """Those of the cast who live here are known at their door, as after 同意."""
    for resident in table("demo/cast.toml")["resident"]:
        if "home" not in resident:
            continue
        estate, building, unit, room = resident["home"]
        spot = town().locate(Spot(estate=estate, building=building)).spot
        assert spot.building_id is not None
        person = put(Person, public_id=resident["id"], is_rider=False)
        add_address("person", person, Channel.OFFICIAL, resident["openid"])
        move_in(person, building_id=spot.building_id, unit=unit, room=room, proof="staff")
    session().flush()
