"""What hemei's books say after a journey, compared with what people were answered and what phones show."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select

from chaos_rig.platform import Platform, Said
from models.base.checkdigit import with_check
from models.case.case import Case
from models.history.step import Step
from models.outbox.letter import Letter, State
from models.outbox.routing import Way
from server.database import Database

FORMS = {  # kind of letter → what it looks like on a phone
    "case_dispatched": "card",
    "case_accepted": "official-accepted",
    "case_finished": "official-finished",
    "case_closed": "work",
}
LETTER_OF = {  # every one of these steps writes exactly one of these letters
    "dispatched": "case_dispatched",
    "accepted": "case_accepted",
    "finished": "case_finished",
    "closed": "case_closed",
}
STEPS_UP_TO = {  # the steps of a case that stands so far, in this journey
    "dispatched": ("reported", "dispatched"),
    "handling": ("reported", "dispatched", "accepted"),
    "finished": ("reported", "dispatched", "accepted", "finished"),
    "closed": ("reported", "dispatched", "accepted", "finished", "closed"),
}
FINAL = {State.SENT, State.FAILED, State.UNKNOWN, State.BY_HAND, State.WITHDRAWN}


@dataclass
class Kept:
    """One case as it stands in the books."""

    id: int
    state: str
    steps: Counter[str] = field(default_factory=Counter)
    letters: Counter[str] = field(default_factory=Counter)  # by kind


@dataclass
class Books:
    """Everything that hemei kept. A case is found by the mark that ends its text."""

    by_mark: dict[str, list[Kept]]
    states: Counter[str]  # of letters
    reasons: Counter[str]  # of letters that did not arrive
    sent: Counter[Said]
    doubtful: Counter[Said]  # may stand on a phone
    letters: int
    open_pushes: int
    orphan_letters: int


def unsettled(database: Database) -> int:
    """Letters without a final fate."""
    with database.read() as current:
        query = select(func.count(Letter.id)).where(Letter.state.not_in(FINAL))
        return current.execute(query).scalar_one()


def open_books(database: Database) -> Books:
    with database.read() as current:
        cases: dict[int, Kept] = {}
        by_mark: dict[str, list[Kept]] = {}
        for key, state, text in current.execute(select(Case.id, Case.state, Case.text)):
            cases[key] = Kept(key, state)
            by_mark.setdefault(text.rpartition(" ")[2], []).append(cases[key])
        for about, what in current.execute(select(Step.about_id, Step.what).where(Step.about_kind == "case")):
            cases[about].steps[what] += 1
        books = Books(by_mark, Counter(), Counter(), Counter(), Counter(), 0, 0, 0)
        query = select(Letter.about_id, Letter.kind, Letter.state, Letter.reason, Letter.address, Letter.way)
        for about, kind, state, reason, address, way in current.execute(query):
            books.letters += 1
            books.states[state] += 1
            if about not in cases:
                books.orphan_letters += 1
                continue
            cases[about].letters[kind] += 1
            if state in (State.FAILED, State.UNKNOWN):
                books.reasons[f"{kind}: {state} {reason}"] += 1
            if kind in FORMS:
                form = "chat" if way == Way.CHAT else FORMS[kind]
                said = (address or "", with_check(about), form)
                books.sent[said] += state == State.SENT
                books.doubtful[said] += state in (State.FAILED, State.UNKNOWN)
    return books


@dataclass
class Verdict:
    """Figures to print, and what must not be."""

    figures: dict[str, object] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)

    def must(self, holds: bool, problem: str) -> None:
        if not holds:
            self.problems.append(problem)

    def in_time(self, holds: bool, problem: str) -> None:
        """A bar on the wall clock: it says something only of a machine that does nothing else meanwhile, so
        the plays of the test suite leave it alone."""
        if not holds:
            self.late.append(problem)

    def zero(self, name: str, found: Sequence[object] | int) -> None:
        """A figure whose bar is 0; of a list the first few are shown."""
        count = found if isinstance(found, int) else len(found)
        self.figures[name] = count
        if count:
            shown = "" if isinstance(found, int) else ": " + ", ".join(map(str, found[:5]))
            self.problems.append(f"{name}: {count}{shown}")


def whole_cases(books: Books, verdict: Verdict) -> None:
    """R4: a case has the steps of its state and a letter for each of them; no letter without its step."""
    all_cases = [case for found in books.by_mark.values() for case in found]
    verdict.zero(
        "cases whose steps do not fit their state",
        [
            f"{case.id} {case.state} {dict(case.steps)}"
            for case in all_cases
            if case.steps != Counter(STEPS_UP_TO.get(case.state, ()))
        ],
    )
    verdict.zero(
        "changes without their letter, letters without their change",
        [
            f"{case.id} {dict(case.steps)} {dict(case.letters)}"
            for case in all_cases
            if any(case.steps[step] != case.letters[kind] for step, kind in LETTER_OF.items())
        ],
    )
    verdict.zero("letters about nothing", books.orphan_letters)


def phones(books: Books, platform: Platform, verdict: Verdict, most: int = 1) -> None:
    """What stands on phones is what was sent, once; at most twice where the platform has no key."""
    seen = platform.seen
    if most > 1:
        verdict.figures["visible twice, by design of 4.5-11"] = sum(count == 2 for count in seen.values())
    over = [f"{said} x{count}" for said, count in seen.items() if count > most]
    verdict.zero("visible duplicates" if most == 1 else f"visible more than {most} times", over)
    verdict.zero("marked as sent, seen by nobody", [said for said in +books.sent if said not in seen])
    known = books.sent + books.doubtful
    verdict.zero("seen, but not in the books", [said for said in seen if said not in known])
