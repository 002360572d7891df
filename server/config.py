"""What an operator may set. `config.example.toml` says the same with the reason for every key."""

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import time
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from models.understanding.own_words import BadWords, OwnWords
from server.settings import BadConfig, is_loopback, key, read, section, web_address

__all__ = ["BadConfig", "Config", "load"]

EMBEDDED_KEY = "hemei-without-a-configuration-file"  # server/safety.py refuses to serve with it
MOST_TEMPLATES = 25  # one account holds no more


def _aes_key(text: str) -> str | None:
    """43 characters of Base64 without its `=` are the 32 bytes of AES-256."""
    if not text or re.fullmatch(r"[A-Za-z0-9+/]{43}", text):
        return None
    return "must be the 43 letters and digits that the platform's console shows"


def _database_url(text: str) -> str | None:
    try:
        url = make_url(text)
    except ArgumentError:
        return "is not a database address"
    backend = url.get_backend_name()
    if backend not in ("sqlite", "postgresql"):
        return 'must begin with "sqlite:///" or "postgresql+psycopg://"'
    if backend == "sqlite" and (url.database or ":memory:") == ":memory:":
        return "must name a file: several threads and processes share it"
    return None


def _bind(text: str) -> str | None:
    host, _, port = text.rpartition(":")
    if host and port.isascii() and port.isdigit() and int(port) < 65536:
        return None
    return 'must be HOST:PORT, such as "127.0.0.1:8000"'


def _rising_days(days: tuple[int, ...]) -> str | None:
    rising = all(a < b for a, b in pairwise(days))
    if rising and len(days) <= 9 and all(1 <= day <= 366 for day in days):
        return None
    return "must be at most nine days from 1 to 366, each later than the one before it"


@dataclass(frozen=True)
class Server:
    base_url: str = key("http://127.0.0.1:8000", check=web_address)
    secret_key: str = key(EMBEDDED_KEY, secret=True)
    trusted_proxies: int = key(0, low=0, high=9)
    bind: str = key("127.0.0.1:8000", check=_bind)
    workers: int = key(0, low=0, high=256)
    threads: int = key(16, low=1, high=256)
    max_body_mib: int = key(16, low=1, high=256)
    metrics_token: str = key("", secret=True)
    debug: bool = key(False)


@dataclass(frozen=True)
class DatabaseSettings:
    url: str = field(default="sqlite:///var/hemei.db", metadata={"check": _database_url}, repr=False)
    pool_size: int = key(16, low=1, high=256)


@dataclass(frozen=True)
class Storage:
    dir: Path = key(Path("var/files"))


@dataclass(frozen=True)
class Template:
    """A template of the account: its id, and the keyword for each fact when it is not the default one."""

    id: str
    keywords: dict[str, str] = field(default_factory=dict)


class Templates(dict[str, Template]):
    """Kind of letter → template."""

    @classmethod
    def read_from(cls, value: Any) -> "Templates":
        """`kind = "id"` or `kind = { id = "…", fact = "thing1" }`; facts may also stand in `keywords`."""
        if not isinstance(value, dict):
            raise ValueError("must be a table: one line per kind of letter")
        if len(value) > MOST_TEMPLATES:
            raise ValueError(f"must have at most {MOST_TEMPLATES} lines: an account holds no more templates")
        return cls({kind: _template(kind, entry) for kind, entry in value.items()})


def _template(kind: str, entry: Any) -> Template:
    if isinstance(entry, str):
        entry = {"id": entry}
    if not isinstance(entry, dict):
        raise ValueError(f"needs for {kind} a template id in quotes, or a table")
    rest = dict(entry)
    made = rest.pop("id", None) or rest.pop("template_id", None)
    nested = rest.pop("keywords", {})
    if not isinstance(made, str) or not made.strip():
        raise ValueError(f'needs for {kind} the template: {{ id = "…" }}')
    if not isinstance(nested, dict):
        raise ValueError(f"needs for {kind} keywords as a table")
    words = rest | nested
    if not all(isinstance(word, str) for word in words.values()):
        raise ValueError(f'needs for {kind} keywords as texts: number = "character_string1"')
    return Template(made.strip(), words)


