"""/console/chain/problems: 共性 / 个性问题台账 (row 13)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from flask import Response
from werkzeug.wrappers import Response as AnyResponse

from handlers.house import House
from handlers.pages.access import Access
from handlers.pages.chain import problem_facts
from handlers.pages.chain.acting import acted, excel, once_more
from handlers.pages.chain.said import person_called
from handlers.pages.chain.sight import staff_of_link
from handlers.pages.forms import place_said, words
from handlers.pages.front import Front, show
from handlers.pages.links import Done
from models.base.refusals import Invalid, NotFound
from models.base.resources import table
from models.person.arriving import Visitor
from models.problem import keeping, putting_right
from models.problem.tables import Problem

PAGE = "chain/problems"
FIELDS = {
    "kind": 10, "title": 60, "words": 1000, "category": 40, "owner": 30, "next_on": 10, "work": 60,
    "year": 4, "case": 20,
}  # fmt: skip
waiting = problem_facts.waiting


@dataclass(frozen=True, slots=True)
class Form:
    """One form about one problem."""

    visitor: Visitor
    said: Mapping[str, str]
    house: House

    @property
    def me(self) -> int:
        return self.visitor.person_id


def shown(
    front: Front,
    access: Access,
    status: int = 200,
    *,
    error: str | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:
    with front.database.read():
        visitor = _sight(access)
        facts = problem_facts.overview(visitor)
    return show("chain/problems.html", status, access=access, problems=facts, error=error, typed=typed or {})


def opened(
    front: Front,
    access: Access,
    number: str,
    status: int = 200,
    *,
    error: str | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:
    with front.database.read():
        visitor = staff_of_link(access)
        facts = problem_facts.opened(_found(number, visitor), visitor)
    return show("chain/problem.html", status, access=access, problem=facts, error=error, typed=typed or {})


def as_excel(front: Front, access: Access) -> Response:
    with front.database.read():
        sheets = problem_facts.sheets(_sight(access))
    return excel(front, access, str(table("labels/problem_words.toml")["sheet"]), sheets)


def propose(front: Front, access: Access) -> AnyResponse:
    said, place = _said(), place_said()

    def work(visitor: Visitor) -> Done:
        problem = keeping.propose(
            visitor.person_id,
            said["kind"],
            said["title"],
            said["words"],
            place.spot("staff"),
            said["category"] or None,
        )
        return Done("problem_proposed", {"number": keeping.number_of(problem)})

    again = once_more(shown, front, access)
    return acted(front, access, PAGE, "problem_propose", work, again)


def act(front: Front, access: Access, number: str, verb: str) -> AnyResponse:
    """A form on the page of one problem."""
    if verb not in VERBS:
        raise NotFound("page_not_found")
    said = _said()

    def work(visitor: Visitor) -> Done:
        problem = _found(number, visitor, hold=True)
        code = VERBS[verb](problem, Form(visitor, said, front.house))
        return Done(code, {"number": keeping.number_of(problem)})

    again = once_more(opened, front, access, number)
    return acted(front, access, f"{PAGE}/{number}", f"problem_{verb}", work, again)


def _confirm(problem: Problem, form: Form) -> str:
    said = form.said
    first = keeping.confirm(
        problem,
        form.me,
        owner_id=person_called(said["owner"], problem.community_id),
        next_on=_day(problem, said["next_on"]),
        yearly_work=said["work"],
        yearly_on=_year(said["year"]),
        kind=said["kind"],
        title=said["title"],
    )
    return "problem_confirmed" if first else "problem_confirmed_before"


def _refuse(problem: Problem, form: Form) -> str:
    keeping.refuse(problem, form.me, form.said["words"])
    return "problem_refused"


def _keep(problem: Problem, form: Form) -> str:
    said = form.said
    keeping.keep(
        problem,
        form.me,
        owner_id=person_called(said["owner"], problem.community_id),
        next_on=_day(problem, said["next_on"]),
        yearly_work=said["work"],
        yearly_on=_year(said["year"]),
    )
    return "problem_kept"


def _hang(problem: Problem, form: Form) -> str:
    case = keeping.case_for(form.said["case"], form.visitor)
    return "case_hung" if keeping.hang(problem, case, form.me) else "case_hung_already"


def _take_off(problem: Problem, form: Form) -> str:
    keeping.take_off(problem, keeping.case_for(form.said["case"], form.visitor), form.me)
    return "case_taken_off"


def _right(problem: Problem, form: Form) -> str:
    putting_right.put_right(problem, form.me, form.said["words"], silence_days=form.house.silence_days)
    return "problem_put_right"


VERBS: Mapping[str, Callable[[Problem, Form], str]] = {
    "confirm": _confirm,
    "refuse": _refuse,
    "keep": _keep,
    "hang": _hang,
    "take-off": _take_off,
    "right": _right,
}


def _said() -> dict[str, str]:
    return {name: words(name, most) for name, most in FIELDS.items()}


def _sight(access: Access) -> Visitor:
    visitor = staff_of_link(access)
    if waiting(visitor) is None:
        raise NotFound("page_not_found")
    return visitor


def _found(number: str, visitor: Visitor, *, hold: bool = False) -> Problem:
    try:
        return keeping.find(number, visitor, hold=hold)
    except NotFound:
        raise NotFound("page_not_found") from None


def _day(problem: Problem, said: str) -> date:
    try:
        return date.fromisoformat(said)
    except ValueError:
        raise Invalid("problem_day", number=keeping.number_of(problem)) from None


def _year(said: str) -> int | None:
    return int(said) if said.isdecimal() else None
