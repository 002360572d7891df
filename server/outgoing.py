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
from models.outbox.routing import Rules
from models.person.tables import Staff
from models.place.customer_groups import senders
from server.allowance import allowance_of
from server.channels.base import Call
from server.channels.mini import MiniChannel
from server.channels.official import OfficialChannel
from server.channels.work import WorkChannel
from server.config import Config, WeChat


def rules_of(config: Config) -> Rules:
    wechat = config.wechat
    limits = table("platforms/limits.toml")
    return Rules(
        channels=frozenset(name for name in ("official", "mini", "work") if getattr(wechat, name)),
        audience=words.audience,
        speaks=words.speaks,
        knows=words.knows,
        official_templates=_ids(wechat.official),
        mini_templates=_ids(wechat.mini),
        senders=senders,
        overtaken=overtaken,
        quiet_from=config.rules.quiet_from,
        quiet_until=config.rules.quiet_until,
        digest_at=config.rules.digest_at,
        allowance=allowance_of(config),
        quota=limits["quota"],
        pace=limits["pace"],
        key_seconds=limits["key_seconds"],
        lease=timedelta(seconds=config.letters.lease_seconds),
    )


def _ids(app: object) -> Mapping[str, str]:
    templates = getattr(app, "templates", {})
    return {kind: template.id for kind, template in templates.items()}


class Composers:
    """The channels that are on."""

    def __init__(self, wechat: WeChat) -> None:
        self._official = OfficialChannel(wechat.official) if wechat.official else None
        self._mini = MiniChannel(wechat.mini) if wechat.mini else None
        self._work = WorkChannel(wechat.work) if wechat.work else None

    def composed(self, errand: Errand, said: Words) -> Call:
        channels = {"official": self._official, "mini": self._mini, "work": self._work}
        channel = channels[errand.platform]
        assert channel is not None  # routing offers no way of a platform that is off
        return channel.composed(errand, said)


def alert_persons(numbers: Sequence[str]) -> list[int]:
    """The persons behind staff numbers of [alerts]."""
    query = select(Staff.person_id).where(Staff.number.in_(numbers), Staff.active).order_by(Staff.id)
    return list(session().connection().execute(query).scalars())
