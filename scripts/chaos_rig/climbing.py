"""R6: emergencies that nobody accepts, each due at a moment of its own while the senders are busy and die."""

from datetime import datetime, timedelta

from sqlalchemy import select

from chaos_rig import oracle
from chaos_rig.house import House
from chaos_rig.town import estate, house_number
from models.base.actor import SYSTEM
from models.base.clock import local, now
from models.base.orm import session
from models.case import reporting
from models.case.case import Case
from models.case.climbing import rules, seen_of
from models.case.deadlines import add_limit, climbs
from models.case.limits import Matter, limits
from models.outbox.letter import Letter
from models.place.gazetteer import town
from models.place.spot import Spot
from models.workdays import workdays

LATE = 60.0  # seconds that a climb may come after its limit
CATEGORY = "water"


class Overdue:
    """`count` cases; the limit to accept one runs out every `apart` seconds, of the first after `first`."""

    def __init__(self, house: House, *, count: int, first: float, apart: float) -> None:
        self._house, self._count, self._first, self._apart = house, count, first, apart
        self._cases: list[int] = []

    @property
    def last_after(self) -> float:
        """Seconds until the last one is due."""
        return self._first + self._count * self._apart

    def report(self) -> None:
        self._cases = self._house.database.write(self._reported)

    def _reported(self) -> list[int]:
        begins, made = now(), []
        spots = [
            town().locate(Spot(estate=estate(n), building=str(house_number(n)), unit="1", how="said")).spot
            for n in range(10)
        ]
        limit = limits().of("accept", Matter(None, CATEGORY, "emergency"), local(begins).date())
        allowed = add_limit(workdays(None), begins, limit) - begins
        for number in range(self._count):
            due = begins + timedelta(seconds=self._first + number * self._apart)
            key, _ = reporting.report(
                text="水管爆了",
                category=CATEGORY,
                urgency="emergency",
                spot=spots[number % len(spots)],
                source="chat",
                by=SYSTEM,
                at=due - allowed,
            )
            made.append(key)
        return made

    def judge(self, verdict: oracle.Verdict) -> None:
        """Each climbed as its steps say, and whoever stands above has a letter in time."""
        written, sent, wrong, silent = [], [], [], []
        with self._house.database.read():
            for key in self._cases:
                steps = seen_of(key)
                climbed = [step.at for step in steps if step.what == "climbed"]
                if climbed != [one.at for one in climbs(steps, rules(), max(climbed, default=now()))]:
                    wrong.append(key)
                letters = self._letters(key)
                if not letters or not climbed:
                    silent.append(session().get_one(Case, key).number)
                    continue
                written.append((letters[0].created_at - climbed[0]).total_seconds())
                sent += [(one - climbed[0]).total_seconds() for one in _moments(letters[0].sent_at)]
        verdict.figures |= {
            "emergencies that climbed": f"{len(written)} of {self._count}",
            "late by": f"{max(written, default=0):.1f} s, told after {max(sent, default=0):.1f} s",
        }
        verdict.zero("climbs that the steps do not give", wrong)
        verdict.zero("overdue and nobody above has heard", silent)
        verdict.in_time(max(written, default=0) <= LATE, "a climb was late")

    def _letters(self, key: int) -> list[Letter]:
        query = select(Letter).where(
            Letter.about_kind == "case", Letter.about_id == key, Letter.kind == "case_climbed"
        )
        return list(session().scalars(query.order_by(Letter.id)))


def _moments(at: datetime | None) -> list[datetime]:
    return [at] if at is not None else []
