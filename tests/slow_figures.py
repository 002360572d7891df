"""Rates counted slowly and by another way than hemei's: a question to the list of steps each time.

The limits are those of emergencies, which are minutes.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from chance_histories import History

from models.indicator.events import Event
from models.indicator.record import Place
from models.indicator.settings import Settings

DISPATCH, ACCEPT, ANSWER, FINISH = (timedelta(minutes=n) for n in (60, 15, 120, 1440))
VOIDS_TOO = ("filing_rate", "right_filing_rate", "dispatch_rate", "valid_report_rate")
ANSWERING = ("accepted", "told", "asked", "called", "extended", "deferred", "finished")


def slow(
    code: str, several: Sequence[History], start: datetime, cut: datetime, kept: Settings
) -> tuple[int, int, dict[str, int]]:
    """(over, under, why cases were left out) of a rate."""
    over = under = 0
    out: dict[str, int] = {}
    for one in several:
        steps = [step for step in one.steps if step.at < cut]
        if steps:
            case = _Case(one.place, steps, start, cut, kept)
            if case.is_over(code):
                continue
            pairs = case.pairs(code)
            why = case.why_not(code, bool(pairs))
            if why is not None:
                out[why] = out.get(why, 0) + 1
            else:
                over += sum(a for a, _ in pairs)
                under += sum(b for _, b in pairs)
    return over, under, out


class _Case:
    def __init__(
        self, place: Place, steps: list[Event], start: datetime, cut: datetime, kept: Settings
    ) -> None:
        self.place, self.steps, self.start, self.cut, self.kept = place, steps, start, cut, kept
        self.rounds: list[list[Event]] = [[]]
        for step in steps:
            self.rounds[-1].append(step)
            if step.what == "objected":
                self.rounds.append([])

    def first(self, *what: str) -> datetime | None:
        return next((step.at for step in self.steps if step.what in what), None)

    def last(self, what: str, number: int = -1) -> datetime | None:
        return next((step.at for step in reversed(self.rounds[number]) if step.what == what), None)

    def due(self, number: int = -1) -> datetime:
        number %= len(self.rounds)
        began = self.steps[0].at if number == 0 else self.rounds[number - 1][-1].at
        until = None
        for step in self.rounds[number]:
            if step.what in ("separated", "revived"):
                began, until = step.at, None
            if step.what == "extended":
                until = datetime.fromisoformat(step.facts["until"])
        return max(began + FINISH, until) if until else began + FINISH

    def within(self, at: datetime | None) -> bool:
        return at is not None and self.start <= at < self.cut

    def owed(self, due: datetime, done: datetime | None) -> bool:
        if self.kept.early == "counted" and self.within(done):
            return True
        return due < self.cut and (done is None or done >= self.start)

    @property
    def ended(self) -> str | None:
        ending = None
        for step in self.steps:
            if step.what == "voided":
                ending = "withdrawn" if step.by_kind == "person" else "voided"
            elif step.what == "merged":
                ending = "merged"
            elif step.what in ("separated", "revived"):
                ending = None
        return ending

    def is_over(self, code: str) -> bool:
        """It ended before the period, so that it is not even left out of it."""
        endings = [step.at for step in self.steps if step.what in ("voided", "merged")]
        return code not in VOIDS_TOO and self.ended is not None and endings[-1] < self.start

    def why_not(self, code: str, counts: bool) -> str | None:
        keeps_voids = code in VOIDS_TOO
        if counts:
            return None if keeps_voids else self.ended
        if self.kept.early == "counted" or self.ended is not None:
            return None
        if code in ("right_dispatch_rate", "prompt_dispatch_rate"):
            done, due = self.first("dispatched"), self.steps[0].at + DISPATCH
        elif code in ("handling_rate", "prompt_handling_rate", "overdue_rate"):
            done, due = self.last("finished"), self.due()
        elif code in (
            "closing_rate",
            "prompt_closing_rate",
            "late_closing_rate",
            "rework_rate",
            "extension_rate",
        ):
            done, due = self.last("closed"), self.due()
        else:
            return None
        return "early" if self.within(done) and due >= self.cut else None

    def words(self) -> list[tuple[int, datetime, str, int | None]]:
        """(round, at, yes or no, grade): of each person in each round the last word, the grade ever given."""
        said: dict[tuple[int, object], tuple[datetime, str, int | None]] = {}
        for number, steps in enumerate(self.rounds):
            for step in steps:
                grade = step.facts.get("grade")
                if step.what == "closed" and step.facts["kind"] in ("nod", "nod_by_phone"):
                    verdict = "yes"
                elif step.what == "objected":
                    verdict = "no"
                elif step.what == "rated":
                    verdict = "yes"
                else:
                    continue
                key = (number, step.by_id if step.by_kind == "person" else "phone")
                before = said.get(key)
                said[key] = (step.at, verdict, grade or (before[2] if before else None))
        return [(number, *word) for (number, _), word in said.items()]

    def claim(self, number: int = -1) -> str:
        done = [step for step in self.rounds[number] if step.what == "finished"]
        return done[-1].facts["claim"] if done else "mended"

    def pairs(self, code: str) -> list[tuple[int, int]]:
        return [(int(over), 1) for over in getattr(self, f"of_{code}", lambda: self.of_level(code))()]

    def of_filing_rate(self) -> list[Any]:
        filed = self.first("dispatched", "nobody_found", "routed")
        return [filed is not None] if self.within(self.place.reported_at) else []

    def of_right_filing_rate(self) -> list[Any]:
        filed = self.first("dispatched", "nobody_found", "routed")
        return [self.ended != "voided"] if self.within(filed) else []

    def of_dispatch_rate(self) -> list[Any]:
        filed = self.first("dispatched", "nobody_found", "routed")
        return [self.first("dispatched") is not None] if self.within(filed) else []

    def to_dispatch(self) -> bool:
        filed = self.first("dispatched", "nobody_found", "routed")
        return filed is not None and self.owed(self.steps[0].at + DISPATCH, self.first("dispatched"))

    def of_right_dispatch_rate(self) -> list[Any]:
        if not self.to_dispatch():
            return []
        done = next((n for n, step in enumerate(self.steps) if step.what == "finished"), len(self.steps))
        wrong = any(step.what in ("returned", "transferred") for step in self.steps[:done])
        return [self.first("dispatched") is not None and not wrong]

    def of_prompt_dispatch_rate(self) -> list[Any]:
        done = self.first("dispatched")
        return [done is not None and done <= self.steps[0].at + DISPATCH] if self.to_dispatch() else []

    def of_handling_rate(self) -> list[Any]:
        done = self.last("finished")
        return [done is not None] if self.owed(self.due(), done) else []

    def of_prompt_handling_rate(self) -> list[Any]:
        done = self.last("finished")
        return [done is not None and done <= self.due()] if self.owed(self.due(), done) else []

    def of_overdue_rate(self) -> list[Any]:
        return [not over for over in self.of_handling_rate()]

    def of_closing_rate(self) -> list[Any]:
        done = self.last("closed")
        return [done is not None] if self.owed(self.due(), done) else []

    def of_prompt_closing_rate(self) -> list[Any]:
        done = self.last("closed")
        if not self.owed(self.due(), done):
            return []
        judged = done if self.kept.on_time == "closed" else self.last("finished")
        return [done is not None and judged is not None and judged <= self.due()]

    def of_late_closing_rate(self) -> list[Any]:
        prompt = self.of_prompt_closing_rate()
        return [self.last("closed") is not None and not prompt[0]] if prompt else []

    def of_rework_rate(self) -> list[Any]:
        again = any(self.within(step.at) for step in self.steps if step.what == "objected")
        return [again] if self.of_closing_rate() else []

    def of_extension_rate(self) -> list[Any]:
        base = self.of_handling_rate() if self.kept.extension_of == "handling" else self.of_closing_rate()
        return [any(self.within(step.at) for step in self.steps if step.what == "extended")] if base else []

    def of_valid_report_rate(self) -> list[Any]:
        if self.place.source not in self.kept.collectors or not self.within(self.place.reported_at):
            return []
        untrue = self.last("closed") is not None and self.claim() == "untrue"
        filed = self.first("dispatched", "nobody_found", "routed")
        return [filed is not None and self.ended != "voided" and not untrue]

    def of_prompt_verifying_rate(self) -> list[Any]:
        filed = self.first("dispatched", "nobody_found", "routed")
        due = self.place.reported_at + timedelta(minutes=self.kept.verify_minutes)
        if filed == self.place.reported_at or not self.within(due):
            return []
        return [filed is not None and filed <= due]

    def of_prompt_checking_rate(self) -> list[Any]:
        found = []
        for steps in self.rounds:
            done = [step.at for step in steps if step.what == "finished"]
            if done and self.within(done[-1] + timedelta(days=self.kept.check_days)):
                known = [step.at for step in steps if step.what in ("closed", "objected")]
                found.append(bool(known) and min(known) <= done[-1] + timedelta(days=self.kept.check_days))
        return found

    def of_response_rate(self) -> list[Any]:
        answered = self.first(*ANSWERING)
        in_time = answered is not None and answered <= self.steps[0].at + ANSWER
        return [in_time for _, at, _, _ in self.words() if self.within(at)]

    def of_solution_rate(self) -> list[Any]:
        return [
            verdict == "yes" and self.claim(number) == "mended"
            for number, at, verdict, _ in self.words()
            if self.within(at)
        ]

    def of_content_rate(self) -> list[Any]:
        worth = {5: 100, 4: 100, 3: 90, 2: 0, 1: 0}
        return [
            worth[grade or (4 if verdict == "yes" else 2)]
            for _, at, verdict, grade in self.words()
            if self.within(at)
        ]

    def of_satisfaction_rate(self) -> list[Any]:
        return [grade >= 3 for _, at, _, grade in self.words() if grade and self.within(at)]

    def of_done_rate(self) -> list[Any]:
        return [self.last("closed") is not None] if self.within(self.place.reported_at) else []

    def of_default_rate(self) -> list[Any]:
        closed = [step for step in self.rounds[-1] if step.what == "closed"]
        return [closed[-1].facts["kind"] == "default"] if closed and self.within(closed[-1].at) else []

    def of_unasked_rate(self) -> list[Any]:
        closed = [step for step in self.rounds[-1] if step.what == "closed"]
        return [closed[-1].facts["kind"] == "unasked"] if closed and self.within(closed[-1].at) else []

    def of_unmended_rate(self) -> list[Any]:
        return [self.claim() != "mended"] if self.within(self.last("closed")) else []

    def of_unclimbed_rate(self) -> list[Any]:
        climbed = any(step.what == "climbed" for step in self.steps)
        return [not climbed] if self.within(self.last("closed")) else []

    def of_level(self, code: str) -> list[Any]:
        if not self.within(self.last("closed")) or self.claim() != "mended":
            return []
        levels = [step.facts["level"] for step in self.rounds[-1] if step.what == "finished"]
        said = [level for level in levels if level]
        return [(said[-1] if said else "unknown") == code.removeprefix("level_")]
