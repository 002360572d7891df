"""What the steps of a whistle say: who is silent, how far that has climbed, when it climbs next.

Pure, as the limits of a case are (models/case/deadlines.py): the same steps give the same climbs to the
second, whenever somebody came to look.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from models.case.deadlines import Place, Rules, Said, Stood, add_limit
from models.case.limits import Limit

_NOWHERE, _AT_ONCE = Place(None, None), Limit(0, "minutes", "")  # until the first step is read


class Climb(NamedTuple):
    """One rung up, at the moment at which the time to answer was over once more; `silent` are departments."""

    at: datetime
    rung: int
    silent: tuple[int, ...]
    stood: Stood


@dataclass
class Life:
    """A whistle while its steps are read one after the other."""

    rules: Rules
    place: Place = _NOWHERE
    again: Limit = _AT_ONCE
    rung: int = 0
    due: datetime | None = None
    climbed_at: datetime | None = None
    silent: list[int] = field(default_factory=list)

    def take(self, step: Said) -> None:
        """The next step."""
        facts = step.facts
        match step.what:
            case "whistle_blown":
                self.place = Place(facts["community"], facts["grid"])
                self.again = Limit(facts["again"]["amount"], facts["again"]["unit"], "")
                self.rung, self.silent = facts["rung"], [facts["lead"], *facts["assist"]]
                self.due = datetime.fromisoformat(facts["answer_due"])
            case "whistle_answered" if facts["department"] in self.silent:
                self.silent.remove(facts["department"])
            case "whistle_climbed":
                self.rung = facts["rung"]
                self.due = None  # reckoned when it is asked for: the year may not be entered yet
                self.climbed_at = step.at
            case "whistle_ended":
                self.silent.clear()

    def next_due(self) -> datetime | None:
        """When its silence goes up; None when all have answered, it is over, or nobody is above. Raises
        CalendarMissing."""
        if not self.silent:
            return None
        if self.due is None:
            assert self.climbed_at is not None
            calendar = self.rules.calendar(self.place.community_id)
            self.due = add_limit(calendar, self.climbed_at, self.again)
        return self.due if self.rung < self.rules.top(self.place, self.due) else None

    def climb_before(self, until: datetime) -> Climb | None:
        """The next climb before this moment; the whistle is up there then. Raises CalendarMissing."""
        due = self.next_due()
        if due is None or due >= until:
            return None
        self.rung += 1
        self.due, self.climbed_at = None, due
        return Climb(due, self.rung, tuple(self.silent), self.rules.stood(self.place, self.rung, due))


def lived(steps: Iterable[Said], rules: Rules) -> Life:
    """A whistle after these steps, its climbs among them."""
    life = Life(rules)
    for step in steps:
        life.take(step)
    return life


def climbs(steps: Sequence[Said], rules: Rules, until: datetime) -> list[Climb]:
    """Every climb before a moment, from the other steps; their own climbs say only that somebody had looked
    by then, because a clock that was set back afterwards makes nothing undone. Raises CalendarMissing."""
    life, found = Life(rules), []
    for step in (*steps, None):
        is_climb = step is not None and step.what == "whistle_climbed"
        seen = until if step is None else step.at + timedelta(microseconds=is_climb)
        while climb := life.climb_before(seen):
            found.append(climb)
        if step is not None and not is_climb:
            life.take(step)
    return found
