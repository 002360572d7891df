"""R2 and R6: a notice to a city while senders die and sleep; an emergency overtakes it, what is overdue
climbs all the same, a stop stops it."""

import os
import signal
import time
from collections import Counter
from datetime import timedelta
from random import Random

from sqlalchemy import func, insert, select

from chaos_rig import oracle
from chaos_rig.climbing import LATE, Overdue
from chaos_rig.house import WORK, House
from chaos_rig.platform import Platform
from models.base.actor import By
from models.base.clock import now
from models.base.orm import put, session
from models.notice import notice as verbs
from models.notice.audience import Audience
from models.notice.reading import figures
from models.notice.tables import Kind, Notice, State
from models.outbox.address import Address
from models.outbox.letter import Letter
from models.outbox.letter import State as Fate
from models.person.tables import Home, Person, Staff
from models.place.tables import Building, BuildingGroup
from models.place.version import raise_version
from server.config import Letters
from server.delivery import calls_at_once, in_hand

SLOTS = calls_at_once(Letters().connections)
STILL_GO_OUT = 2 * in_hand(Letters().connections)  # of two processes
SETTLE_SECONDS = 400.0
AT_ONCE = verbs.Rules(second_above=10**9, delay=timedelta())
EVERYBODY = {"districts": ["和美区"]}
NAP_SECONDS = 3.0
OVERTAKES_WITHIN = 5.0
SETTLE_AFTER_KILL = 3.0  # until whoever was killed last is there again


