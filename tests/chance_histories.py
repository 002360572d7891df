"""Histories of cases made by chance. Their limits are those of emergencies, which are minutes."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, NamedTuple, NoReturn

from models.case.deadlines import Rules
from models.case.limits import package_limits
from models.indicator.dues import limits_of
from models.indicator.events import Event
from models.indicator.record import LEVELS, Place
from models.indicator.settings import made
from models.workdays import Workdays

FACTS = {"community": 1, "grid": 7, "category": "gas", "urgency": "emergency"}
STAFF = (101, 102, 103)
PEOPLE = (201, 202, 203)
FIRST = datetime(2026, 10, 20, tzinfo=UTC)
START, CUT = datetime(2026, 10, 31, 16, tzinfo=UTC), datetime(2026, 11, 30, 16, tzinfo=UTC)
AS_SHIPPED = made()


def nobody(*_: object) -> NoReturn:
    raise AssertionError("no climb is reckoned here")


# no year is known, because limits of minutes ask for none
LIMITS = limits_of(Rules(package_limits(), lambda _: Workdays({}, ()), nobody, nobody))


class History(NamedTuple):
    place: Place
    steps: list[Event]


class _Walk:
    """One case on its way."""

    def __init__(self, chance: Random, key: int, began: datetime) -> None:
        self.chance, self.key, self.at, self.steps = chance, key, began, []
        self.source = chance.choice(["chat", "chat", "patrol", "phone"])
        self.by_staff = self.source != "chat"

    def step(self, what: str, by_kind: str = "system", by_id: int | None = None, **facts: Any) -> None:
        self.steps.append(Event(self.key, self.at, what, by_kind, by_id, facts))

    def wait(self) -> None:
        self.at += timedelta(
            minutes=self.chance.choice([0, 1, 14, 15, 16, 60, 119, 121, 700, 1440, 1441, 9000])
        )

    def staff(self) -> int:
        return self.chance.choice(STAFF)

    def dispatched(self) -> str:
        self.step("dispatched", route="keeper", to=[self.staff()])
        return "offered"

    def go(self, moves: int) -> list[Event]:
        who = ("staff", self.staff()) if self.by_staff else ("person", self.chance.choice(PEOPLE))
        self.step("reported", *who, source=self.source, **FACTS)
        state = self.chance.choice(["collected", "offered", "offered", "desk"])
        if state == "offered":
            self.dispatched()
        elif state == "desk":
            self.step("nobody_found", route="nobody", to=[])
        for _ in range(moves):
            self.wait()
            if state in ("offered", "working") and self.chance.random() < 0.15:
                self.aside(state)
                continue
            state = getattr(self, f"from_{state}")()
        return self.steps

    def aside(self, state: str) -> None:
        what = self.chance.choice(["urged", "added", "climbed", "extended"])
        if what == "climbed":
            stage = "accept" if state == "offered" else "finish"
            missed = [{"stage": stage, "due": self.at.isoformat()}]
            rung = 1 + sum(step.what == "climbed" for step in self.steps)
            self.step("climbed", rung=rung, missed=missed)
        elif what == "extended":
            until = self.at + timedelta(minutes=self.chance.choice([1, 2000, 5000]))
            self.step("extended", "staff", self.staff(), until=until.isoformat())
        else:
            self.step(what, "person", PEOPLE[0])

    def from_collected(self) -> str:
        if self.chance.random() < 0.2:
            self.step("voided", "person", PEOPLE[0])
            return "void"
        self.step("routed", route="keeper")
        return self.dispatched()

    def from_desk(self) -> str:
        if self.chance.random() < 0.5:
            self.step("accepted", "staff", self.staff())
            return "working"
        self.step("transferred", "staff", self.staff(), to=self.staff())
        return self.dispatched()

    def from_offered(self) -> str:
        match self.chance.randrange(8):
            case 0:
                self.step("returned", "staff", self.staff(), reason="不归我管")
                self.step("routed", route="keeper")
                return self.dispatched()
            case 1:
                self.step("voided", *self.chance.choice([("staff", STAFF[0]), ("person", PEOPLE[0])]))
                return "void"
            case 2:
                self.step("merged", "staff", STAFF[0], into="100014")
                return "merged"
            case _:
                self.step("accepted", "staff", self.staff())
                return "working"

    def from_working(self) -> str:
        match self.chance.randrange(6):
            case 0:
                self.step("returned", "staff", self.staff(), reason="不会修")
                self.step("routed", route="keeper")
                return self.dispatched()
            case 1:
                self.step("transferred", "staff", self.staff(), to=self.staff())
                return self.dispatched()
            case _:
                claim = self.chance.choice(["mended", "mended", "mended", "explained", "untrue"])
                reason = self.chance.choice([None, "手机坏了"])
                level = self.chance.choice([None, *LEVELS])
                self.step("finished", "staff", self.staff(), claim=claim, no_photo_reason=reason, level=level)
                return "finished"

    def from_finished(self) -> str:
        if self.chance.random() < 0.3:
            return self.objection()
        kind = self.chance.choice(["nod", "nod", "nod_by_phone", "default", "unasked"])
        by = {"nod": ("person", self.chance.choice(PEOPLE)), "nod_by_phone": ("staff", STAFF[0])}
        self.step("closed", *by.get(kind, ("system", None)), kind=kind)
        return "closed"

    def from_closed(self) -> str:
        if self.chance.random() < 0.3:
            return self.objection()
        self.step("rated", "person", self.chance.choice(PEOPLE), grade=self.chance.choice([3, 4, 5]))
        return "closed"

    def objection(self) -> str:
        match self.chance.randrange(3):
            case 0:
                self.step("objected", "staff", STAFF[0], text="")
            case 1:
                self.step("objected", "person", self.chance.choice(PEOPLE), text="")
            case _:
                self.step(
                    "objected",
                    "person",
                    self.chance.choice(PEOPLE),
                    text="",
                    grade=self.chance.choice([1, 2]),
                )
        if self.chance.random() < 0.7:
            self.step("reworked")
            return "working"
        self.step("routed", route="keeper")
        return self.dispatched()

    def from_void(self) -> str:
        if self.steps[-1].by_kind == "person" or self.chance.random() < 0.5:
            return "void"
        self.step("revived", "staff", STAFF[0])
        self.step("routed", route="keeper")
        return self.dispatched()

    def from_merged(self) -> str:
        if self.chance.random() < 0.5:
            return "merged"
        self.step("separated", "staff", STAFF[0], of="100014")
        self.step("routed", route="keeper")
        return self.dispatched()


def histories(seed: int, count: int, first: datetime, days: int) -> list[History]:
    """So many cases, each begun on one of these days."""
    chance = Random(seed)
    made = []
    for key in range(1, count + 1):
        walk = _Walk(chance, key, first + timedelta(minutes=chance.randrange(days * 1440)))
        steps = walk.go(chance.randrange(9))
        by = steps[0].by_id
        reporter, entered = (None, by) if walk.by_staff else (by, None)
        place = Place(key, 1, 1, 1, 7, "gas", "emergency", walk.source, reporter, entered, steps[0].at)
        made.append(History(place, steps))
    return made


def a_history(key: int, *steps: tuple[float, str, dict[str, object]]) -> History:
    """(days after the 1st of November, what, facts) after a report; a case of the first minute."""
    one = histories(1, 1, START, 1)[0]
    place = one.place._replace(id=key, source="chat", reporter_id=201, entered_by=None)
    at = START + timedelta(days=steps[0][0])
    reported = one.steps[0]._replace(case_id=key, at=at, by_kind="person", by_id=201)
    place = place._replace(reported_at=at)
    rest = [
        reported._replace(at=START + timedelta(days=day), what=what, by_kind="staff", by_id=101, facts=facts)
        for day, what, facts in steps[1:]
    ]
    return History(place, [reported, *rest])
