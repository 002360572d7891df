"""What the senders know of the configuration: which ways exist, and who composes the calls for them."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from sqlalchemy import select

from handlers import words
from handlers.wording.letters import Words
from models.base.orm import session
from models.base.resources import table
from models.fee.reminding import overtaken
from models.outbox.claiming import Errand
from models.outbox.routing import BY_PHONE, GATEWAY, Rules
from models.person.tables import Staff
from models.person.telephones import telephones
from models.place.customer_groups import senders
from server.allowance import allowance_of
from server.channels.base import Call
from server.channels.gateway import GatewayChannel
from server.channels.mini import MiniChannel
from server.channels.official import OfficialChannel
from server.channels.work import WorkChannel
from server.config import Config, Gateway, WeChat

KEY_MARGIN = 30  # seconds that our clock and the bridge's may differ


def rules_of(config: Config) -> Rules:
    wechat, gateway = config.wechat, config.gateway
    limits = table("platforms/limits.toml")
    on = [name for name in ("official", "mini", "work") if getattr(wechat, name)]

    remembers = max(0, gateway.key_minutes * 60 - KEY_MARGIN)

    def speaks(kind: str, way: str) -> bool:
        return words.speaks(kind, way) and (way not in BY_PHONE or way in gateway.ways(kind))

    return Rules(
        channels=frozenset([*on, GATEWAY] if gateway.url else on),
        audience=words.audience,
        speaks=speaks,
        knows=words.knows,
        official_templates=_ids(wechat.official),
        mini_templates=_ids(wechat.mini),
        senders=senders,
        phones=telephones,
        overtaken=overtaken,
        quiet_from=config.rules.quiet_from,
        quiet_until=config.rules.quiet_until,
        digest_at=config.rules.digest_at,
        allowance=allowance_of(config),
        quota=limits["quota"] | {"sms": gateway.sms_a_day, "call": gateway.calls_a_day},
        pace=limits["pace"],
        key_seconds=limits["key_seconds"] | dict.fromkeys(BY_PHONE, remembers),
        lease=timedelta(seconds=config.letters.lease_seconds),
    )


def _ids(app: object) -> Mapping[str, str]:
    templates = getattr(app, "templates", {})
    return {kind: template.id for kind, template in templates.items()}


class Composers:
    """The channels that are on."""

    def __init__(self, wechat: WeChat, gateway: Gateway) -> None:
        self._official = OfficialChannel(wechat.official) if wechat.official else None
        self._mini = MiniChannel(wechat.mini) if wechat.mini else None
        self._work = WorkChannel(wechat.work) if wechat.work else None
        self._gateway = GatewayChannel(gateway)

    def composed(self, errand: Errand, said: Words) -> Call:
        channels = {
            "official": self._official,
            "mini": self._mini,
            "work": self._work,
            GATEWAY: self._gateway,
        }
        channel = channels[errand.platform]
        assert channel is not None  # routing offers no way of a platform that is off
        return channel.composed(errand, said)


def alert_persons(numbers: Sequence[str]) -> list[int]:
    """The persons behind staff numbers of [alerts]."""
    query = select(Staff.person_id).where(Staff.number.in_(numbers), Staff.active).order_by(Staff.id)
    return list(session().connection().execute(query).scalars())
