"""A hemei's outgoing door between a clean database and a simulator of the platforms."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from handlers import words
from models.base import privacy
from models.base.clock import now
from models.base.orm import put
from models.outbox import door, fates
from models.outbox.address import Address, Consent
from models.outbox.fates import Fate
from models.outbox.letter import DataClass, Lane, Letter, State
from models.person.tables import Person, Staff
from server.config import Config, parse
from server.database import Database
from server.delivery import Delivery
from server.sandbox.accounts import Accounts, Limits
from server.sandbox.aio import SimulatorServer
from server.sandbox.ledger import Entry
from server.sandbox.simulator import Simulator
from server.sandbox.world import Phone

TEMPLATES = {
    "case_accepted": "official-accepted",
    "case_finished": "official-finished",
    "case_closed_default": "official-notice",
}
MINI_TEMPLATES = {"case_finished": "mini-finished"}
NOON = datetime(2026, 3, 23, 4, 0, tzinfo=UTC)  # 12:00 in Beijing
FACTS: dict[str, Any] = {
    "number": "5724",
    "estate": "育英小区",
    "building": "3",
    "unit": "2",
    "floor": None,
    "room": None,
    "category": "lighting",
    "urgency": "normal",
    "text": "3号楼2单元灯不亮!",
    "note": None,
    "taker_name": "王芳",
    "finish_text": "换了灯泡",
    "reported_at": "2026-03-23T03:30:00+00:00",
}


class Clock:
    """The moment of sender and simulator alike, turned by hand; without `fixed` it runs."""

    def __init__(self, at: datetime | None = None) -> None:
        self._at = at
        self._ahead = timedelta()

    def __call__(self) -> datetime:
        return (self._at or now()) + self._ahead

    def seconds(self) -> float:
        return self().timestamp()

    def turn(self, **units: float) -> None:
        self._ahead += timedelta(**units)


class Office:
    """`resident` 1 with service account and mini-program, `keeper` 2 in WeCom, `group` 7 with a robot."""

    def __init__(
        self,
        db: Database,
        folder: Path,
        *,
        limits: Limits | None = None,
        at: datetime | None = NOON,
        **more: Any,
    ) -> None:
        self.db = db
        self.clock = Clock(at)
        self.simulator = Simulator(Accounts.example(), limits or Limits(), self.clock.seconds)
        self.server = SimulatorServer(self.simulator).start()
        self.config = self._config(folder, more)
        words.use_base_url(self.config.server.base_url)
        self.delivery = self.senders()

    def senders(self, connections: int = 8) -> Delivery:
        return Delivery(self.config, self.db, clock=self.clock, connections=connections)

    def _config(self, folder: Path, more: dict[str, Any]) -> Config:
        wechat = self.simulator.accounts.settings(self.server.base_url)
        wechat["official"]["templates"] = more.pop("templates", TEMPLATES)
        wechat["mini"]["templates"] = more.pop("mini_templates", MINI_TEMPLATES)
        if "gateway" in more:
            more["gateway"] = {"url": f"{self.server.base_url}/gateway"} | more["gateway"]
        document = {
            "server": {"secret_key": "a secret key for tests, at least thirty-two characters"},
            "wechat": wechat,
            **more,
        }
        return parse(document, {}, folder)

    def close(self) -> None:
        self.server.stop()

    # the town

    def resident(self, person: int = 1, *, window: int = 0, mini: int = 0, follows: bool = True) -> str:
        """A follower with `window` customer-service messages left and `mini` consents; gives the openid."""
        openid = f"o-resident-{person}"
        phone = Phone(
            f"r{person}",
            f"居民{person}",
            "resident",
            openid=openid,
            mini_openid=f"m-{person}",
            follows=follows,
        )
        phone.consents["mini-finished"] = mini
        self.simulator.add(phone)
        if window:
            self.simulator.opened(openid)

        def work() -> None:
            put(
                Address, owner_kind="person", owner_id=person, channel="official", value=openid,
                window_until=self.clock() + timedelta(hours=47) if window else None, window_left=window,
            )  # fmt: skip
            key = put(Address, owner_kind="person", owner_id=person, channel="mini", value=f"m-{person}")
            put(Consent, address_id=key, template_id="mini-finished", left=mini)

        self.db.write(work)
        return openid

    def keeper(self, person: int = 2) -> str:
        userid = f"keeper-{person}"
        self.simulator.add(Phone(userid, f"干部{person}", "staff", userid=userid))
        self.db.write(put, Address, owner_kind="person", owner_id=person, channel="work", value=userid)
        return userid

    def colleague(self, phone: str, number: str = "C100") -> int:
        """Somebody of the staff with a telephone and no platform; gives the person."""
        self.simulator.add(Phone(number, number, "staff", mobile=phone))

        def work() -> int:
            public = f"p-{number}"
            sealed = privacy.seal(phone, f"people.phone/{public}")
            person = put(Person, public_id=public, phone_sealed=sealed)
            put(Staff, number=number, person_id=person, name=number, roles=["community"], active=True)
            return person

        return self.db.write(work)

    def robot(self, group: int = 7) -> str:
        key = f"robot-key-{group}"
        self.simulator.add(Phone(f"g{group}", f"{group}号群", "group", robot_key=key))
        self.db.write(put, Address, owner_kind="group", owner_id=group, channel="robot", value=key)
        return key

    # letters

    def tell(self, kind: str, person: int, *, occasion: str = "1", about: int = 572, **more: Any) -> int:
        facts = FACTS | more.pop("facts", {})
        lane = more.pop("lane", Lane.ANSWER)

        def work() -> int:
            return door.tell(
                kind, person, about=("case", about), occasion=occasion, data_class=DataClass.OWN, lane=lane,
                not_before=more.get("not_before", self.clock()), not_after=more.get("not_after"),
                via=more.get("via"), **facts,
            )  # fmt: skip

        return self.db.write(work)

    def tell_group(self, group: int = 7, occasion: str = "1", lane: Lane = Lane.NEWS) -> int:
        facts = door.PublicFacts("5724", "育英小区", "3", "2", "lighting", 65)

        def work() -> int:
            return door.tell_group(
                "case_group_mended", group, facts, about=("case", 572), occasion=occasion, lane=lane,
                not_before=self.clock(),
            )  # fmt: skip

        return self.db.write(work)

    def fate(self, letter: int) -> Fate:
        return next(one for one in self.fates() if one.id == letter)

    def fates(self) -> list[Fate]:
        with self.db.read():
            return list(fates.fates())

    def letter(self, key: int) -> Letter:
        with self.db.read() as current:
            found = current.get(Letter, key)
            assert found is not None
            return found

    def states(self) -> list[str]:
        return [one.state for one in self.fates()]

    # the platform

    def calls(self, path: str = "*send*", who: str = "*") -> list[Entry]:
        return self.simulator.ledger.read(path=path, who=who)

    def later(self, drains: int = 1, **units: float) -> None:
        """Turns the clock and lets the senders work, so many times."""
        for _ in range(drains):
            self.clock.turn(**units)
            self.delivery.drain()

    def until_settled(self, most: int = 60, step: float = 5) -> None:
        for _ in range(most):
            if not {State.WAITING, State.TAKEN} & set(self.states()):
                return
            self.later(seconds=step)


Opener = Callable[..., Office]
