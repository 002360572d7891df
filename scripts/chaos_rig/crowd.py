"""A city that is told something: who lives there, what its desk says, and what became of it."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, func, insert, select

from chaos_rig.platform import Platform
from models.base.actor import By
from models.base.clock import now
from models.base.orm import put, session
from models.base.refusals import Unavailable
from models.notice import notice as verbs
from models.notice.audience import Audience
from models.notice.tables import Kind, Notice, State
from models.outbox.address import Address
from models.outbox.letter import Letter
from models.outbox.letter import State as Fate
from models.person.tables import Home, Person, Staff
from models.place.tables import Building, BuildingGroup
from models.place.version import raise_version
from server.database import Database

T = TypeVar("T")
MANY = 10**6
AT_ONCE = verbs.Rules(second_above=MANY, delay=timedelta(), a_day=MANY, rounds=MANY)
EVERYBODY: dict[str, object] = {"districts": ["和美区"]}
ONE_BUILDING: dict[str, object] = {"buildings": [["和美1小区", "1"]]}
RULES: dict[str, object] = {"quiet_from": "00:00", "quiet_until": "00:00", "second_person_above": MANY}
TEMPLATES: dict[str, object] = {"templates": {"notice": "official-notice", "notice_call": "official-notice"}}
TRIES = 10
UNDER_WAY = (Fate.WAITING, Fate.TAKEN)


def openid(number: int) -> str:
    return f"oTold-{number:08}"


def robot_key(number: int) -> str:
    return f"robot-{number:06}"


@dataclass
class Crowd:
    """`people` follow the service account and live in the buildings of the town; resident `n` has openid(n)
    and building `n` modulo their number. `persons` holds their ids once they have moved in."""

    database: Database
    people: int
    robots: bool = False  # whether each building's group has one; else somebody pastes by hand

    def __post_init__(self) -> None:
        self.persons: list[int] = []
        self.groups: list[int] = []

    def move_in(self) -> "Crowd":
        self.persons, self.groups = self.database.write(self._move_in)
        return self

    def _move_in(self) -> tuple[list[int], list[int]]:
        at = now()
        buildings = session().scalars(select(Building).order_by(Building.id)).all()
        groups = [
            put(BuildingGroup, name=f"{one.id}群", estate_id=one.estate_id, building_id=one.id, active=True)
            for one in buildings
        ]
        connection = session().connection()
        rows = [{"public_id": f"r{n}", "is_rider": False, "created_at": at} for n in range(self.people)]
        persons = sorted(connection.execute(insert(Person).returning(Person.id), rows).scalars())
        homes = [
            {
                "person_id": one,
                "building_id": buildings[n % len(buildings)].id,
                "unit_name": "1",
                "proof": "said",
                "since": at,
            }
            for n, one in enumerate(persons)
        ]
        connection.execute(insert(Home), homes)
        addresses = [_address("person", one, "official", openid(n)) for n, one in enumerate(persons)]
        if self.robots:
            addresses += [_address("group", one, "robot", robot_key(n)) for n, one in enumerate(groups)]
        connection.execute(insert(Address), addresses)
        raise_version()
        return persons, groups

    def say(
        self,
        title: str,
        kind: Kind = Kind.ORDINARY,
        to: dict[str, object] | None = None,
        *,
        is_call: bool = False,
    ) -> int:
        """Hands in a notice that goes out at once; returns its number."""
        return patiently(self.database, _say, title, kind, to or EVERYBODY, is_call)

    def fates(self, notice: int) -> Counter[str]:
        """How many letters about it are in which state."""
        query = select(Letter.state, func.count()).where(*of(notice)).group_by(Letter.state)
        with self.database.read():
            return Counter({row[0]: row[1] for row in session().execute(query)})

    def sent(self, notice: int) -> int:
        return self.fates(notice)[Fate.SENT]

    def is_settled(self, notice: int) -> bool:
        with self.database.read():
            if session().get_one(Notice, notice).state != State.TOLD:
                return False
        return not any(self.fates(notice)[one] for one in UNDER_WAY)

    def settle(self, notice: int, seconds: float) -> bool:
        """Waits until every letter about it has a fate."""
        return wait_for(lambda: self.is_settled(notice), seconds)

    def first_sent_after(self, notice: int, seconds: float = 30.0) -> float:
        """Seconds from handing it in to the first person's message; `seconds` when there was none."""
        until = time.monotonic() + seconds
        query = select(func.min(Letter.sent_at), func.min(Notice.starts_at)).join(
            Notice, Notice.id == Letter.about_id
        )
        while time.monotonic() < until:
            with self.database.read():
                row = session().execute(query.where(*of(notice), Letter.to_kind == "person")).one()
            if row[0] is not None:
                return float((row[0] - row[1]).total_seconds())
            time.sleep(0.05)
        return seconds