@dataclass(frozen=True)
class Official:
    """服务号."""

    app_id: str = key()
    app_secret: str = key("", secret=True)
    token: str = key("", secret=True)
    encoding_aes_key: str = key("", secret=True, check=_aes_key)
    encoding_aes_key_previous: str = key("", secret=True, check=_aes_key)
    api_base_url: str = key("https://api.weixin.qq.com", check=web_address)
    templates: Templates = field(default_factory=Templates)


@dataclass(frozen=True)
class Mini:
    """小程序."""

    app_id: str = key()
    app_secret: str = key("", secret=True)
    token: str = key("", secret=True)
    encoding_aes_key: str = key("", secret=True, check=_aes_key)
    encoding_aes_key_previous: str = key("", secret=True, check=_aes_key)
    api_base_url: str = key("https://api.weixin.qq.com", check=web_address)
    version: str = key("formal", one_of=("formal", "trial", "developer"))
    templates: Templates = field(default_factory=Templates)


@dataclass(frozen=True)
class Work:
    """企业微信."""

    corp_id: str = key()
    agent_id: int = key(0, low=0)
    secret: str = key("", secret=True)
    contact_secret: str = key("", secret=True)
    token: str = key("", secret=True)
    encoding_aes_key: str = key("", secret=True, check=_aes_key)
    encoding_aes_key_previous: str = key("", secret=True, check=_aes_key)
    api_base_url: str = key("https://qyapi.weixin.qq.com", check=web_address)


@dataclass(frozen=True)
class Pay:
    """微信支付 (v3)."""

    mch_id: str = key()
    cert_serial_no: str = key("")
    private_key_file: str = key("")  # read when something is paid, so its absence stops nothing else
    api_v3_key: str = key("", secret=True)
    public_key_id: str = key("")
    public_key_file: str = key("")
    api_base_url: str = key("https://api.mch.weixin.qq.com", check=web_address)


@dataclass(frozen=True)
class WeChat:
    """Platforms. One that is None is off."""

    max_age_seconds: int = key(600, low=0)
    official: Official | None = None
    mini: Mini | None = None
    work: Work | None = None
    pay: Pay | None = None

    def addresses(self) -> dict[str, str]:
        """The api_base_url of every platform that is on, by its section's name."""
        named = {"official": self.official, "mini": self.mini, "work": self.work, "pay": self.pay}
        return {name: one.api_base_url for name, one in named.items() if one is not None}


def _base_or_nothing(text: str) -> str | None:
    return web_address(text) if text else None


@dataclass(frozen=True)
class Gateway:
    """Text messages and voice calls, through a bridge before whatever provider. Without `url` it is off."""

    url: str = key("", check=_base_or_nothing)
    token: str = key("", secret=True)
    sms: bool = key(True)
    call: bool = key(True)
    kinds: tuple[str, ...] = key(("case_emergency", "case_climbed"))
    sms_a_day: int = key(200, low=1, high=100_000)
    calls_a_day: int = key(100, low=1, high=100_000)
    key_minutes: int = key(10, low=0, high=1440)

    def ways(self, kind: str) -> tuple[str, ...]:
        """The telephone's ways that letters of this kind may take, in the order in which they are tried."""
        if not self.url or kind not in self.kinds:
            return ()
        return tuple(way for way, on in (("sms", self.sms), ("call", self.call)) if on)


