"""Cases that people handle by chance: what the row says is what its steps say, and no end goes unchecked."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any

import pytest
import time_machine
from calendars import known_years
from cast import Cast, Someone
from factories import a_case, a_photo, everything, spot
from sqlalchemy import select

from models.base.actor import By
from models.base.clock import ago, now
from models.base.orm import session
from models.base.refusals import Refused
from models.case import offering, sampling
from models.case.case import Case
from models.case.climbing import columns_of, rules, seen_of
from models.case.deadlines import lived
from models.case.ending import CLAIMS
from models.case.lifecycle import CLAIMED, NEXT, WORKING, State
from models.case.tables import Sample
from models.duty.overseeing import decides
from models.history import Step, steps_about
from models.person.tables import Staff
from models.place.version import raise_version
from models.problem import deferring, keeping, putting_right

RULE = "物业管理条例第四十条"


@dataclass
class Told:
    """A case as its steps alone tell it."""

    state: State = State.DISPATCHED
    claim: str | None = None
    level: str | None = None
    proposal: str | None = None
    close_kind: str | None = None
    round: int = 1
    taker: int | None = None

    def take(self, step: Step) -> None:
        facts = step.facts
        match step.what:
            case "dispatched":
                self.state, self.taker = State.DISPATCHED, None
            case "nobody_found":
                self.state, self.taker = State.FILED, None
            case "returned" | "transferred" if self.state == State.HANDLING:
                self.taker, self.proposal = None, None
            case "returned" | "transferred":
                self.proposal = None
            case "accepted":
                self.state, self.taker = State.HANDLING, step.by_id
            case "claim_asked":
                self.proposal = facts["claim"]
            case "claim_refused":
                self.proposal = None
            case "finished":
                self.state, self.taker, self.proposal = State.FINISHED, step.by_id, None
                self.claim, self.level = facts.get("claim", "mended"), facts.get("level")
            case "level_said":
                self.level = facts["level"]
            case "closed":
                self.state, self.close_kind = State.CLOSED, facts["kind"]
            case "rated" if self.state == State.CLOSED:
                self.state = State.RATED
            case "objected":
                self.round += 1
                self.state, self.claim, self.level, self.close_kind = State.FILED, None, None, None
            case "reworked":
                self.state = State.HANDLING
            case "voided":
                self.state, self.proposal = State.VOID, None


def told(case: Case) -> Told:
    found = Told()
    for step in steps_about("case", case.id):
        found.take(step)
    return found


class Day:
    """Somebody does something, again and again."""

    def __init__(self, cast: Cast, chance: Random) -> None:
        self.cast, self.chance = cast, chance
        self.staff = (cast.li, cast.ma, cast.sun, cast.zhao, cast.leader)
        self.case = a_case(reporter=cast.wang, urgency=chance.choice(["normal", "urgent"]))
        self.problem = keeping.propose(cast.zhao.id, "common", "全楼的灯", "", spot())
        day = now().date() + timedelta(days=365)
        keeping.confirm(
            self.problem, cast.zhao.id, owner_id=cast.sun.id, next_on=day, yearly_work="照明专项",
            yearly_on=day.year,
        )  # fmt: skip

    def someone(self) -> Someone:
        taker = next((one for one in self.staff if one.id == self.case.taker_id), None)
        return taker if taker is not None and self.chance.random() < 0.5 else self.chance.choice(self.staff)

    def move(self) -> tuple[str, Callable[[], Any]]:
        case, me, wang, chance = self.case, self.someone(), By.person(self.cast.wang.id), self.chance
        claim = chance.choice(CLAIMS)
        sun = self.cast.sun.id
        verbs: dict[str, Callable[[], Any]] = {
            "accept": lambda: case.accept(me.id),
            "give_back": lambda: case.give_back(me.id, "不归我管"),
            "transfer": lambda: case.transfer(me.id, chance.choice(self.staff).id, "您近"),
            "finish": lambda: case.finish(me.id, "换了", no_photo_reason="手机坏了"),
            "end": lambda: deferring.propose_end(case, me.id, claim, "看过了", RULE),
            "agree": lambda: deferring.agree_to_end(case, me.id),
            "refuse": lambda: case.refuse_end(me.id, "再看看"),
            "level": lambda: case.say_level(me.id, "department"),
            "hang": lambda: keeping.hang(self.problem, case, me.id),
            "take off": lambda: keeping.take_off(self.problem, case, me.id),
            "mended with": lambda: case.mended_with(keeping.number_of(self.problem), sun, "都换了"),
            "nod": lambda: case.nod(wang),
            "by phone": lambda: case.nod(By.staff(me.id), by_phone=True),
            "object": lambda: case.object(wang, "不亮"),
            "rate": lambda: case.rate(wang, chance.choice([1, 3, 5])),
            "silence": lambda: case.close_by_default() if case.state == State.FINISHED else None,
            "sample": self.sample,
            "void": lambda: case.void(wang, "算了") if chance.random() < 0.1 else None,
        }
        name = chance.choice([*verbs, "end", "end", "agree", "agree", "finish", "accept"])
        return name, verbs[name]

    def sample(self) -> None:
        sampling.draw_for(self.cast.qian.id, 1)
        open_one = select(Sample.id).where(Sample.settled_at.is_(None))
        for sample in session().scalars(open_one).all():
            sampling.settle(sample, self.cast.qian.id, self.chance.choice(["mended", "not_mended"]), "看了")


def check(day: Day, name: str, before: State) -> None:
    case = day.case
    said = told(case)
    kept = (case.state, case.claim, case.solved_level, case.proposal, case.close_kind, case.round)
    assert kept == (
        said.state, said.claim, said.level, said.proposal, said.close_kind, said.round,
    ), name  # fmt: skip
    assert (case.claim is not None) == (State(case.state) in CLAIMED), name
    assert case.solved_level is None or case.claim == "mended"
    assert case.proposal is None or State(case.state) in WORKING
    once = NEXT[before] | {before}
    assert State(case.state) in once.union(*(NEXT[one] for one in once)), (before, case.state)
    if State(case.state) not in (State.FILED, State.DISPATCHED):
        assert offering.holders(case.id) == []
    clock = columns_of(lived(seen_of(case.id), rules()), now())
    assert {key: getattr(case, key) for key in clock} == clock, name


def check_story(case: Case) -> None:
    """No end but mended without a second person who decides there; no objection to one comes back."""
    steps = list(steps_about("case", case.id))
    agreed: int | None = None
    ended: Step | None = None
    for number, step in enumerate(steps):
        if step.what == "claim_agreed":
            agreed = step.by_id
        if step.what == "finished":
            ended = step
            if step.facts.get("claim"):
                assert step.facts["approved_by"] == agreed != step.by_id
                assert decides(agreed, case.community_id)
            agreed = None
        if step.what == "closed" and step.facts["kind"] == "nod_by_phone":
            assert ended is not None
            assert step.by_id not in (ended.by_id, ended.facts.get("approved_by"))
        if step.what == "objected" and step.facts.get("of"):
            assert ended is not None
            after = steps[number + 1].what, steps[number + 2].what
            assert after == ("routed", "dispatched")
            assert ended.by_id not in steps[number + 2].facts["to"]


@pytest.mark.parametrize("seed", range(6))
def test_whatever_people_do_the_row_says_what_the_steps_say(cast: Cast, seed: int) -> None:
    chance = Random(seed)
    known_years()
    session().query(Staff).filter_by(person_id=cast.qian.id).one().roles = ["supervisor"]
    session().query(Staff).filter_by(person_id=cast.qian.id).one().community_id = spot().community_id
    raise_version()
    seen: set[str] = set()
    minutes = 0
    for _ in range(4):
        day = Day(cast, chance)
        a_photo(day.case, cast.li)
        for _ in range(25):
            minutes += chance.choice([0, 1, 30, 600])
            with time_machine.travel(ago(minutes=-minutes), tick=False):
                day.case.catch_up(now())
                before, had = State(day.case.state), everything(day.case)
                name, verb = day.move()
                try:
                    verb()
                    seen.add(name)
                except Refused:
                    assert everything(day.case) == had, name
                session().flush()
                check(day, name, before)
        check_story(day.case)
        putting_right.put_right(day.problem, cast.sun.id, "都换了")
    assert len(seen) > 10