class Shown:
    """What stands on phones, by openid, of the messages that say a word; read from the platform's ledger."""

    def __init__(self, platform: Platform, word: str, path: str = "/cgi-bin/message/template/send") -> None:
        self._platform, self._word, self._path = platform, word, path
        self._last = 0
        self.calls: Counter[str] = Counter()
        self.seen: Counter[str] = Counter()
        self.keys: dict[str, set[str]] = {}  # which the calls carried
        self.ids: dict[str, str] = {}  # msgid → openid
        self.times: list[float] = []  # of every call, seconds since 1970
        self.refused: Counter[str] = Counter()

    def read(self) -> "Shown":
        path = f"ledger?since={self._last}&path={self._path}"
        for entry in self._platform.control("GET", path)["entries"]:
            self._last = max(self._last, entry["number"])
            if self._word in str(entry["body"]):
                self._take(entry)
        return self

    def _take(self, entry: dict[str, Any]) -> None:
        who = entry["who"] or str(dict(entry["body"]).get("touser", ""))
        self.calls[who] += 1
        self.seen[who] += bool(entry["effective"])
        self.times.append(entry["at"])
        if entry["key"]:
            self.keys.setdefault(who, set()).add(entry["key"])
        answer = entry["answer"]
        if isinstance(answer, dict) and answer.get("msgid"):
            self.ids[str(answer["msgid"])] = who
        if not entry["accepted"]:
            code = answer.get("errcode") if isinstance(answer, dict) else None
            self.refused[str(entry["fault"] or code)] += 1

    @property
    def people(self) -> int:
        """On how many phones it stands."""
        return sum(count > 0 for count in self.seen.values())

    @property
    def extra(self) -> int:
        """Calls that showed nothing new to anybody."""
        return sum(self.calls.values()) - sum(self.seen.values())

    @property
    def twice(self) -> list[str]:
        return [who for who, count in self.seen.items() if count > 1]


def of(notice: int) -> tuple[ColumnElement[bool], ...]:
    return (Letter.about_kind == "notice", Letter.about_id == notice)


def patiently(database: Database, work: Callable[..., T], *arguments: Any) -> T:
    """Because beside senders at full speed SQLite's lock may be taken for longer than its patience."""
    for _ in range(TRIES):
        try:
            return database.write(work, *arguments)
        except Unavailable:
            time.sleep(0.5)
    return database.write(work, *arguments)


def wait_for(true: Callable[[], bool], seconds: float, every: float = 0.2) -> bool:
    until = time.monotonic() + seconds
    while not true():
        if time.monotonic() > until:
            return False
        time.sleep(every)
    return True


def _address(kind: str, owner: int, channel: str, value: str) -> dict[str, object]:
    return {"owner_kind": kind, "owner_id": owner, "channel": channel, "value": value}


def _say(title: str, kind: Kind, to: dict[str, object], is_call: bool) -> int:
    desk = session().scalars(select(Staff).where(Staff.number == "C00001")).one()
    by = By.staff(desk.person_id)
    said = verbs.Words(title, "早八点到下午五点，请提前存水。", "和美社区", kind, is_call)
    key = verbs.draft(said, Audience.of(to), by, desk.community_id)
    verbs.hand_in(session().get_one(Notice, key), by, AT_ONCE)
    return key