@dataclass(frozen=True)
class Rules:
    """Rules of the place; times are Asia/Shanghai."""

    quiet_from: time = key(time(21, 0))
    quiet_until: time = key(time(8, 0))
    silence_days: int = key(7, low=1, high=60)
    sample_percent: int = key(10, low=0, high=100)
    finish_window_minutes: int = key(30, low=1, high=1440)
    place_wait_minutes: int = key(30, low=1, high=1440)
    alarm_every_minutes: int = key(3, low=1, high=60)
    alarm_rings: int = key(3, low=1, high=40)
    digest_at: time = key(time(19, 30))
    group_messages_a_day: int = key(1, low=1, high=10)
    group_reserve: int = key(3, low=0, high=20)
    group_limit: int = key(200, low=10, high=500)
    second_person_above: int = key(1000, low=0, high=10_000_000)
    call_minutes: int = key(30, low=1, high=1440)
    notice_delay_seconds: int = key(120, low=0, high=3600)
    notices_a_day: int = key(20, low=1, high=1000)
    notice_rounds: int = key(2, low=0, high=10)
    warning_days: int = key(7, low=1, high=60)
    warning_at: time = key(time(8, 30))
    morning_at: time = key(time(8, 0))
    week_at: time = key(time(8, 40))
    visit_after_hours: int = key(6, low=1, high=168)
    keeper_amber_days: int = key(30, low=1, high=365)
    keeper_red_days: int = key(60, low=1, high=730)
    content_check: bool = key(False)


@dataclass(frozen=True)
class Reading:
    """How messages are understood."""

    words: str = key("")


@dataclass(frozen=True)
class Letters:
    lease_seconds: int = key(60, low=2, high=600)
    connections: int = key(64, low=1, high=1000)


@dataclass(frozen=True)
class Fees:
    due_days: int = key(30, low=0, high=366)
    bill_every: str = key("off", one_of=("off", "month", "quarter", "year"))
    bill_on_day: int = key(20, low=1, high=28)
    remind: bool = key(True)
    tell_of_bills: bool = key(True)
    remind_before_days: int = key(7, low=0, high=60)
    remind_after_days: tuple[int, ...] = key((7, 30), check=_rising_days)
    remind_gap_days: int = key(7, low=1, high=60)
    remind_at: time = key(time(10, 0))
    visit_gap_days: int = key(30, low=7, high=366)
    late_per_10000_day: int = key(0, low=0, high=100)
    late_from_day: int = key(1, low=1, high=366)
    late_most_percent: int = key(30, low=1, high=100)
    pay_minutes: int = key(30, low=5, high=110)


@dataclass(frozen=True)
class Console:
    """Where staff work."""

    password_rules: str = key("asvs", one_of=("asvs", "mlps"))


@dataclass(frozen=True)
class Backup:
    dir: Path = key(Path("var/backups"))
    at: time = key(time(3, 10))
    keep: int = key(14, low=1, high=400)
    key: str = key("", secret=True)


@dataclass(frozen=True)
class Alerts:
    staff: tuple[str, ...] = key(())


@dataclass(frozen=True)
class Audit:
    """What of people somebody may see and take out before others hear of it."""

    looks_an_hour: int = key(50, low=1, high=10_000)
    rows_a_day: int = key(20_000, low=100, high=10_000_000)
    people_alone: int = key(100, low=1, high=100_000)


@dataclass(frozen=True)
class Privacy:
    operator: str = key("")
    contact: str = key("")


@dataclass(frozen=True)
class Sandbox:
    enabled: bool = key(False)


@dataclass(frozen=True)
class Print:
    font_file: str = key("")


@dataclass(frozen=True)
class Log:
    format: str = key("plain", one_of=("plain", "json"))
    level: str = key("info", one_of=("debug", "info", "warning", "error"))


@dataclass(frozen=True)
class Config:
    server: Server = section(Server)
    database: DatabaseSettings = section(DatabaseSettings)
    storage: Storage = section(Storage)
    wechat: WeChat = section(WeChat)
    gateway: Gateway = section(Gateway)
    rules: Rules = section(Rules)
    understanding: Reading = section(Reading)
    letters: Letters = section(Letters)
    fees: Fees = section(Fees)
    console: Console = section(Console)
    backup: Backup = section(Backup)
    alerts: Alerts = section(Alerts)
    audit: Audit = section(Audit)
    privacy: Privacy = section(Privacy)
    sandbox: Sandbox = section(Sandbox)
    print: Print = section(Print)
    log: Log = section(Log)
    path: Path | None = field(default=None, init=False)  # the file it was read from
    own_words: OwnWords | None = field(default=None, init=False)  # what [understanding] words names
    secrets_in_file: tuple[str, ...] = field(default=(), init=False)  # names of secrets written in that file

    @classmethod
    def default(cls, dir: Path | str = ".") -> "Config":  # noqa: A002 - reads well where it is called
        """What holds without a configuration file; paths count from `dir`."""
        return parse({}, {}, Path(dir))