class Telling:
    """`people` residents in the buildings of the town, a group for each building."""

    def __init__(
        self, house: House, platform: Platform, *, people: int, kills: int, naps: int, seed: int
    ) -> None:
        self.house, self.platform = house, platform
        self.people, self.kills, self.naps, self.seed = people, kills, naps, seed
        self.napped = 0
        busy = (kills + naps) * 0.5  # seconds in which senders die
        self.overdue = Overdue(house, count=people // 100, first=5, apart=busy / (people // 100))
        self._dice = Random(seed)
        self._calls: Counter[str] = Counter()  # openid → calls
        self._shown: Counter[str] = Counter()  # openid → messages on the phone
        self._last = 0

    def run(self) -> oracle.Verdict:
        self.house.database.write(self._move_in)
        first = self.house.database.write(self._say, "周二停水", Kind.ORDINARY)
        self.overdue.report()
        began = time.monotonic()
        for turn in range(self.kills + self.naps):
            time.sleep(self._dice.uniform(0.2, 0.8))
            self._nap() if turn % 6 == 5 and self.naps else self._kill()
        overtaken = self._overtake()
        while self._unsettled(first) and time.monotonic() - began < SETTLE_SECONDS:
            time.sleep(0.5)
        took = time.monotonic() - began
        time.sleep(max(0.0, self.overdue.last_after + LATE - took))
        self._read()
        return self._judge(first, took, overtaken, self._stopped())

    def _move_in(self) -> None:
        at = now()
        buildings = session().scalars(select(Building.id).order_by(Building.id)).all()
        for building in buildings:
            estate = session().get_one(Building, building).estate_id
            put(BuildingGroup, name=f"{building}群", estate_id=estate, building_id=building, active=True)
        rows = [{"public_id": f"r{n}", "is_rider": False, "created_at": at} for n in range(self.people)]
        ids = session().connection().execute(insert(Person).returning(Person.id), rows).scalars().all()
        homes = [
            {
                "person_id": one,
                "building_id": buildings[n % len(buildings)],
                "unit_name": "1",
                "proof": "said",
                "since": at,
            }
            for n, one in enumerate(ids)
        ]
        session().connection().execute(insert(Home), homes)
        addresses = [
            {"owner_kind": "person", "owner_id": one, "channel": "official", "value": f"oTold-{one:08}"}
            for one in ids
        ]
        session().connection().execute(insert(Address), addresses)
        raise_version()

    def _say(self, title: str, kind: Kind, to: dict[str, object] | None = None) -> int:
        desk = session().scalars(select(Staff).where(Staff.number == "C00001")).one()
        by = By.staff(desk.person_id)
        said = verbs.Words(title, "早八点到下午五点，请提前存水。", "和美社区", kind)
        key = verbs.draft(said, Audience.of(to or EVERYBODY), by, desk.community_id)
        verbs.hand_in(session().get_one(Notice, key), by, AT_ONCE)
        return key

    def _kill(self) -> None:
        until = time.monotonic() + 20
        while not self.house.kill(WORK, self._dice) and time.monotonic() < until:
            time.sleep(0.05)

    def _nap(self) -> None:
        """Longer than the lease: another takes the letters over, and the sleeper wakes up with them."""
        awake = [one for one in self.house.works() if one.poll() is None]
        if awake:
            self.napped += 1
            one = self._dice.choice(awake)
            os.kill(one.pid, signal.SIGSTOP)
            time.sleep(NAP_SECONDS)
            os.kill(one.pid, signal.SIGCONT)

    def _overtake(self) -> float:
        """Seconds from handing in an emergency for one building to its first message, amid the notice."""
        time.sleep(SETTLE_AFTER_KILL)
        to = {"buildings": [["和美1小区", "1"]]}
        began = now()
        key = self.house.database.write(self._say, "主管道爆裂", Kind.EMERGENCY, to)
        until = time.monotonic() + 30
        while time.monotonic() < until:
            with self.house.database.read():
                sent = session().scalar(
                    select(func.min(Letter.sent_at)).where(
                        Letter.about_kind == "notice", Letter.about_id == key, Letter.to_kind == "person"
                    )
                )
            if sent is not None:
                return float((sent - began).total_seconds())
            time.sleep(0.1)
        return 30.0

    def _stopped(self) -> tuple[float, int]:
        """(seconds that the stop took, messages that still went after it) of another notice to everybody."""
        database = self.house.database
        key = database.write(self._say, "说错了的通知", Kind.ORDINARY)
        until = time.monotonic() + 60
        while self._sent(key) < min(500, self.people // 4) and time.monotonic() < until:
            time.sleep(0.1)
        began = time.monotonic()

        def stop() -> int:
            notice = session().get_one(Notice, key, with_for_update=True)
            verbs.stop(notice, By.staff(notice.author_id))
            return int(
                session().scalar(select(func.count()).where(*_of(key), Letter.state == Fate.SENT)) or 0
            )

        sent = database.write(stop)
        took = time.monotonic() - began
        time.sleep(6)
        return took, self._sent(key) - sent

    def _sent(self, key: int) -> int:
        with self.house.database.read():
            return int(
                session().scalar(select(func.count()).where(*_of(key), Letter.state == Fate.SENT)) or 0
            )

    def _unsettled(self, key: int) -> bool:
        with self.house.database.read():
            if session().get_one(Notice, key).state != State.TOLD:
                return True
            waits = Letter.state.in_((Fate.WAITING, Fate.TAKEN))
            return bool(session().scalar(select(func.count()).where(*_of(key), waits)))

    def _read(self) -> None:
        path = f"ledger?since={self._last}&path=/cgi-bin/message/template/send"
        for entry in self.platform.control("GET", path)["entries"]:
            self._last = max(self._last, entry["number"])
            if "周二停水" in str(entry["body"]):
                self._calls[entry["who"]] += 1
                self._shown[entry["who"]] += bool(entry["effective"])

    def _judge(self, first: int, took: float, overtaken: float, stopped: tuple[float, int]) -> oracle.Verdict:
        verdict = oracle.Verdict()
        died = self.house.killed[WORK]
        with self.house.database.read():
            seen = figures([first])[first]
            query = select(Letter.to_id, func.count()).where(*_of(first), Letter.to_kind == "person")
            letters = dict(session().execute(query.group_by(Letter.to_id)).tuples().all())
        extra = sum(self._calls.values()) - len(self._shown)
        allowed = (died + self.napped) * SLOTS
        verdict.figures |= {
            "seed": self.seed,
            "people": f"{self.people} in {took:.1f} s, {self.people / took:.0f} a second",
            "kills and naps": f"{died} and {self.napped}",
            "extra platform calls": f"{extra} (allowed {allowed})",
            "first message of an emergency after": f"{overtaken:.1f} s",
            "a stop took": f"{stopped[0]:.2f} s, {stopped[1]} more went out (allowed {STILL_GO_OUT})",
        }
        verdict.zero("people without a letter", self.people - len(letters))
        verdict.zero("people with two letters", [one for one, count in letters.items() if count > 1])
        verdict.zero(
            "people who did not get it", self.people - sum(count > 0 for count in self._shown.values())
        )
        verdict.zero("visible duplicates", [one for one, count in self._shown.items() if count > 1])
        verdict.zero("sent in the books and not on the phones", seen.accepted - len(self._shown))
        verdict.zero("left without a fate", seen.waiting + seen.unknown + seen.failed)
        self.overdue.judge(verdict)
        verdict.must(extra <= allowed, "more extra calls than allowed")
        verdict.must(stopped[1] <= STILL_GO_OUT, "too many went out after the stop")
        verdict.in_time(stopped[0] <= 5, "the stop came late")
        verdict.in_time(overtaken <= OVERTAKES_WITHIN, "the emergency waited")
        return verdict


def _sent_of(key: int) -> int:
    query = select(func.count()).select_from(Letter).where(*_of(key), Letter.state == Fate.SENT)
    return int(session().scalar(query) or 0)


def _of(key: int) -> tuple[object, ...]:
    return (Letter.about_kind == "notice", Letter.about_id == key)
