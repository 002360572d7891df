"""The accounts that the simulator plays, and the platforms' limits as numbers that a test may change."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from server.sandbox.pay_keys import PUBLIC_MODE, PayAccount


@dataclass(frozen=True)
class Template:
    """One message template of an account: ``keywords`` maps each key (``thing1``) to the label people see.

    An empty ``keywords`` accepts any keys of a known type. ``long_term`` marks a subscription template whose
    consent is not used up by sending.
    """

    id: str
    title: str = ""
    keywords: dict[str, str] = field(default_factory=dict)
    long_term: bool = False


@dataclass(frozen=True)
class Account:
    """A service account or a mini-program: one appid with its secrets and where its pushes go.

    ``push_format`` is ``xml`` or ``json``; without ``encoding_aes_key`` pushes are plain. ``original_id`` is
    the ``gh_…`` name that stands in ``ToUserName``.
    """

    app_id: str
    app_secret: str
    token: str = ""
    encoding_aes_key: str = ""
    original_id: str = "gh_5a4db0c3e1f2"
    templates: tuple[Template, ...] = ()
    callback_url: str = ""
    push_format: str = "xml"


@dataclass(frozen=True)
class WorkAccount:
    """A WeCom corporation with one application. Pushes are always encrypted, as on the real platform."""

    corp_id: str
    agent_id: int
    secret: str
    contact_secret: str = ""
    token: str = ""
    encoding_aes_key: str = ""
    callback_url: str = ""
    push_format: str = "xml"


@dataclass(frozen=True)
class Accounts:
    """Everything that the simulator must know about one hemei; a platform that is None is not played."""

    official: Account | None = None
    mini: Account | None = None
    work: WorkAccount | None = None
    pay: PayAccount | None = None
    gateway_token: str = ""  # of the bridge to text messages and calls

    @classmethod
    def example(cls, callback_base: str = "", *, safe: bool = True) -> Accounts:
        """Synthetic accounts for tests and for trying things out; ``safe`` gives the apps an AES key.

        WeChat Pay is not among them, because its keys take a moment to make: see ``paying``.
        """
        titles = ("accepted", "progress", "finished", "notice")
        keywords = {"character_string1": "no", "thing2": "what", "thing3": "where", "time4": "when"}
        return cls(
            official=Account(
                "wx5a4db0c0ff1c1a10",
                "official-secret-for-tests-00001",
                "officialtoken",
                "o" * 42 + "8" if safe else "",
                "gh_5a4db0c0ff1c",
                tuple(Template(f"official-{title}", title, keywords) for title in titles),
            ),
            mini=Account(
                "wx5a4db0c0a1b2c3d4",
                "mini-secret-for-tests-000000001",
                "minitoken",
                "m" * 42 + "8" if safe else "",
                "gh_5a4db0c0a1b2",
                tuple(Template(f"mini-{title}", title, keywords) for title in titles),
            ),
            work=WorkAccount(
                "ww5a4db0c0c0a70001",
                1000002,
                "work-secret-for-tests-000000001",
                "contact-secret-for-tests-0000001",
                "worktoken",
                "w" * 42 + "8",
            ),
        ).calling(callback_base)

    def paying(self, mode: str = PUBLIC_MODE) -> Accounts:
        """The same accounts with a merchant whom users of both apps may pay, with new keys."""
        apps = tuple(app.app_id for app in (self.official, self.mini) if app)
        return replace(self, pay=PayAccount.example(apps, mode))

    def calling(self, callback_base: str) -> Accounts:
        """The same accounts, pushing to hemei's callbacks under ``callback_base``; "" switches pushes off."""

        def url(platform: str) -> str:
            return f"{callback_base.rstrip('/')}/wechat/{platform}" if callback_base else ""

        return Accounts(
            self.official and replace(self.official, callback_url=url("official")),
            self.mini and replace(self.mini, callback_url=url("mini")),
            self.work and replace(self.work, callback_url=url("work")),
            self.pay,
            self.gateway_token,
        )

    def settings(self, platform_base: str, keys: Path | None = None) -> dict[str, dict[str, Any]]:
        """The ``[wechat.*]`` sections with which a hemei talks to this simulator at ``platform_base``.

        The key files of WeChat Pay are written to ``keys``, the folder of its configuration.

        >>> Accounts.example().settings("http://127.0.0.1:1")["official"]["api_base_url"]
        'http://127.0.0.1:1/official'
        """
        sections: dict[str, dict[str, Any]] = {}
        for name, app in (("official", self.official), ("mini", self.mini)):
            if app:
                sections[name] = {
                    "app_id": app.app_id,
                    "app_secret": app.app_secret,
                    "token": app.token,
                    "encoding_aes_key": app.encoding_aes_key,
                    "api_base_url": f"{platform_base}/{name}",
                }
        if self.work:
            sections["work"] = {
                "corp_id": self.work.corp_id,
                "agent_id": self.work.agent_id,
                "secret": self.work.secret,
                "contact_secret": self.work.contact_secret,
                "token": self.work.token,
                "encoding_aes_key": self.work.encoding_aes_key,
                "api_base_url": f"{platform_base}/work",
            }
        if self.pay and keys:
            sections["pay"] = self.pay.write(keys) | {"api_base_url": f"{platform_base}/pay"}
        return sections