def load(path: Path | str | None = None, env: Mapping[str, str] | None = None) -> Config:
    """The configuration at `path`, else $HEMEI_CONFIG, else ./config.toml, else the embedded default.

    The environment's `HEMEI__…` values hold in every case. Raises BadConfig.
    """
    env = os.environ if env is None else env
    named = path or env.get("HEMEI_CONFIG")
    file = Path(named) if named else Path("config.toml")
    if not named and not file.exists():
        return parse({}, env, Path.cwd())
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as trouble:
        raise BadConfig([f"{file} cannot be read: {trouble.strerror}"]) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as trouble:
        raise BadConfig([f"{file} is not TOML: {trouble}"]) from None
    file = file.resolve()
    config = parse(document, env, file.parent)
    object.__setattr__(config, "path", file)
    return config


def parse(document: dict[str, Any], env: Mapping[str, str], home: Path) -> Config:
    """A configuration from what was read; relative paths count from `home`."""
    home = home.resolve()
    made, in_document = read(Config, document, env, home)
    made = replace(
        made,
        server=replace(made.server, base_url=made.server.base_url.rstrip("/")),
        database=replace(made.database, url=_placed(made.database.url, home)),
        storage=replace(made.storage, dir=home / made.storage.dir),
        backup=replace(made.backup, dir=home / made.backup.dir),
        print=Print(str(home / made.print.font_file) if made.print.font_file else ""),
        wechat=_finished(made.wechat, home),
        gateway=replace(made.gateway, url=made.gateway.url.rstrip("/")),
    )
    object.__setattr__(made, "own_words", _own_words(made.understanding.words, home))
    object.__setattr__(made, "secrets_in_file", tuple(in_document))
    return made


def _own_words(name: str, home: Path) -> OwnWords | None:
    """The town's own words. Raises BadConfig with every problem of the file."""
    if not name:
        return None
    try:
        return OwnWords.parse((home / name).read_text(encoding="utf-8-sig"))
    except OSError as trouble:
        problems = [f"cannot be read: {trouble.strerror}"]
    except UnicodeDecodeError:
        problems = ["is not a text file in UTF-8"]
    except BadWords as trouble:
        problems = trouble.problems
    raise BadConfig([f"[understanding] words: {name} {problem}" for problem in problems])


def is_real(address: str) -> bool:
    """Whether calls to this api_base_url reach the platform of Tencent."""
    host = urlsplit(address).hostname or ""
    return host == "qq.com" or host.endswith(".qq.com")


def beyond_loopback(address: str) -> bool:
    return not is_loopback(urlsplit(address).hostname)


def _placed(url: str, home: Path) -> str:
    """A SQLite file's relative path counts from `home`; psycopg 3 is the one PostgreSQL driver."""
    made = make_url(url)
    if made.get_backend_name() != "sqlite":
        return made.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
    return made.set(database=str(home / str(made.database))).render_as_string(hide_password=False)


def _finished(wechat: WeChat, home: Path) -> WeChat:
    """A section without its account's id is off, as in an example that was copied and not yet filled in."""
    changes: dict[str, Any] = {}
    for name, account in (("official", "app_id"), ("mini", "app_id"), ("work", "corp_id"), ("pay", "mch_id")):
        one = getattr(wechat, name)
        if one is not None:
            on = getattr(one, account) != ""
            changes[name] = replace(one, api_base_url=one.api_base_url.rstrip("/")) if on else None
    if isinstance(changes.get("pay"), Pay):
        changes["pay"] = _with_files(changes["pay"], home)
    return replace(wechat, **changes)


def _with_files(pay: Pay, home: Path) -> Pay:
    files = {name: getattr(pay, name) for name in ("private_key_file", "public_key_file")}
    return replace(pay, **{name: str(home / file) for name, file in files.items() if file})
