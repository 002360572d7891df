"""升级: a case that waits too long goes up one rung for every limit that is missed, never past the top.

What is due follows from the steps (deadlines.py). Here it is kept in the columns by which the clock finds it,
before and after every move: nobody moves a case past a limit that ran out before.
"""

from contextlib import suppress
from datetime import datetime
from typing import Any

from sqlalchemy import select

from models.base.actor import SYSTEM
from models.base.clock import now
from models.base.orm import session
from models.case import offering
from models.case.deadlines import (
    Climb,
    Life,
    Place,
    Reckoned,
    Rules,
    Seen,
    Stood,
    lived,
    reckoned,
)
from models.case.knowing import Knowing
from models.case.lifecycle import State
from models.case.limits import limits
from models.duty import ladder
from models.duty.answering import answerer, desk_of
from models.duty.overseeing import above
from models.history import Step, record
from models.outbox.door import tell, withdraw
from models.outbox.letter import Lane
from models.workdays import CalendarMissing, workdays

PLAIN = 2  # rungs over a place that is in no grid: its desk, then street and town
LATE = 60  # seconds: what is found later than that is said to be late


class Climbing(Knowing):
    def reckon(self, at: datetime | None = None) -> None:
        """Puts into the columns what the steps say now: called after every step that a limit depends on, and
        when place, category or urgency have changed."""
        at = at or now()
        self.catch_up(at)
        life: Life | None = None
        with suppress(CalendarMissing):
            life = lived(seen_of(self.id), rules())
            if life.since or life.matter is None:
                self._say_what_it_is(life, at)
        self._keep(life, at)

    def catch_up(self, at: datetime) -> int:
        """Climbs for every limit that ran out up to this moment, each at its own; whoever stands there at the
        end is told. Gives how many rungs it climbed."""
        if self.due_at is None or self.due_at > at:
            return 0
        life: Life | None = None
        found: list[Climb] = []
        with suppress(CalendarMissing):  # what was found before stands, the rest waits for the year
            life = lived(seen_of(self.id), rules())
            while climb := life.climb_before(at):
                record(self.about, "climbed", by=SYSTEM, at=climb.at, **_said(climb, at))
                found.append(climb)
        was_deferred = self.pause == "deferred"
        self._keep(life, at)
        if found:
            if found[0].rung > 1:  # of an earlier climb somebody has a letter, which may not have gone yet
                withdraw(self.about, "case_climbed")
            self._tell_above(found[-1], at)
        elif was_deferred and self.pause is None and self.taker_id is not None:
            occasion = at.date().isoformat()
            facts = self.facts()
            tell("case_resumed", self.taker_id, about=self.about, occasion=occasion, lane=Lane.NEWS, **facts)
        return len(found)

    def is_above(self, person_id: int) -> bool:
        """Whether it has climbed to a rung on which this person stands now."""
        if not self.rung:
            return False
        at, place = now(), Place(self.community_id, self.grid_id)
        return any(person_id in stood(place, rung, at).people for rung in range(1, self.rung + 1))

    def _say_what_it_is(self, life: Life, at: datetime) -> None:
        facts = clock_facts(self.community_id, self.grid_id, self.category, self.urgency)
        if life.matter is None or facts != clock_facts(*life.place, *life.matter[1:]):
            record(self.about, "clock_set", by=SYSTEM, at=at, **facts)
            life.take(Seen("clock_set", at, "system", facts))

    def _keep(self, life: Life | None, at: datetime) -> None:
        for column, value in columns_of(life, at).items():
            setattr(self, column, value)

    def _tell_above(self, climb: Climb, at: datetime) -> None:
        """One letter, about the last climb: after a standstill nobody hears of each of them."""
        taker = answerer(self.taker_id) if self.taker_id is not None else None
        is_open = self.state in (State.FILED, State.DISPATCHED)
        # by their post and not by a rung, because whoever holds no rung would be said to have lost it
        role = "desk" if climb.stood.how in ("desk", "above") else "rung"
        for person in climb.stood.people:
            if is_open and not offering.is_offered(self.id, person):
                offering.note_offer(self.id, person, role, at)
            tell(
                "case_climbed",
                person,
                about=self.about,
                occasion=f"{self.round}.{climb.rung}.{climb.at.isoformat()}",
                lane=Lane.EMERGENCY if self.urgency == "emergency" else Lane.NEWS,
                stage=climb.missed[0].stage,
                due=climb.missed[0].due.isoformat(),
                rung=climb.rung,
                stood=climb.stood.how,
                state=self.state,
                taker_name=taker.name if taker else None,
                **self.facts(),
            )


def rules() -> Rules:
    """Of this moment; each of them knows its own dates."""
    return Rules(limits(), workdays, top, stood)


def top(place: Place, at: datetime) -> int:
    """The number of the highest rung over a place."""
    return ladder.top(place.community_id, at) if place.grid_id is not None else PLAIN


def stood(place: Place, rung: int, at: datetime) -> Stood:
    """Who stands on a rung over a place: of its grid, else its desk, and above that street and town."""
    if place.grid_id is not None:
        found = ladder.standing(place.grid_id, place.community_id, rung, at)
        if found is not None:
            return Stood((found.person_id,), found.how)
    if rung < top(place, at) and (desk := desk_of(place.community_id)):
        return Stood(tuple(one.person_id for one in desk), "desk")
    people = _street(place.community_id)
    return Stood(people, "above" if people else "nobody")


def _street(community_id: int | None) -> tuple[int, ...]:
    """Asked once in a unit of work: after a standstill many climb to them."""
    asked: dict[int | None, tuple[int, ...]] = session().info.setdefault("street above", {})
    if community_id not in asked:
        asked[community_id] = tuple(above(community_id))
    return asked[community_id]


def seen_of(case_id: int) -> list[Seen]:
    """The steps of a case, oldest first."""
    query = (
        select(Step.what, Step.at, Step.by_kind, Step.facts)
        .where(Step.about_kind == "case", Step.about_id == case_id)
        .order_by(Step.id)
    )
    return [Seen(*row) for row in session().connection().execute(query)]


def clock_facts(
    community_id: int | None, grid_id: int | None, category: str | None, urgency: str
) -> dict[str, Any]:
    """What limits and rungs depend on, as a step keeps it."""
    return {"community": community_id, "grid": grid_id, "category": category, "urgency": urgency}


def columns_of(life: Life | None, at: datetime) -> dict[str, Any]:
    """The columns of a case; without its limits while a year is missing that nobody has entered yet."""
    found: Reckoned | None = None
    with suppress(CalendarMissing):
        found = reckoned(life, at) if life is not None else None
    if found is None:
        return {"due_at": None, "due_stage": None, "finish_due": None, "pause": None}
    return {
        "due_at": found.due,
        "due_stage": found.stage,
        "finish_due": found.promised,
        "rung": found.rung,
        "pause": found.pause,
    }


def first_columns(steps: list[Seen], at: datetime) -> dict[str, Any]:
    """The columns of a case that begins with these steps."""
    return columns_of(lived(steps, rules()), at)


def _said(climb: Climb, at: datetime) -> dict[str, Any]:
    late = int((at - climb.at).total_seconds())
    return {
        "rung": climb.rung,
        "missed": [{"stage": one.stage, "due": one.due.isoformat()} for one in climb.missed],
        "to": list(climb.stood.people),
        "how": climb.stood.how,
        **({"late": late} if late > LATE else {}),
    }