@dataclass
class Limits:
    """The platforms' numbers (pages of 2024 to 2026); seconds unless the name says otherwise.

    ``strangers`` decides whether openids and userids that nobody registered count as followers with an open
    window and as staff: benches and the kill journey want that, tests of refusals do not.
    """

    token_life: float = 7200
    token_overlap: float = 300
    forced_tokens_per_day: int = 20
    forced_token_gap: float = 30
    custom_per_message: int = 5
    custom_message_window: float = 48 * 3600
    custom_per_tap: int = 3
    custom_tap_window: float = 60
    client_msg_id_window: float = 600
    media_life: float = 3 * 86400
    code_life: float = 300
    work_duplicate_max: int = 14400
    work_member_per_minute: int = 30
    work_member_per_hour: int = 1000
    mini_logins_per_minute: int = 100  # of one user
    phone_numbers: int = 0  # that may still be asked for; 0: as many as one likes
    response_code_life: float = 72 * 3600
    robot_per_minute: int = 20
    reminders_per_day: int = 3
    gateway_key_life: float = 3600
    group_members: int = 200
    group_messages_a_month: int = 0  # 0: as many as the month has days
    pay_prepay_life: float = 7200
    pay_order_life: float = 7 * 86400
    pay_refunds_per_order: int = 50
    pay_refund_seconds: float = 1.0  # until a refund's processing is over; days on the real platform
    pay_fee_rate: int = 60  # in hundredths of a per cent
    pay_bill_hours: int = 10  # after a day's end its bill is there; -24: at once
    pay_probe_every: int = 0  # each so many notifications one with a deliberately wrong signature
    pay_retry_seconds: list[float] = field(
        default_factory=lambda: [
            *(15, 15, 30, 180, 600, 1200, 1800, 1800, 1800, 3600),
            *(10800, 10800, 10800, 21600, 21600),
        ]
    )
    per_minute: dict[str, int] = field(
        default_factory=lambda: {
            "official /cgi-bin/stable_token": 10_000,
            "work *": 10_000,
            "mini /wxa/getwxacodeunlimit": 5_000,
            "mini /wxa/msg_sec_check": 4_000,
            "mini /wxa/media_check_async": 2_000,
        }
    )
    per_day: dict[str, int] = field(
        default_factory=lambda: {
            "official /cgi-bin/token": 2_000,
            "official /cgi-bin/stable_token": 500_000,
            "official /cgi-bin/message/custom/send": 500_000,
            "official /cgi-bin/message/template/send": 100_000,
            "official /cgi-bin/media/upload": 100_000,
            "official /cgi-bin/media/get": 200_000,
            "official /cgi-bin/qrcode/create": 100_000,
            "official /cgi-bin/menu/create": 1_000,
            "official /cgi-bin/user/info": 5_000_000,
            "mini /cgi-bin/token": 2_000,
            "mini /cgi-bin/stable_token": 500_000,
            "mini /cgi-bin/message/subscribe/send": 10_000_000,
            "mini /wxa/msg_sec_check": 2_000_000,
            "mini /wxa/media_check_async": 200_000,
        }
    )
    strangers: bool = False
